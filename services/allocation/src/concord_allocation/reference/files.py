"""Read a folder of reference tables; every faulty row of every file is reported at once.

The digest of an edition is that of its files, so loading the same files twice is known to change nothing.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from concord_allocation.reference import rows, rows_for_plans
from concord_allocation.reference.lists import LISTS
from concord_allocation.reference.references import codes, named_rows
from concord_allocation.reference.rows import Row, cells_of
from concord_kit.lists import Lists, read_lists
from concord_kit.lists import digest as lists_digest

TABLES: Mapping[str, type[Row]] = {
    "payers": rows.PayerRow,
    "purses": rows.PurseRow,
    "purse_amounts": rows.PurseAmountRow,
    "lines": rows.LineRow,
    "curves": rows.CurveRow,
    "unit_costs": rows.UnitCostRow,
    "activity": rows.ActivityRow,
    "baseline_bridges": rows_for_plans.BridgeRow,
    "links": rows.LinkRow,
    "price_changes": rows.PriceChangeRow,
    "stage_prices": rows.StagePriceRow,
    "stage_totals": rows.StageTotalRow,
    "what_ifs": rows.WhatIfRow,
    "what_if_amounts": rows.WhatIfAmountRow,
    "planning_rules": rows.PlanningRuleRow,
    "deflators": rows_for_plans.DeflatorRow,
    "need_weights": rows_for_plans.NeedWeightRow,
    "need_weights_cancer": rows_for_plans.NeedWeightRow,
    "business_rules": rows_for_plans.BusinessRuleRow,
    "sources": rows.SourceRow,
}
"""File name without `.csv` -> its row. The folder is that of all services: ours is `allocation/` in it."""

SENT_ONLY = frozenset({"baseline_bridges"})
"""Tables that a folder may leave out: bodies send their own, and nobody publishes them."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault in one cell (column) or row (no column) of a file; the header is line 1."""

    file: str
    line: int
    column: str | None
    words: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.words}"


class ReferenceFaults(Exception):
    """The folder cannot be loaded; `faults` names every fault in it."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Edition:
    """All tables and lists of one folder, checked, and the digest of the files they were read from."""

    digest: str
    tables: Mapping[str, Sequence[Row]]
    lists: Lists = field(default_factory=dict)


def read_edition(folder: Path) -> Edition:
    """The tables of `folder`; raises ReferenceFaults naming every fault, missing files included."""
    faults: list[RowFault] = []
    tables: dict[str, list[Row]] = {}
    lines_of: dict[str, list[int]] = {}
    digest = hashlib.sha256()
    for name, model in TABLES.items():
        path = _path_of(folder, name)
        if name in SENT_ONLY and not path.is_file():
            tables[name], lines_of[name] = [], []
            continue
        if not path.is_file():
            faults.append(RowFault(f"{name}.csv", 0, None, f"the file is missing in {folder}"))
            continue
        content = path.read_bytes()
        digest.update(f"{name}:{hashlib.sha256(content).hexdigest()}\n".encode())
        tables[name], lines_of[name] = _read_table(name, content, model, faults)
    faults.extend(_broken_references(tables, lines_of, {fault.file for fault in faults}))
    faults.extend(_unknown_codes(folder, tables, lines_of))
    lists, wrong = read_lists(folder / "allocation", LISTS)
    faults.extend(RowFault(f"{one.table}.csv", one.line, one.column, one.words) for one in wrong)
    if faults:
        raise ReferenceFaults(faults)
    digest.update(lists_digest(lists).encode())
    return Edition(digest.hexdigest(), tables, lists)


def _path_of(folder: Path, name: str) -> Path:
    """The file of a table: below `allocation/`, else in `registry/`, where the sources of all services are."""
    own = folder / "allocation" / f"{name}.csv"
    shared = folder / "registry" / f"{name}.csv"
    return own if own.is_file() or not shared.is_file() else shared


def _read_table(name: str, content: bytes, model: type[Row], faults: list[RowFault]) -> tuple[list[Row], list[int]]:
    file = f"{name}.csv"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(RowFault(file, 0, None, f"not UTF-8 at byte {error.start}"))
        return [], []
    found: list[Row] = []
    lines: list[int] = []
    seen: dict[str, int] = {}
    for line, record in _records(text):
        try:
            row = model.model_validate(cells_of(record))
        except ValidationError as error:
            faults.extend(_cell_faults(file, line, error))
            continue
        if row.row_key() in seen:
            faults.append(RowFault(file, line, None, f"{row.row_key()} stands in line {seen[row.row_key()]} already"))
        seen[row.row_key()] = line
        found.append(row)
        lines.append(line)
    return found, lines


def _records(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for record in reader:
        yield reader.line_num, record


def _cell_faults(file: str, line: int, error: ValidationError) -> Iterator[RowFault]:
    for fault in error.errors(include_url=False, include_context=False):
        column = str(fault["loc"][0]) if fault["loc"] else None
        yield RowFault(file, line, column, f"{fault['msg']} (found {str(fault['input'])[:80]!r})")


def _broken_references(
    tables: Mapping[str, Sequence[Row]], lines_of: Mapping[str, list[int]], faulty: set[str]
) -> Iterator[RowFault]:
    """Rows that name a row which is not there. What is named in a faulty file may be there once that is mended."""
    known = {name: {row.row_key() for row in rows_} for name, rows_ in tables.items()}
    for table, rows_ in tables.items():
        for row, line in zip(rows_, lines_of[table], strict=True):
            for column, target, key in named_rows(row):
                if f"{target}.csv" not in faulty and key not in known[target]:
                    yield RowFault(f"{table}.csv", line, column, f"{key} is not in {target}.csv")


CODES: Mapping[str, tuple[str, str]] = {
    "place": ("places", "place"),
    "pathway": ("pathways", "pathway"),
    "stage": ("stages", "allocation_stage"),
}
"""Kind of code -> the registry's file and column that list them."""


def _unknown_codes(
    folder: Path, tables: Mapping[str, Sequence[Row]], lines_of: Mapping[str, list[int]]
) -> Iterator[RowFault]:
    """Codes that the registry's files, where they lie beside ours, do not have: such a line would never be found."""
    known: dict[str, set[str]] = {}
    for kind, (name, column) in CODES.items():
        path = folder / "registry" / f"{name}.csv"
        if path.is_file():
            known[kind] = {record[column] for _, record in _records(path.read_text("utf-8")) if record.get(column)}
    for table, rows_ in tables.items():
        for row, line in zip(rows_, lines_of[table], strict=True):
            for column, kind, code in codes(row):
                if kind in known and code not in known[kind]:
                    yield RowFault(f"{table}.csv", line, column, f"{code} is not in registry/{CODES[kind][0]}.csv")
