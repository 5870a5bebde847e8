"""Pages of a list: a bounded `limit`, an opaque `cursor`, and `Link: rel="next"`."""

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request

from concord_kit.problems import Problem

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=500, description="From `Link: rel=next` of the page before")]


def encode_cursor(*position: str | int) -> str:
    """An opaque cursor for the position after which the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[str] | type[int]) -> tuple[Any, ...] | None:
    """The position in a cursor of values of these types, e.g. `decode_cursor(cursor, str, int)`; None without one.

    A bad-cursor problem for anything that `encode_cursor` did not make.
    """
    if cursor is None:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise Problem("bad-cursor") from None
    if not isinstance(position, list) or [type(part) for part in position] != list(kinds):
        raise Problem("bad-cursor")
    if not all(_can_be_looked_up(part) for part in position):
        raise Problem("bad-cursor")
    return tuple(position)


def _can_be_looked_up(part: str | int) -> bool:
    """Whether a database could hold it: no forged number beyond 63 bits, no NUL, no half surrogate."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return "\0" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The `Link` header to the next page; no header where this page is the last."""
    if cursor is None:
        return {}
    url = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
