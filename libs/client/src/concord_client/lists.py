"""Reference lists as a caller reads them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from concord_client.transport import Service
from concord_contracts.lists import ListPage, ReferenceLists

PAGE = 1000
LIST_SECONDS = 20.0
"""A page of a thousand rows, from a service that may have just started."""


class ListsClient:
    """Typed reads of the lists that a service keeps as printed; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def all(self, *, known_at: datetime | None = None) -> ReferenceLists:
        """The lists, each with what it holds."""
        asked = {"known_at": known_at.isoformat() if known_at else None}
        return ReferenceLists.model_validate(
            self.service.get("/v1/reference/lists", asked, deadline_seconds=LIST_SECONDS).body
        )

    def rows(self, name: str, *, known_at: datetime | None = None, roll_to: date | None = None) -> ListPage:
        """A list; every page, joined, all read at the first page's position. `roll_to`: for the bodies of that later
        day, where the service can."""
        asked = {
            "known_at": known_at.isoformat() if known_at else None,
            "roll_to": roll_to.isoformat() if roll_to else None,
            "limit": PAGE,
        }
        page = self._page(name, asked)
        items = list(page.items)
        while page.next_cursor:
            page = self._page(name, {**asked, "cursor": page.next_cursor})
            items += page.items
        return page.model_copy(update={"items": items})

    def _page(self, name: str, asked: Mapping[str, Any]) -> ListPage:
        answer = self.service.get(f"/v1/reference/lists/{name}", asked, deadline_seconds=LIST_SECONDS)
        return ListPage.model_validate(answer.body)
