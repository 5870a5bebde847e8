"""Entity tags: the version of an aggregate is a strong tag; what is derived from several has a weak one."""

from concord_kit.problems import Problem


def strong(version: int) -> str:
    return f'"{version}"'


def weak(tag: str) -> str:
    """For derived resources; never accepted in `If-Match`."""
    return f'W/"{tag}"'


def require_version(if_match: str | None, version: int) -> None:
    """Refuse a change that was decided on another version: 428 without `If-Match`, 412 with another."""
    tags = _tags(if_match)
    if not tags or "*" in tags:
        raise Problem("precondition-required", f"Send `If-Match` with the version you read, like {strong(version)}.")
    if strong(version) not in tags:
        raise Problem("stale", f"`If-Match` is {', '.join(tags)}; the version is {strong(version)}.", version=version)


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether a reader has this representation already (weak comparison, as RFC 9110 has it for reads)."""
    tags = _tags(if_none_match)
    return "*" in tags or tag.removeprefix("W/") in {one.removeprefix("W/") for one in tags}


def _tags(header: str | None) -> list[str]:
    return [tag.strip() for tag in (header or "").split(",") if tag.strip()]
