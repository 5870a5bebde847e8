"""Figures of places and bodies, re-expressed for the bodies of a later date. Pure: what follows what goes in.

Amounts (pounds, cases, persons, shares of a whole) are divided over the bodies that follow, each in units of its last
printed decimal, and added up where they meet: every total stays. No table of allocation holds a rate by place or body:
rates stand nationally, and are the same for the bodies of any date.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

from concord_contracts.identifiers import first_day
from concord_kit.apportion import apportion_printed

REFERENCE_DAY = date(2013, 4, 1)
"""The first day of the year that the reference set is of: rows without a year of their own are followed from here."""
RULE = (
    "Amounts are divided over the bodies that follow, by the shares that passed to them, in units of their last "
    "decimal: what rounding leaves goes to those whose share was cut most, the first by id where that ties. Totals "
    "stay the same."
)
STRENGTH = ("published", "derived", "assumption")


@dataclass(frozen=True, slots=True)
class Follows:
    """What stands in a body's (or place's) stead on the later day, and what its share rests on.

    `name`: the body, or its place of the same kind; the body itself where the map has no such place of it.
    """

    name: str
    share: Fraction
    basis: str


type Lineage = Mapping[tuple[date, str], Sequence[Follows]]
"""(day, body or place) -> what follows it; shares sum to 1."""


@dataclass(frozen=True, slots=True)
class Form:
    """How rows of a table roll: columns that name bodies or places, and columns that are divided and added up.

    `texts` say where a row came from and are put together; all else must be the same for rows to be added up.
    """

    whose: tuple[str, ...]
    amounts: tuple[str, ...]
    texts: tuple[str, ...] = ("basis", "source", "note")


LIST_FORMS: Mapping[str, Form] = {
    "boundary_transfers": Form(("from_body", "to_body"), ("amount_gbp", "low", "high")),
    "cases_by_place": Form(("place",), ("cases", "low", "high")),
    "ccg_allocations": Form(("body",), ("allocation_gbp", "headroom_gbp", "pathway_headroom_gbp", "low", "high")),
    "public_health_grants": Form(("body",), ("grant_gbp", "low", "high")),
}
"""Lists by body or place; the others name none and are the same on any day."""
NOT_TO_BE_ROLLED = frozenset({"specialised_offices"})
"""They say which office did what, and have no amount that could be divided."""
NOBODYS = Form((), ())
"""Rows that name no body are the same on any day."""
FIGURE_FORM = Form(("where",), ("value", "low", "high"), ("basis", "source", "note", "sent_by"))


class Backwards(ValueError):
    """The day asked for lies before a figure's own."""

    def __init__(self, day: date, roll_to: date) -> None:
        super().__init__(
            f"{roll_to} lies before {day}, the day that figures here are of: what a body has does not tell what each "
            "of those before it had"
        )


class Unknown(ValueError):
    """The map does not know whose figures these are: nothing can be said of what follows."""

    def __init__(self, names: Sequence[str], day: date) -> None:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        super().__init__(f"the map knows nothing of {shown} on {day}, so it cannot say who followed")


def day_of(row: Mapping[str, str]) -> date:
    """The day from which a row's bodies are followed."""
    year = row.get("year", "")
    return first_day(year) if len(year) == 7 and year[:4].isdigit() else REFERENCE_DAY


type _Key = tuple[tuple[str, str], ...]
RANGE = ("low", "high")


@dataclass(slots=True)
class _Sum:
    """A row of the later day as it grows: its amounts, and the rows that it is made of."""

    amounts: dict[str, Decimal]
    origins: list[Mapping[str, str]]
    basis: str = "published"
    changed: bool = False


def roll(rows: Iterable[Mapping[str, str]], form: Form, lineage: Lineage) -> list[dict[str, str]]:
    """The rows for the bodies of the later day, in the order of the first of those that each is made of."""
    if not form.whose:
        return [dict(row) for row in rows]
    sums: dict[_Key, _Sum] = {}
    for row in rows:
        day = day_of(row)
        named = [column for column in form.whose if row.get(column)]
        ways = list(product(*(lineage[day, row[column]] for column in named)))
        shares = {_way(way): _share(way) for way in ways}
        divided = {column: apportion_printed(amount, shares) for column, amount in _amounts(row, form)}
        for way in ways:
            became = {column: part.name for column, part in zip(named, way, strict=True)}
            kept = {name: cell for name, cell in row.items() if name not in (*form.amounts, *form.texts)} | became
            one = sums.setdefault(tuple(kept.items()), _Sum({}, []))
            for column, parts in divided.items():
                one.amounts[column] = one.amounts.get(column, Decimal(0)) + parts[_way(way)]
            one.origins.append(row)
            one.basis = _weakest(one.basis, row.get("basis"), *(part.basis for part in way))
            one.changed |= len(ways) > 1 or any(became[column] != row[column] for column in named)
    return [_row(form, key, one) for key, one in sums.items()]


def _amounts(row: Mapping[str, str], form: Form) -> Iterator[tuple[str, Decimal]]:
    """What is divided; an end of a range that is not stated is the amount itself."""
    for column in form.amounts:
        printed = row.get(column) or (row.get(form.amounts[0]) if column in RANGE else None)
        if printed:
            yield column, Decimal(printed)


def _way(way: Sequence[Follows]) -> str:
    return "|".join(part.name for part in way)


def _share(way: Sequence[Follows]) -> Fraction:
    share = Fraction(1)
    for part in way:
        share *= part.share
    return share


def _weakest(*bases: str | None) -> str:
    return max((basis for basis in bases if basis in STRENGTH), key=STRENGTH.index, default="published")


def _row(form: Form, key: _Key, one: _Sum) -> dict[str, str]:
    """A row that nothing happened to is as it was printed."""
    if not one.changed and len(one.origins) == 1:
        return dict(one.origins[0])
    stated = {column for column in form.amounts for row in one.origins if row.get(column)}
    whole = {column: format(amount, "f") for column, amount in one.amounts.items() if column in stated}
    texts = {column: _text(column, form, one) for column in form.texts if any(column in row for row in one.origins)}
    return (
        dict(key) | whole | {column: words for column, words in (texts | {"note": _note(form, one)}).items() if words}
    )


def _text(column: str, form: Form, one: _Sum) -> str:
    """Documents are put together; what is not said of all is said of none."""
    said = [row.get(column, "") for row in one.origins]
    if column == "basis":
        return one.basis
    if column == "source":
        return " ".join(dict.fromkeys(key for words in said for key in words.split()))
    return said[0] if len(set(said)) == 1 else ""


def _note(form: Form, one: _Sum) -> str:
    """Whose figures it is made of, and of whom one is not known."""
    names = {id(row): "/".join(row[column] for column in form.whose if row.get(column)) for row in one.origins}
    words = f"re-expressed from {', '.join(dict.fromkeys(names.values()))}"
    for column in form.amounts:
        missing = [names[id(row)] for row in one.origins if not row.get(column)]
        if column not in RANGE and missing and len(missing) < len(one.origins):
            words += f"; {column} of {', '.join(dict.fromkeys(missing))} is not known"
    return words
