"""Publishers' files, as a caller sends them; and our own forms told from them by what is in them."""

import csv
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from concord_client.transport import Service
from concord_contracts.imports import TableWords
from concord_contracts.registry import (
    FileFormats,
    FileReport,
    Files,
    FileWithdrawal,
    FileWithdrawalIn,
    MeasureKinds,
    Measures,
    Reconciliation,
    Terms,
)

FILE_SECONDS = 300.0
"""The largest files, of all small areas of a country, are read and recorded within it."""
MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
}
OTHERS = "application/octet-stream"
MOST_COLUMNS = 0.7
"""Share of a header's columns that a form has: one or two may be misspelt, and the service says so."""


class FilesClient:
    """Typed calls for publishers' files; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def formats(self) -> FileFormats:
        """The formats that are recognised."""
        return FileFormats.model_validate(self.service.get("/v1/files/formats").body)

    def send(
        self, file: Path, *, dry_run: bool = False, idempotency_key: str | None = None, **asked: Any
    ) -> FileReport:
        """Send a publisher's file as it is. `asked`: format, publisher, licence, address, stated_on, keep_going,
        accept_fewer, accept_withdrawn, reason."""
        params = {"name": file.name, "dry_run": str(dry_run).lower()} | {
            name: _written(value) for name, value in asked.items() if value not in (None, False)
        }
        answer = self.service.post_file(
            "/v1/files",
            file.read_bytes(),
            MEDIA_TYPES.get(file.suffix.lower(), OTHERS),
            params=params,
            idempotency_key=idempotency_key,
            deadline_seconds=FILE_SECONDS,
        )
        return FileReport.model_validate(answer.body)

    def all(self, *, series: str | None = None, limit: int = 100, cursor: str | None = None) -> Files:
        """Files that were imported, the latest first."""
        asked = {"series": series, "limit": limit, "cursor": cursor}
        return Files.model_validate(self.service.get("/v1/files", asked).body)

    def find(self, number: int) -> FileReport:
        """What an import of a file changed."""
        return FileReport.model_validate(self.service.get(f"/v1/files/{number}").body)

    def withdraw(
        self, number: int, reason: str, *, dry_run: bool = False, idempotency_key: str | None = None
    ) -> FileWithdrawal:
        """Take back a file that was found to be wrong."""
        answer = self.service.post(
            f"/v1/files/{number}/withdraw",
            FileWithdrawalIn(reason=reason).model_dump(mode="json"),
            params={"dry_run": str(dry_run).lower()},
            idempotency_key=idempotency_key,
        )
        return FileWithdrawal.model_validate(answer.body)

    def reconciliation(
        self,
        number: int,
        *,
        kind: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        limit: int = 1000,
        cursor: str | None = None,
    ) -> Reconciliation:
        """A file beside the map without its publisher."""
        asked = {
            "kind": kind,
            "as_of": as_of.isoformat() if as_of else None,
            "known_at": known_at.isoformat() if known_at else None,
            "limit": limit,
            "cursor": cursor,
        }
        answer = self.service.get(f"/v1/files/{number}/reconciliation", asked, deadline_seconds=FILE_SECONDS)
        return Reconciliation.model_validate(answer.body)

    def measures(self, *, limit: int = 100, cursor: str | None = None, **asked: Any) -> Measures:
        """Measured values; `asked`: subject, measure, part, period, roll_to, known_at."""
        given = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
        return Measures.model_validate(self.service.get("/v1/measures", given | _page(limit, cursor)).body)

    def measure_kinds(self) -> MeasureKinds:
        """Which measures there are values of."""
        return MeasureKinds.model_validate(self.service.get("/v1/measures/kinds").body)

    def terms(
        self, *, scheme: str | None = None, code: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Terms:
        """What codes stand for."""
        asked = {"scheme": scheme, "code": code} | _page(limit, cursor)
        return Terms.model_validate(self.service.get("/v1/terms", asked).body)


def _page(limit: int, cursor: str | None) -> dict[str, Any]:
    return {"limit": limit, "cursor": cursor}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_form(file: Path, tables: Sequence[TableWords]) -> bool:
    """Whether a file is one of our forms: a sheet or the file named as a table is, or a header with its columns."""
    content = file.read_bytes()
    if content.startswith(b"PK"):
        return bool({one.table for one in tables} & set(_sheets(file)))
    if file.suffix.lower() == ".csv" and any(one.table == file.stem for one in tables):
        return True
    try:
        header = next(csv.reader(StringIO(content[:65_536].decode("utf-8-sig"))), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    named = {cell.strip() for cell in header if cell.strip()}
    return any(
        len(named & {column.column for column in one.columns}) >= MOST_COLUMNS * len(named) > 0 and named & set(one.key)
        for one in tables
    )


def _sheets(file: Path) -> list[str]:
    """The names of a workbook's sheets."""
    try:
        with zipfile.ZipFile(file) as archive:
            book = archive.read("xl/workbook.xml")[:1_000_000].decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError):
        return []
    return re.findall(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"', book)
