"""In which form an answer goes out: what the caller accepts, or a refusal."""

from collections.abc import Sequence

from fastapi import Request

from concord_kit.problems import Problem

JSON = "application/json"


def chosen(accept: str | None, forms: Sequence[str]) -> str:
    """The first form the caller names that there is; the first of `forms` where anything will do. Else a 406."""
    for part in (accept or "*/*").split(","):
        media_type, _, parameters = part.strip().lower().partition(";")
        if parameters.replace(" ", "") in {"q=0", "q=0.0"}:
            continue
        kind = media_type.strip().removesuffix("*")
        for form in forms:
            if media_type.strip() in {form, "*/*", ""} or (kind.endswith("/") and form.startswith(kind)):
                return form
    raise Problem("not-acceptable", f"This comes as {', '.join(forms)}.")


async def json_only(request: Request) -> None:
    """For addresses with one form."""
    chosen(request.headers.get("accept"), [JSON])
