"""A read from another service on a user's behalf: their token, the body they act for, and one position in time.

Pages of one list are read at the same position: the first answer says which, the others are asked for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from concord_kit.http_client import DependencyRefused, ServiceClient

type Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """Whose read it is; `token` none reads as the public, `known_at` none means what is known now."""

    token: str | None
    acting_for: str | None
    as_of: date
    known_at: datetime | None = None

    def on(self, day: date) -> "OnBehalf":
        """The same reader on another day of the world."""
        return replace(self, as_of=day)

    def at(self, known_at: datetime) -> "OnBehalf":
        """The same reader at the position an answer was read at."""
        return replace(self, known_at=known_at)


async def read[M: BaseModel](client: ServiceClient, path: str, model: type[M], reader: OnBehalf, params: Params) -> M:
    """One answer. Raises DependencyUnavailable, DependencyRefused.

    A service refuses a `known_at` after its last record. That record is what it knew then all the same, as long as the
    moment has passed, so the read is repeated at the service's own head.
    """
    try:
        return await _read_once(client, path, model, reader, params)
    except DependencyRefused as refusal:
        head = refusal.problem.member("head_at") if refusal.problem.slug == "known-at-too-late" else None
        if head is None:
            raise
        return await _read_once(client, path, model, reader.at(datetime.fromisoformat(head)), params)


async def _read_once[M: BaseModel](
    client: ServiceClient, path: str, model: type[M], reader: OnBehalf, params: Params
) -> M:
    known_at = reader.known_at.isoformat() if reader.known_at else None
    return await client.get(
        path,
        model,
        params={**params, "as_of": reader.as_of.isoformat(), "known_at": known_at},
        token=reader.token,
        headers={"X-Acting-For": reader.acting_for} if reader.token and reader.acting_for else None,
    )


async def read_pages[M: BaseModel](
    client: ServiceClient,
    path: str,
    model: type[M],
    reader: OnBehalf,
    params: Params,
    *,
    next_cursor: Callable[[M], str | None],
    known_at: Callable[[M], datetime],
) -> list[M]:
    """Every page of a list, all at the position of the first."""
    pages = [await read(client, path, model, reader, params)]
    while (cursor := next_cursor(pages[-1])) is not None:
        pages.append(await read(client, path, model, reader.at(known_at(pages[0])), {**params, "cursor": cursor}))
    return pages
