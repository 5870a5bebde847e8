"""Request bodies as strict JSON, and digests that do not depend on how the same JSON was written."""

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from concord_kit.problems import Problem


async def read_body(request: Request) -> Any:
    """The body as JSON; None where there is none. 400 or 415 problems.

    Stricter than the framework: NaN, a name twice in one object, control characters and half surrogates would each
    fail somewhere behind, be stored differently by the two databases, or show a reader what is not there.
    """
    if getattr(request.scope.get("route"), "body_field", None) is None:
        return None  # a body where none is asked for is not even read
    raw = await request.body()
    if not raw:
        return None
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem(
            "unsupported-media-type", f"The body is {media_type or 'of no stated type'}, not application/json."
        )
    return parse(raw)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    media_type: str
    content: bytes
    digest: str
    """SHA-256, hexadecimal."""


async def read_upload(request: Request, media_types: Collection[str]) -> Upload:
    """The body as a file of one of these types. 400 and 415 problems."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        words = f"The body is {media_type or 'of no stated type'}, not {' or '.join(media_types)}."
        raise Problem("unsupported-media-type", words)
    content = await request.body()
    if not content:
        raise Problem("malformed-request", "The body is empty: send the file as it is.")
    return Upload(media_type, content, hashlib.sha256(content).hexdigest())


def parse(raw: bytes) -> Any:
    """Strict JSON. A malformed-request problem otherwise."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique_names)
        text = canonical(value)
        text.encode("utf-8")
    except RecursionError:
        raise Problem("malformed-request", "The body is nested too deeply.") from None
    except ValueError as error:
        raise Problem("malformed-request", f"The body is not well-formed JSON: {_words(error)}.") from None
    if _SUSPICIOUS.search(text) and misleads(value):
        raise Problem("malformed-request", "The body holds control characters, which no text here needs.")
    return value


def canonical(value: Any) -> str:
    """One text for equal JSON values, however they were written."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:80]!r} appears twice in one object")
    return members


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line ends, and those that reorder what is read: a signed text shows what it says."""
_SUSPICIOUS = re.compile(rf"{_CONTROLS.pattern}|\\[bfu]")
"""The same in canonical text, where some are escaped; a backslash in a text may look alike."""


def misleads(value: Any) -> bool:
    """Whether a text anywhere in a JSON value holds characters that hide or reorder what is read."""
    if isinstance(value, str):
        return _CONTROLS.search(value) is not None
    if isinstance(value, dict):
        return any(misleads(name) or misleads(member) for name, member in value.items())
    return isinstance(value, list) and any(misleads(item) for item in value)


def _words(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "it is not UTF-8"
    text = str(error)
    return "a number has too many digits" if "integer string conversion" in text else text[:200]
