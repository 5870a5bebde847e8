"""The registry's map for other systems: tables as rows, bodies as FHIR resources; every page, joined."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from concord_client.transport import Service
from concord_client.when import when
from concord_contracts.registry import ExportedTables, ExportPage

PAGE = 1000
FHIR_PAGE = 500
EXPORT_SECONDS = 60.0
FHIR_TYPE = "application/fhir+json"


class ExportsClient:
    """Typed calls for exports; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def tables(self) -> ExportedTables:
        """The tables that are exported."""
        return ExportedTables.model_validate(self.service.get("/v1/exports").body)

    def rows(self, table: str, *, as_of: date | None = None, known_at: datetime | None = None) -> ExportPage:
        """All rows of a table in use on a day, all read at the first page's position."""
        params: dict[str, Any] = {"limit": PAGE, **when(as_of, known_at)}
        page = self._page(table, params)
        items = list(page.items)
        while page.next_cursor:
            page = self._page(table, params | {"cursor": page.next_cursor})
            items += page.items
        return page.model_copy(update={"items": items, "next_cursor": None})

    def _page(self, table: str, params: dict[str, Any]) -> ExportPage:
        answer = self.service.get(f"/v1/exports/{table}", params, deadline_seconds=EXPORT_SECONDS)
        return ExportPage.model_validate(answer.body)

    def fhir(
        self, resource: str, *, as_of: date | None = None, known_at: datetime | None = None, **asked: Any
    ) -> Iterator[dict[str, Any]]:
        """Resources of a search of FHIR R4, page after page: Organization or OrganizationAffiliation."""
        params: dict[str, Any] = {"_count": FHIR_PAGE, **when(as_of, known_at), **asked}
        while True:
            headers = {"Accept": FHIR_TYPE}
            answer = self.service.get(f"/v1/fhir/{resource}", params, headers, deadline_seconds=EXPORT_SECONDS)
            for entry in answer.body["entry"]:
                yield entry["resource"]
            following = [link["url"] for link in answer.body["link"] if link["relation"] == "next"]
            if not following:
                return
            params = dict(parse_qsl(urlsplit(following[0]).query))

    def fhir_resource(
        self, resource: str, key: str, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> dict[str, Any]:
        """One resource by its id, on the day."""
        return self._fhir(f"/v1/fhir/{resource}/{key}", when(as_of, known_at))

    def fhir_capabilities(self) -> dict[str, Any]:
        """What FHIR systems can ask, as FHIR says it."""
        return self._fhir("/v1/fhir/metadata", {})

    def _fhir(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        headers = {"Accept": FHIR_TYPE}
        found: dict[str, Any] = self.service.get(path, params, headers, deadline_seconds=EXPORT_SECONDS).body
        return found
