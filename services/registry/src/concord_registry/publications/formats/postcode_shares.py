"""How many of a primary care trust's postcodes went to each CCG, in percent: a split of predecessors by postcodes.

Kept as measured shares: postcodes are not people, and the law passed functions to others as well.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number
from concord_registry.publications.formats.base import (
    Cells,
    FaultyCell,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, Said

COLUMNS = (
    column("before", "pct_nhs_code", "pct_code", "old_code", "predecessor_code"),
    column("after", "ccg_nhs_code", "ccg_code", "new_code", "successor_code"),
    column("percent", "percent_of_pct_postcodes", "percent", "share", pattern=r"percentof.*|shareof.*postcodes"),
)
REFORM = date(2013, 4, 1)


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    def line(cells: Cells) -> Iterable[Said]:
        percent = cells.take("percent", number)
        if percent is None or not 0 <= percent <= 100:
            words = f"{cells.text('percent')[:40]!r} is no percentage of 0 to 100"
            raise FaultyCell(SheetFault("", cells.line, cells.names["percent"], words))
        before, after = cells.take("before", body_of), cells.take("after", body_of)
        yield MeasureSaid(
            cells.line, before, "share-of-postcodes-to", REFORM.isoformat(), round(percent / 100, 8), "share", after
        )

    yield from lines(grid, match, line)


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    return Edition("pct-ccg-postcodes", "postcodes of primary care trusts by CCG", REFORM)


FORMAT = Format(
    key="postcode-shares",
    title="share of predecessors' postcodes by successor",
    looked_for="a header with pct_nhs_code, ccg_nhs_code, percent_of_pct_postcodes",
    publisher="compiled",
    publisher_name=None,
    licence=None,
    order=45,
    recognise=lambda grid: by_header(grid, COLUMNS, bonus=0.5),
    read=read,
    edition=edition,
)
