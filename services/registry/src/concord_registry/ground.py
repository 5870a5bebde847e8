"""Where places share ground: every place as a set of the pieces in which a group's and a council's places meet. Pure.

Groups are primary care trusts, CCGs or integrated care boards, whichever there were on the day.

A piece belongs to a place once, however many of its parts name it, so nobody is counted twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from concord_registry.places import containing, of_kind, within
from concord_registry.rolling import apportion
from concord_registry.succession import Part
from concord_registry.world import GROUND_KINDS, GROUP_KINDS, Overlap, PopulationFigure, Reference

type Piece = tuple[str, str]
"""A group's place and a council's."""

SMALL_AREAS = "small areas"
REGISTERED = "registered people"


@dataclass(frozen=True, slots=True)
class Shared:
    """Ground that another place shares with the one asked about; shares 0..1 of each, and what they are counted by."""

    place: str
    share: float
    share_by: str
    share_of_other: float
    share_of_other_by: str


def ground(reference: Reference, place: str) -> dict[Piece, Overlap]:
    """The pieces of a place: of a group's or a council's its own footprint, of a part its one, else of all in it.

    An area's or region's people are its groups' lists, so its ground is that of its groups; a union has that of all
    its members.
    """
    own = reference.places.get(place)
    kind = own.kind if own else ""
    if kind in GROUND_KINDS:
        found = list(_of(reference, place))
    elif kind == "part":
        around = [one for parent in reference.parents.get(place, ()) for one in _of(reference, parent)]
        found = [one for one in around if one.part_place == place]
    else:
        members = of_kind(reference, within(reference, place), *GROUP_KINDS)
        found = [one for key in members for one in _of(reference, key)]
        if kind == "union":
            others = [key for kind in ("council", "part") for key in _members(reference, place, kind)]
            found += [one for key in others for one in ground(reference, key).values()]
    return {(one.ccg_place, one.council_place): one for one in found}


def _members(reference: Reference, union: str, kind: str) -> tuple[str, ...]:
    """Places of a kind that were put into a union, or into one within it."""
    nested = of_kind(reference, within(reference, union), "union")
    children = {child for key in nested for child in reference.children.get(key, ())}
    return of_kind(reference, sorted(children), kind)


def _of(reference: Reference, place: str) -> tuple[Overlap, ...]:
    return reference.overlaps_by_place.get(place, ())


def overlaps(reference: Reference, place: str) -> list[Shared]:
    """Every other place that shares ground with a place, by key."""
    own = ground(reference, place)
    others: set[str] = set()
    for (ccg, council), piece in own.items():
        others.update(containing(reference, ccg))
        others.update(containing(reference, council))
        if piece.part_place:
            others.update(containing(reference, piece.part_place))
    found = []
    for other in sorted(others - {place}):
        theirs = ground(reference, other)
        both = own.keys() & theirs.keys()
        if both:
            share, share_by = _share(reference, place, own, both)
            share_of_other, other_by = _share(reference, other, theirs, both)
            found.append(Shared(other, share, share_by, share_of_other, other_by))
    return found


def _share(
    reference: Reference, place: str, pieces: Mapping[Piece, Overlap], some: Iterable[Piece]
) -> tuple[float, str]:
    """Which share of a place some of its pieces are: as its footprint says, or by people where it is several places."""
    kind = reference.places[place].kind

    def weight(piece: Overlap) -> Fraction:
        if kind == "council":
            return Fraction(str(piece.share_of_council))
        people = 1 if kind in GROUP_KINDS else reference.persons.get(piece.ccg_place, 0)
        return people * Fraction(str(piece.share_of_ccg))

    part = sum((weight(pieces[one]) for one in some), Fraction(0))
    if kind in GROUND_KINDS:
        return min(float(part), 1.0), SMALL_AREAS
    whole = sum((weight(piece) for piece in pieces.values()), Fraction(0))
    return (float(part / whole) if whole else 0.0), REGISTERED


@dataclass(frozen=True, slots=True)
class Together:
    """People of a place that is made of others. `divided` of `of` places lie in it in part and were divided."""

    year: str
    basis: str
    persons: int
    of: int
    divided: int
    missing: tuple[str, ...]

    @property
    def words(self) -> str:
        """How it was reckoned, for a reader."""
        parts = f"; {self.divided} of them in part, by small areas" if self.divided else ""
        gone = f"; no figure of {', '.join(self.missing)}" if self.missing else ""
        return f"sum over {self.of} places, each piece of ground once{parts}{gone}"


def people_together(reference: Reference, place: str) -> list[Together]:
    """People of a place by what lies in it, registered by groups' lists and resident by councils' residents.

    Of a group or a council that lies in it whole all its people count, else those of its pieces within, in whole people
    by the largest remainder: so two unions that divide a place between them have its people together.
    """
    pieces = ground(reference, place)
    found = []
    for basis, kind in (("registered", "group"), ("resident", "council")):
        members: dict[str, set[Piece]] = {}
        for piece in pieces:
            members.setdefault(piece[0 if kind == "group" else 1], set()).add(piece)
        figures = {key: _latest(reference, key, basis) for key in sorted(members)}
        years = {figure.year for figure in figures.values() if figure is not None}
        if not years:
            continue
        year = max(years)
        persons = divided = 0
        for key, figure in figures.items():
            if figure is None or figure.year != year:
                continue
            whole = {(one.ccg_place, one.council_place): one for one in _of(reference, key)}
            parts = _parts(whole, kind)
            given = apportion(figure.persons, parts)
            persons += sum(given.get("|".join(piece), 0) for piece in members[key])
            divided += len(members[key]) < len(whole)
            if kind == "council" and len(members[key]) == len(whole):
                persons += given.get("", 0)
        missing = tuple(key for key, figure in figures.items() if figure is None or figure.year != year)
        found.append(Together(year, basis, persons, len(members) - len(missing), divided, missing))
    return found


def _parts(whole: Mapping[Piece, Overlap], kind: str) -> list[Part]:
    """A place's pieces as shares that sum to 1; what no piece holds stays under an empty name."""
    shares = {
        "|".join(piece): Fraction(str(one.share_of_ccg if kind == "group" else one.share_of_council))
        for piece, one in sorted(whole.items())
    }
    total = sum(shares.values(), Fraction(0))
    if total > 1 or abs(total - 1) < Fraction(1, 100_000):
        return [Part(key, share / total, "derived") for key, share in shares.items()]
    return [Part("", 1 - total, "derived"), *(Part(key, share, "derived") for key, share in shares.items())]


def _latest(reference: Reference, place: str, basis: str) -> PopulationFigure | None:
    """The figure of the latest year begun by the day, else of the earliest."""
    started = f"{reference.as_of.year if reference.as_of.month >= 4 else reference.as_of.year - 1:04d}"
    figures = [figure for figure in reference.populations_of.get(place, ()) if figure.basis == basis]
    begun = [figure for figure in figures if figure.year[:4] <= started]
    return max(begun, key=lambda one: one.year) if begun else min(figures, key=lambda one: one.year, default=None)
