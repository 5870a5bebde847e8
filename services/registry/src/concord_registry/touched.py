"""What a day may change, so that only maps it can reach are looked at. Pure."""

from dataclasses import dataclass

from concord_registry.finding_scope import Spot
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Touched:
    """Findings near `places` (None: anywhere), those of `exactly` these places, those of the places of `bodies`;
    `moved`: whether the day changes the reference data."""

    places: frozenset[str] | None = frozenset()
    exactly: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    moved: bool = False

    def __or__(self, other: "Touched") -> "Touched":
        both = None if self.places is None or other.places is None else self.places | other.places
        return Touched(both, self.exactly | other.exactly, self.bodies | other.bodies, self.moved or other.moved)

    def reaches(self, spot: Spot, reference: Reference) -> bool:
        """Whether a map's findings may change, as it lies in a reading of the map."""
        if self.places is None or spot.place in self.exactly:
            return True
        place = reference.places.get(spot.place)
        return place is not None and (place.body in self.bodies or bool(spot.around(reference) & self.places))
