"""Findings, as a caller asks for them: lists, changes, what is to come, rankings, the responsibility matrix."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from concord_client.transport import Service
from concord_client.when import rolled_of, when
from concord_contracts.registry import (
    FindingChange,
    FindingChanges,
    Findings,
    FindingsAhead,
    ForeseenChange,
    FragmentationRanking,
    Matrix,
)

PAGE = 500
DERIVING_SECONDS = 60.0
"""All England counted anew takes a few seconds, and others may be served first."""


class FindingsClient:
    """Typed calls; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def list(
        self,
        scope: Mapping[str, Any],
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        limit: int = PAGE,
    ) -> Findings:
        """At most `limit` findings of a scope: pathway, place, region, body, stage, kind, severity, as the list takes
        them; `next_cursor` where there are more. `roll_to`: with who stood then in whose place."""
        params: dict[str, Any] = {**scope, **when(as_of, known_at, roll_to)}
        page = self._page(params | {"limit": min(limit, PAGE)})
        items, pages = [*page.items], [page]
        while page.next_cursor and len(items) < limit:
            at = when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = self._page(params | at | {"limit": min(limit - len(items), PAGE)})
            items += page.items
            pages.append(page)
        return page.model_copy(update={"items": items, **rolled_of(pages)})

    def _page(self, params: Mapping[str, Any]) -> Findings:
        answer = self.service.get("/v1/findings", params, deadline_seconds=DERIVING_SECONDS)
        return Findings.model_validate(answer.body)

    def changes(
        self,
        scope: Mapping[str, Any],
        *,
        roll_to: date | None = None,
        before: date | None = None,
        to: date | None = None,
        known_from: datetime | None = None,
        known_to: datetime | None = None,
        limit: int = PAGE,
    ) -> FindingChanges:
        """What opened, closed or changed severity between two days, two moments of the record, or both."""
        given = {"from": before, "to": to, "known_from": known_from, "known_to": known_to, "roll_to": roll_to}
        params = {**scope, **{name: value.isoformat() for name, value in given.items() if value is not None}}
        items: Sequence[FindingChange] = []
        pages: list[FindingChanges] = []
        while True:
            params["limit"] = min(limit - len(items), 1000)
            answer = self.service.get("/v1/findings/changes", params, deadline_seconds=DERIVING_SECONDS)
            page = FindingChanges.model_validate(answer.body)
            items = [*items, *page.items]
            pages.append(page)
            if page.next_cursor is None or len(items) >= limit:
                return page.model_copy(update={"items": items[:limit], **rolled_of(pages)})
            params |= {
                "cursor": page.next_cursor,
                "from": page.before.as_of.isoformat(),
                "to": page.as_of.isoformat(),
                "known_from": page.before.known_at.isoformat(),
                "known_to": page.known_at.isoformat(),
            }

    def ahead(
        self,
        scope: Mapping[str, Any],
        until: date,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        limit: int = 1000,
    ) -> FindingsAhead:
        """What will change in the findings until a day, from what is recorded now: the first `limit`, of all pages."""
        params: dict[str, Any] = {**scope, "until": until.isoformat(), **when(as_of, known_at, roll_to)}
        items: list[ForeseenChange] = []
        days: dict[date, None] = {}
        pages: list[FindingsAhead] = []
        while True:
            params["limit"] = min(limit - len(items), 1000)
            answer = self.service.get("/v1/findings/ahead", params, deadline_seconds=DERIVING_SECONDS)
            page = FindingsAhead.model_validate(answer.body)
            items += page.items
            days |= dict.fromkeys(page.days)
            pages.append(page)
            if page.next_cursor is None or len(items) >= limit:
                return page.model_copy(update={"items": items, "days": list(days), **rolled_of(pages)})
            params |= {
                "cursor": page.next_cursor,
                "as_of": page.as_of.isoformat(),
                "known_at": page.known_at.isoformat(),
            }

    def fragmentation(
        self,
        pathway: str,
        *,
        kind: str | None = None,
        within: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> FragmentationRanking:
        """Places by how often responsibility changes hands along a pathway."""
        params = {"pathway": pathway, "kind": kind, "within": within, **when(as_of, known_at)}
        answer = self.service.get("/v1/fragmentation", params, deadline_seconds=DERIVING_SECONDS)
        return FragmentationRanking.model_validate(answer.body)

    def matrix(
        self,
        pathway: str,
        places: Sequence[str],
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Matrix:
        """Bodies by stages, a letter for each part."""
        params = {"pathway": pathway, "place": [*places], **when(as_of, known_at, roll_to)}
        return Matrix.model_validate(self.service.get("/v1/matrix", params).body)

    def matrix_file(
        self,
        pathway: str,
        places: Sequence[str],
        media_type: str,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> bytes:
        """The matrix as a file: text/csv, or a workbook by its media type."""
        params = {"pathway": pathway, "place": [*places], **when(as_of, known_at, roll_to)}
        return self.service.get_file("/v1/matrix", params, accept=media_type)
