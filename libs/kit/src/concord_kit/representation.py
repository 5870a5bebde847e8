"""The form an answer is asked for in: JSON, or another media type that a route offers (RFC 9110 `Accept`)."""

from collections.abc import Sequence

from concord_kit.problems import Problem

JSON_TYPE = "application/json"


def chosen(accept: str | None, forms: Sequence[str]) -> str:
    """The media type the caller likes best, the first where it does not mind.

    A not-acceptable problem where it takes none of them.
    """
    liked = [(_quality(accept or "*/*", form), -rank, form) for rank, form in enumerate(forms)]
    quality, _, form = max(liked)
    if quality <= 0:
        raise Problem("not-acceptable", f"This comes as {' or '.join(forms)}.")
    return form


def _quality(accept: str, media_type: str) -> float:
    """0..1, by the most specific range that fits; 0: not wanted."""
    fits = {media_type: 2, media_type.partition("/")[0] + "/*": 1, "*/*": 0}
    found: tuple[int, float] = (-1, 0.0)
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in fits and fits[name] > found[0]:
            found = (fits[name], _q(parameters))
    return found[1]


def _q(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
