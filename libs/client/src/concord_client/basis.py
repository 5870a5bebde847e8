"""What a service's figures rest on, counted from the figures it gives."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from concord_contracts.allocation.scenarios import Figure, Source
from concord_contracts.registry import FigureBasis, RegistryReference

SPEND_TABLE, SPEND_COLUMN = "lines", "baseline_gbp"
"""Allocation's spend by line; the key of a line is `place:pathway:stage`."""


class PathwayPounds(BaseModel):
    """A pathway's baseline spend, and how much of it rests on assumptions; whole pounds."""

    pathway: str
    gbp: int
    assumption_gbp: int

    @property
    def share(self) -> float:
        return self.assumption_gbp / self.gbp if self.gbp else 0.0


class Citation(BaseModel):
    """A document with how many figures cite it."""

    key: str
    title: str
    publisher: str | None
    figures: int


class AllocationBasis(BaseModel):
    """What allocation's reference figures rest on, at one edition."""

    edition: str
    as_of: date
    known_at: datetime
    tables: list[FigureBasis]
    pounds: list[PathwayPounds]
    sources: list[Citation]


class DataSources(BaseModel):
    """What the data of the services asked rest on."""

    registry: RegistryReference | None = None
    allocation: AllocationBasis | None = None


def tables_of(figures: Iterable[Figure]) -> list[FigureBasis]:
    """How many figures of each table are published, derived and assumptions; by table."""
    counts: Counter[tuple[str, str]] = Counter()
    columns: dict[str, dict[str, None]] = {}
    for figure in figures:
        counts[figure.table, figure.basis] += 1
        columns.setdefault(figure.table, {})[figure.column] = None
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


def pounds_of(figures: Iterable[Figure]) -> list[PathwayPounds]:
    """Baseline spend by pathway, by pathway."""
    totals: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    for figure in figures:
        if (figure.table, figure.column) == (SPEND_TABLE, SPEND_COLUMN):
            pathway, gbp = figure.key.split(":")[1], int(figure.value)
            totals[pathway] += gbp
            assumed[pathway] += gbp if figure.basis == "assumption" else 0
    return [PathwayPounds(pathway=key, gbp=totals[key], assumption_gbp=assumed[key]) for key in sorted(totals)]


def citations_of(figures: Iterable[Figure], sources: Sequence[Source]) -> list[Citation]:
    """Each document with the number of figures that name it; a figure may name several."""
    cited = Counter(key for figure in figures for key in (figure.source or "").split())
    return [Citation(key=one.key, title=one.title, publisher=one.publisher, figures=cited[one.key]) for one in sources]
