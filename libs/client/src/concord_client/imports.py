"""Sending a body's own figures, as a caller does it: forms, imports, what each of them changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from concord_client.transport import Service
from concord_contracts.imports import ImportAction, ImportReport, Imports, ImportTables

MEDIA_TYPES: Mapping[str, str] = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IMPORT_SECONDS = 60.0
"""A file of 20,000 lines is read, held against what is in use and recorded within it."""


class ImportsClient:
    """Typed calls to a service that takes tables; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def tables(self) -> ImportTables:
        """The tables that can be sent, in plain words."""
        return ImportTables.model_validate(self.service.get("/v1/imports/templates").body)

    def form(self, table: str, kind: str, **filled_with: Any) -> bytes:
        """A form as CSV or Excel (`kind` csv or xlsx); `filled=True` and filters: with the rows in use."""
        path = f"/v1/imports/templates/{table}.{kind}"
        return self.service.get_file(path, filled_with, deadline_seconds=IMPORT_SECONDS)

    def send(
        self,
        file: Path,
        *,
        table: str | None = None,
        action: ImportAction = "replace",
        dry_run: bool = False,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> ImportReport:
        """Send a file; KeyError for another ending than .csv and .xlsx. `table` is what a CSV holds."""
        answer = self.service.post_file(
            "/v1/imports",
            file.read_bytes(),
            MEDIA_TYPES[file.suffix.lower()],
            params={"table": table, "action": action, "dry_run": str(dry_run).lower(), "reason": reason},
            idempotency_key=idempotency_key,
            deadline_seconds=IMPORT_SECONDS,
        )
        return ImportReport.model_validate(answer.body)

    def imports(self, *, acting_for: str | None = None, limit: int = 100, cursor: str | None = None) -> Imports:
        """Imports, the latest first."""
        asked = {"acting_for": acting_for, "limit": limit, "cursor": cursor}
        return Imports.model_validate(self.service.get("/v1/imports", asked).body)

    def find(self, number: int) -> ImportReport:
        """What an import changed."""
        return ImportReport.model_validate(self.service.get(f"/v1/imports/{number}").body)
