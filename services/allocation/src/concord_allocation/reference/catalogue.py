"""How rows of the reference tables are shown: every figure with what it rests on, documents, prepared questions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from concord_allocation.reference.rows import Row, Sourced, SourceRow, WhatIfAmountRow, WhatIfRow
from concord_contracts.allocation.reference import Citation, PathwayPounds
from concord_contracts.allocation.scenarios import Figure, PreparedWhatIf, PurseTransfer, Source
from concord_contracts.registry import FigureBasis

SPEND_TABLE = "lines"
"""The table whose money is what is spent today; every other amount is money of another kind."""


def figures_of(table: str, row: Row, sent_by: str | None = None) -> Iterator[Figure]:
    """The figures of a row, in the order of its columns; `sent_by` is the body whose own row it is."""
    if not isinstance(row, Sourced):
        return
    for column in row.FIGURES:
        value = getattr(row, column)
        if value is not None:
            yield Figure(
                table=table,
                key=row.row_key(),
                column=column,
                value=str(value),
                unit=row.unit_of(column),
                basis=row.basis,
                source=row.source,
                note=row.note,
                low=_text(row.low),
                high=_text(row.high),
                sent_by=sent_by,
            )


def sources_of(rows: Iterable[SourceRow]) -> list[Source]:
    """Documents by key."""
    found = sorted(rows, key=lambda row: row.source)
    return [Source(key=row.source, title=row.title, publisher=row.publisher) for row in found]


def what_ifs_of(rows: Iterable[WhatIfRow], amounts: Iterable[WhatIfAmountRow]) -> list[PreparedWhatIf]:
    """The prepared questions with their amounts by purse."""
    parts: dict[str, list[PurseTransfer]] = {}
    for row in amounts:
        part = PurseTransfer(purse=row.purse, to_purse=row.to_purse, year=row.year, gbp=row.amount_gbp)
        parts.setdefault(row.what_if, []).append(part)
    return [_prepared(row, parts.get(row.what_if, [])) for row in rows]


def _prepared(row: WhatIfRow, amounts: list[PurseTransfer]) -> PreparedWhatIf:
    return PreparedWhatIf(
        key=row.what_if,
        question=row.question,
        kind=row.kind,
        value=str(row.value),
        unit=row.unit,
        basis=row.basis,
        source=row.source,
        note=row.note,
        amounts=amounts,
    )


def tables_of(rows: Iterable[tuple[str, Sourced]]) -> list[FigureBasis]:
    """How many figures of each table are published, derived and assumptions; by table."""
    counts: Counter[tuple[str, str]] = Counter()
    columns: dict[str, dict[str, None]] = {}
    for table, row in rows:
        present = [column for column in row.FIGURES if getattr(row, column) is not None]
        counts[table, row.basis] += len(present)
        columns.setdefault(table, {}).update(dict.fromkeys(present))
    return [
        FigureBasis(
            table=table,
            columns=", ".join(columns[table]),
            words="",
            published=counts[table, "published"],
            derived=counts[table, "derived"],
            assumption=counts[table, "assumption"],
        )
        for table in sorted(columns)
    ]


def pounds_of(spend: Iterable[tuple[str, str, int]]) -> list[PathwayPounds]:
    """Baseline spend by pathway, out of (pathway, basis, GBP)."""
    totals: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    for pathway, basis, gbp in spend:
        totals[pathway] += gbp
        assumed[pathway] += gbp if basis == "assumption" else 0
    return [PathwayPounds(pathway=key, gbp=totals[key], assumption_gbp=assumed[key]) for key in sorted(totals)]


def citations_of(rows: Iterable[Sourced], sources: Sequence[Source]) -> list[Citation]:
    """Each document with the number of figures that name it; a figure may name several."""
    cited: Counter[str] = Counter()
    for row in rows:
        figures = sum(getattr(row, column) is not None for column in row.FIGURES)
        for key in (row.source or "").split():
            cited[key] += figures
    return [Citation(key=one.key, title=one.title, publisher=one.publisher, figures=cited[one.key]) for one in sources]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
