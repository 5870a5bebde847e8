"""Mandates: a body lets a support body act for it, in stated actions, for a time. Checked at each use.

An entry of `actions` permits the action of that name, or all of a family: `claims.*`.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Protocol

from concord_contracts.registry import Mandates
from concord_kit.http_client import ServiceClient


class MandateSource(Protocol):
    """Where mandates are looked up."""

    async def in_force(self, holder: str, body: str, on: date) -> frozenset[str]:
        """The actions that `body` lets `holder` do for it on the day; empty without a mandate."""


class NoMandates:
    """For a service whose authority table has no row by mandate."""

    async def in_force(self, holder: str, body: str, on: date) -> frozenset[str]:
        return frozenset()


class RegistryMandates:
    """Mandates as the registry holds them, read with this service's own token where it has one."""

    def __init__(self, registry: ServiceClient, token: Callable[[], str] | None = None) -> None:
        self._registry = registry
        self._token = token

    async def in_force(self, holder: str, body: str, on: date) -> frozenset[str]:
        actions: set[str] = set()
        cursor = None
        while True:
            page = await self._page(holder, body, on, cursor)
            actions.update(_lent(page, holder, body, on))
            cursor = page.next_cursor
            if cursor is None:
                return frozenset(actions)

    async def _page(self, holder: str, body: str, on: date, cursor: str | None) -> Mandates:
        return await self._registry.get(
            "/v1/mandates",
            Mandates,
            params={"holder": holder, "body": body, "as_of": on.isoformat(), "cursor": cursor},
            token=self._token() if self._token else None,
        )


def _lent(page: Mandates, holder: str, body: str, on: date) -> Iterator[str]:
    for mandate in page.items:
        if mandate.holder == holder and mandate.body == body and mandate.valid_from <= on < mandate.valid_to:
            yield from mandate.actions


def permits(actions: frozenset[str], action: str) -> bool:
    """Whether the mandate's actions include this one, by name or family."""
    family = action.rpartition(".")[0]
    return action in actions or (bool(family) and f"{family}.*" in actions)
