"""People weighted by need, for plans in which some place has none from the registry.

Published weighted people are of formula bodies alone: councils have none, and of groups only those whose code lives on.
Two sorts of weights in one division would favour one side, so that a plan with any such place takes need for all, by
the weights that its fairness is counted by (`build_equity`): those of lung, or of all cancers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from concord_allocation.assembly.world import World
from concord_allocation.reference.rows_for_plans import NeedWeightRow
from concord_contracts.allocation import Line, People, Provenance
from concord_contracts.registry import PlaceView

WEIGHTED = "weighted"
REGISTERED = "registered"
OF_LINES = {"provider": REGISTERED}
"""Lines that count a provider's patients are for the people registered in the place."""


@dataclass(frozen=True)
class Need:
    """England's weights: groups' shares of its need and their people."""

    rows: Mapping[str, NeedWeightRow]
    people: int
    weight: Fraction

    def per_head(self, shares: Iterable[tuple[str, float]]) -> Fraction | None:
        """Need of a head of these groups' people against England's, 1 on average; None where a group has no weight."""
        found, whole = Fraction(0), Fraction(0)
        for place, share in shares:
            row = self.rows.get(place)
            if row is None:
                return None
            part = Fraction(share)
            found += part * Fraction(row.weight_share) / row.persons
            whole += part
        return found / whole * self.people / self.weight if whole else None


def weighted_people(world: World, lines: Sequence[Line]) -> list[People]:
    """Weighted people of every place of the lines; none where some place's need is not known.

    weighted(place) = people of its lines x need of a head there. A group's need is its own; a council's and a part's
    that of the groups whose ground it shares, by their shares of it.
    """
    rows = world.need_weights
    if not rows:
        return []
    weight = sum((Fraction(row.weight_share) for row in rows), Fraction(0))
    need = Need({row.place: row for row in rows}, sum(row.persons for row in rows), weight)
    found = [_weighted(world, place, lines, need) for place in sorted({line.place for line in lines})]
    return [each for each in found if each is not None] if None not in found else []


def _weighted(world: World, place: str, lines: Sequence[Line], need: Need) -> People | None:
    view = world.place_of[place]
    groups = list(_groups(view, need))
    per_head, persons = need.per_head(groups), _people(view, place, lines, need)
    if per_head is None or persons is None:
        return None
    sources = sorted({row.source for key, _ in groups if (row := need.rows[key]).source})
    return People(
        place=place,
        basis=WEIGHTED,
        persons=round(persons * per_head),
        year=None,
        provenance=Provenance(
            basis="assumption", source=" ".join(sources) or None, note=f"{_whose(view)}; {need.rows[groups[0][0]].note}"
        ),
    )


def _groups(view: PlaceView, need: Need) -> Iterator[tuple[str, float]]:
    """The groups whose need a place has: itself, those of its footprint, or those that it is a part of."""
    if view.key in need.rows:
        yield view.key, 1.0
    elif view.footprint:
        yield from view.footprint
    else:
        yield from ((parent, 1.0) for parent in view.parents if parent in need.rows)


def _people(view: PlaceView, place: str, lines: Sequence[Line], need: Need) -> int | None:
    """As the place's lines count them; a group's own are those that its weight was made of."""
    if place in need.rows:
        return need.rows[place].persons
    bases = {OF_LINES.get(line.population_basis, line.population_basis) for line in lines if line.place == place}
    figures = [one for one in view.populations if one.basis in bases]
    return max(figures, key=lambda one: (one.basis == REGISTERED, one.year)).persons if figures else None


def _whose(view: PlaceView) -> str:
    return {
        "ccg": "its registered people by their need",
        "council": "its residents by the need of the groups whose ground it shares",
    }.get(view.kind, "its people by the need of the group that it is a part of")
