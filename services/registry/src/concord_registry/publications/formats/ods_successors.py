"""ODS successions: who followed whom, and the legal day.

Three layouts: `from, to, legal_start`; ODS's own `succ` and `succarc`, without a header (code, successor, reason, day
YYYYMMDD, indicator); and two columns of a CCG and its successor of a year (`old_ccg, ccg20cdh`), whose day is 1 April
of that year.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day, word
from concord_registry.publications.formats.base import (
    CODE,
    NO_MATCH,
    OGL,
    Cells,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, Said, SuccessionSaid

COLUMNS = (
    column("from", "predecessor", "old_code", "predecessor_code", "old_org", "from_code", "organisation_code"),
    column("to", "successor", "new_code", "successor_code", "new_org", "to_code", "successor_organisation_code"),
    column("legal_start", "legal_date", "effective_date", "date", "legal_start_date", "on", "succession_date"),
    column("share", "share_of_predecessor", needed=False),
)
YEAR_COLUMN = re.compile(r"(?:ccg|sicbl|icb|stp)(\d\d)cdh?")


def recognise(grid: Grid) -> Match:
    headed = by_header(grid, COLUMNS)
    if headed.recognised:
        return headed
    plain = _positional(grid)
    if plain.recognised:
        return plain
    return max(_pair(grid), plain, headed, key=lambda one: one.score)


def _pair(grid: Grid) -> Match:
    cells = grid.rows[0][1] if grid.rows else ()
    if len(cells) != 2:
        return NO_MATCH
    names = [word(cell) for cell in cells]
    year = YEAR_COLUMN.fullmatch(names[1])
    if not (names[0].startswith(("old", "from", "previous", "predecessor")) and year):
        return NO_MATCH
    why = f"two columns, {cells[0]} and its successor of 20{year[1]}"
    return Match(1.5, why, header=0, columns={"from": 0, "to": 1}, more=date(2000 + int(year[1]), 4, 1))


def _positional(grid: Grid) -> Match:
    """`succ`: two codes and a day in each line, without a header."""
    rows = grid.head
    if not rows or not 3 <= len(rows[0][1]) <= 6:
        return NO_MATCH
    width = len(rows[0][1])
    days = Counter(at for _, cells in rows for at in range(2, len(cells)) if re.fullmatch(r"(19|20)\d{6}", cells[at]))
    if not days:
        return NO_MATCH
    at, count = days.most_common(1)[0]
    fitting = [cells for _, cells in rows if len(cells) == width and all(CODE.fullmatch(one) for one in cells[:2])]
    if count < len(rows) * 0.8 or len(fitting) < len(rows) * 0.8:
        return Match(0.6, differs="not every line has two codes and a day YYYYMMDD")
    why = f"two codes and a day in column {at + 1} of each line, without a header"
    return Match(1.4, why, header=-1, columns={"from": 0, "to": 1, "legal_start": at})


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    if isinstance(match.more, date):
        return Edition(f"ccg-successors-{match.more.year}", f"successors of CCGs in {match.more.year}", match.more)
    days = []
    for _, cells in grid.rows[match.header + 1 :]:
        try:
            days.append(day(cells[match.columns["legal_start"]]))
        except (ValueError, IndexError):
            continue
    latest = max((one for one in days if one), default=None)
    return Edition("ods-successors", "ODS successions", latest, at_least=True)


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    if match.header < 0:
        yield from _read_positional(grid, match)
        return
    on = match.more if isinstance(match.more, date) else None

    def line(cells: Cells) -> Iterable[Said]:
        predecessor, successor = cells.take("from", body_of), cells.take("to", body_of)
        when = on or cells.take("legal_start", day)
        if when is None:
            cells.need("legal_start")
            return
        if predecessor != successor:
            share = cells.take("share", lambda text: float(text) if text else None)
            yield SuccessionSaid(cells.line, predecessor, successor, when, share=share)

    yield from lines(grid, match, line)


def _read_positional(grid: Grid, match: Match) -> Iterator[Said | SheetFault]:
    width = len(grid.rows[0][1])
    for number, cells in grid.rows:
        if len(cells) != width:
            yield SheetFault("", number, None, f"has {len(cells)} columns where {width} are expected", "columns")
            continue
        yield from _one(number, cells, match.columns["legal_start"])


def _one(number: int, cells: Sequence[str], at: int) -> Iterator[Said | SheetFault]:
    try:
        predecessor, successor, when = body_of(cells[0]), body_of(cells[1]), day(cells[at])
    except ValueError as error:
        yield SheetFault("", number, None, str(error))
        return
    if when is None:
        yield SheetFault("", number, f"{at + 1}", "is empty: no day", "missing")
    elif predecessor != successor:
        yield SuccessionSaid(number, predecessor, successor, when)


FORMAT = Format(
    key="ods-successors",
    title="ODS successions",
    looked_for="columns from, to and legal_start; or two codes and a day YYYYMMDD in each line",
    publisher="ods",
    publisher_name="NHS Organisation Data Service",
    licence=OGL,
    order=30,
    recognise=recognise,
    read=read,
    edition=edition,
)
