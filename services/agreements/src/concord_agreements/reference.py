"""Reference data of this service: legal bases, what each must say, who may commit a body; from CSV to database."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from concord_agreements.authority_limits import AuthorityLimit
from concord_agreements.legal_basis import LegalBasis, RequiredItem
from concord_agreements.tables import AuthorityLimitRow, Base, LegalBasisRow, LoadRow, RequiredContentRow
from concord_kit.database import Writing

FILES: dict[str, type[Base]] = {
    "legal_bases.csv": LegalBasisRow,
    "required_content.csv": RequiredContentRow,
    "authority_limits.csv": AuthorityLimitRow,
}


class NoReference(Exception):
    """No reference data was loaded before the moment asked about."""

    def __init__(self) -> None:
        super().__init__("No legal bases and limits of authority were loaded by the moment asked about.")


class FaultyFiles(Exception):
    """Files that cannot be loaded; every fault with file and line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class ReferenceFiles:
    """The rows of all files, and the digest of their bytes."""

    rows: list[tuple[type[Base], dict[str, Any]]]
    digest: str


@dataclass(frozen=True)
class Reference:
    """The reference data in use at one moment."""

    bases: tuple[LegalBasis, ...]
    limits: tuple[AuthorityLimit, ...]

    def basis(self, key: str, day: date) -> LegalBasis | None:
        """The row of a legal basis in force on a day; None where it was none."""
        return next((basis for basis in self.bases if basis.key == key and basis.in_force(day)), None)


def read_files(folder: Path) -> ReferenceFiles:
    """All rows of the folder's tables (`folder` or its `agreements/`). FaultyFiles names every fault at once."""
    inside = folder / "agreements" if (folder / "agreements").is_dir() else folder
    faults: list[str] = []
    rows: list[tuple[type[Base], dict[str, Any]]] = []
    hashed = hashlib.sha256()
    for name, table in FILES.items():
        path = inside / name
        if not path.is_file():
            faults.append(f"{name}: there is no such file in {inside}")
            continue
        content = path.read_bytes()
        hashed.update(content)
        lines = csv.DictReader(content.decode("utf-8").splitlines())
        rows += [(table, row) for row in _rows(name, table, lines, faults)]
    if faults:
        raise FaultyFiles(faults)
    return ReferenceFiles(rows, hashed.hexdigest())


def _rows(name: str, table: type[Base], lines: "csv.DictReader[str]", faults: list[str]) -> Iterable[dict[str, Any]]:
    columns = {field: info for field, info in table.model_fields.items() if field != "load"}
    missing = set(columns) - set(lines.fieldnames or ())
    if missing:
        faults.append(f"{name}: columns {', '.join(sorted(missing))} are missing")
        return
    for line in lines:
        row: dict[str, Any] = {}
        for field, info in columns.items():
            try:
                row[field] = _PARSERS.get(info.annotation, _text)(line[field] or "")
            except ValueError as error:
                faults.append(f"{name}, line {lines.line_num}: {field}: {error}")
        yield row


def _text(value: str) -> str:
    return value


def _yes_or_no(value: str) -> bool:
    if value not in {"yes", "no"}:
        raise ValueError(f"{value!r} is neither yes nor no")
    return value == "yes"


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: _text,
    str | None: lambda value: value or None,
    int: int,
    int | None: lambda value: int(value) if value else None,
    bool: _yes_or_no,
    date: date.fromisoformat,
}


def store_files(tx: Writing, files: ReferenceFiles) -> bool:
    """Record a load; False where the newest one is of the same bytes, and nothing changes."""
    newest = tx.session.scalars(select(LoadRow).order_by(col(LoadRow.id).desc()).limit(1)).first()
    if newest is not None and newest.digest == files.digest:
        tx.unchanged()
        return False
    tx.session.add(LoadRow(id=tx.seq, digest=files.digest, at=tx.at))
    tx.session.flush()
    tx.session.add_all([table(load=tx.seq, **row) for table, row in files.rows])
    return True


def reference_at(session: Session, known_at: datetime) -> Reference:
    """The reference data in use at `known_at`. NoReference before the first load."""
    query = select(col(LoadRow.id)).where(col(LoadRow.at) <= known_at).order_by(col(LoadRow.id).desc()).limit(1)
    load = session.scalars(query).first()
    if load is None:
        raise NoReference
    items: dict[str, list[RequiredContentRow]] = {}
    for item in session.scalars(select(RequiredContentRow).where(col(RequiredContentRow.load) == load)):
        items.setdefault(item.legal_basis, []).append(item)
    bases = session.scalars(select(LegalBasisRow).where(col(LegalBasisRow.load) == load))
    limits = session.scalars(select(AuthorityLimitRow).where(col(AuthorityLimitRow.load) == load))
    return Reference(
        bases=tuple(_basis(row, items.get(row.legal_basis, [])) for row in bases),
        limits=tuple(_limit(row) for row in limits),
    )


def _basis(row: LegalBasisRow, items: Sequence[RequiredContentRow]) -> LegalBasis:
    return LegalBasis(
        key=row.legal_basis,
        name=row.name,
        citation=row.citation,
        allows=frozenset(row.allows.split()),
        mechanism=row.mechanism,
        may_join=frozenset(row.may_join.split()),
        requires=frozenset(row.requires.split()),
        functions_of=frozenset(row.functions_of.split()),
        excluded_classes=frozenset(row.excluded_procedure_classes.split()),
        uncertain_classes=frozenset(row.uncertain_procedure_classes.split()),
        exclusion_citation=row.exclusion_citation,
        liability=row.liability,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        verified=row.mark == "V",
        note=row.note,
        required_items=tuple(
            RequiredItem(item.item, item.words, item.citation) for item in sorted(items, key=lambda one: one.order)
        ),
    )


def _limit(row: AuthorityLimitRow) -> AuthorityLimit:
    return AuthorityLimit(
        body_kind=row.body_kind,
        body=row.body,
        role=row.role,
        decision=row.decision,
        limit_pence=None if row.limit_gbp is None else row.limit_gbp * 100,
        jointly_with=row.jointly_with,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        note=row.note,
    )
