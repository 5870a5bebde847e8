"""How many people: which figures answer a question, and the same people as bodies of another date have them. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from concord_contracts.identifiers import first_day
from concord_registry.rolling import apportion, parts_of
from concord_registry.succession import Part, weakest
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Figure:
    """People of a place in a financial year, of all ages or of a band (`age_to` None: and over)."""

    place: str
    year: str
    basis: str
    persons: int
    figure_basis: str
    age_from: int | None = None
    age_to: int | None = None
    low: int | None = None
    high: int | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceOnce:
    """A place whenever it is in being: its kind, whose it is, and its first day."""

    kind: str
    body: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class Origin:
    """The people that came from one figure."""

    place: str
    body: str | None
    persons: int
    share: Fraction
    basis: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with whose it is; `origins` where it was re-expressed for the bodies of another date."""

    figure: Figure
    kind: str
    body: str | None
    origins: tuple[Origin, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """Where it stands in the list."""
        own = self.figure
        return (
            self.kind,
            own.place or self.body or "",
            own.year,
            own.basis,
            -1 if own.age_from is None else own.age_from,
        )


type Group = tuple[str, str, str, int | None, int | None]
"""Kind of place, year, basis, age band: what can be added up."""


def group_of(counted: Counted) -> Group:
    own = counted.figure
    return counted.kind, own.year, own.basis, own.age_from, own.age_to


def of_the_day(figures: Iterable[Figure], day: date) -> list[Figure]:
    """Of each place, basis and age band the figure of the latest year begun by the day, else of the earliest."""
    started = f"{day.year if day.month >= 4 else day.year - 1:04d}"
    best: dict[tuple[str, str, int | None], Figure] = {}

    def rank(figure: Figure) -> tuple[bool, int]:
        begun = figure.year[:4] <= started
        return begun, int(figure.year[:4]) * (1 if begun else -1)

    for figure in figures:
        key = figure.place, figure.basis, figure.age_from
        if key not in best or rank(figure) > rank(best[key]):
            best[key] = figure
    return list(best.values())


def of_the_days_year(people: Sequence[Counted], day: date) -> list[Counted]:
    """Of each body and basis all figures of the latest year begun by the day, else of its earliest."""
    started = f"{day.year if day.month >= 4 else day.year - 1:04d}"
    years: dict[tuple[str | None, str], set[str]] = {}
    for one in people:
        years.setdefault((one.body, one.figure.basis), set()).add(one.figure.year)
    chosen = {
        of: max((year for year in of_body if year[:4] <= started), default=min(of_body))
        for of, of_body in years.items()
    }
    return [one for one in people if one.figure.year == chosen[one.body, one.figure.basis]]


def begun_by(people: Iterable[Counted], day: date) -> tuple[list[Counted], list[str]]:
    """The figures of years begun by a day, and the years left out: what comes after cannot be told of that day's."""
    kept: list[Counted] = []
    left_out: set[str] = set()
    for one in people:
        if first_day(one.figure.year) <= day:
            kept.append(one)
        else:
            left_out.add(one.figure.year)
    return kept, sorted(left_out)


def counted(figures: Iterable[Figure], places: Mapping[str, PlaceOnce]) -> list[Counted]:
    """Figures under their places' kinds and bodies, in the order of the list."""
    found = [Counted(one, places[one.place].kind, places[one.place].body) for one in figures if one.place in places]
    return sorted(found, key=lambda one: one.key)


def rolled(
    reference: Reference,
    people: Iterable[Counted],
    places: Mapping[str, PlaceOnce],
    roll_to: date,
    place_then: Callable[[str, str], str],
) -> list[Counted]:
    """The same people as those of the bodies of a later day; every total stays as it was, to the unit.

    A figure is followed from the first day of its year; that of a place which is nobody's stays the place's.
    `place_then` gives a body's place of a kind on the later day, empty where it has none. BackwardsError where a year
    begins after the day.
    """
    groups: dict[tuple[Group, str], list[tuple[Counted, Part, dict[str, dict[str, int]]]]] = {}
    parts: dict[tuple[str, date], tuple[Part, ...]] = {}
    found: list[Counted] = []
    for one in people:
        if one.body is None:
            found.append(one)
            continue
        day = first_day(one.figure.year)
        if one.figure.place:
            day = max(day, places[one.figure.place].valid_from)
        if (one.body, day) not in parts:
            parts[one.body, day] = parts_of(reference, one.body, roll_to, day)
        divided = _divided(one.figure, parts[one.body, day])
        for part in parts[one.body, day]:
            groups.setdefault((group_of(one), part.body), []).append((one, part, divided))
    for (group, body), members in groups.items():
        place = place_then(body, group[0])
        kind = places[place].kind if place in places else group[0]
        found.append(_sum_of((kind, *group[1:]), body, members, place))
    return sorted(found, key=lambda one: one.key)


def _divided(figure: Figure, parts: Sequence[Part]) -> dict[str, dict[str, int]]:
    """Persons and both ends of their range, by successor."""
    low, high = (figure.persons if end is None else end for end in (figure.low, figure.high))
    return {
        name: apportion(units, parts) for name, units in (("persons", figure.persons), ("low", low), ("high", high))
    }


def _sum_of(
    group: Group, body: str, members: Sequence[tuple[Counted, Part, dict[str, dict[str, int]]]], place: str
) -> Counted:
    kind, year, basis, age_from, age_to = group
    totals = {name: sum(divided[name][body] for _, _, divided in members) for name in ("persons", "low", "high")}
    ranged = any(one.figure.low is not None or one.figure.high is not None for one, _, _ in members)
    sources = dict.fromkeys(key for one, _, _ in members for key in (one.figure.source or "").split())
    figure = Figure(
        place=place,
        year=year,
        basis=basis,
        age_from=age_from,
        age_to=age_to,
        persons=totals["persons"],
        low=totals["low"] if ranged else None,
        high=totals["high"] if ranged else None,
        figure_basis=weakest(*(step for one, part, _ in members for step in (one.figure.figure_basis, part.basis))),
        source=" ".join(sources) or None,
    )
    origins = tuple(
        Origin(one.figure.place, one.body, divided["persons"][body], part.share, part.basis)
        for one, part, divided in members
    )
    return Counted(figure, kind, body, origins)


def totals(people: Iterable[Counted]) -> dict[Group, tuple[int, int]]:
    """(persons, figures) of each group, in order."""
    found: dict[Group, tuple[int, int]] = {}
    for one in people:
        persons, figures = found.get(group_of(one), (0, 0))
        found[group_of(one)] = persons + one.figure.persons, figures + 1
    return dict(sorted(found.items(), key=lambda item: (item[0][:3], item[0][3] or -1)))
