"""What the registry said about a text's bodies, places and stages, as plain values.

They are fetched before a text is checked and stored with the check, so that approvals and signatures rest on what was
seen, with the registry's position, and work while the registry is down.
"""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from concord_contracts.agreements import Content
from concord_contracts.identifiers import FOREVER


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BodyFact(_Fact):
    """A body as the registry had it; the period is half-open."""

    id: str
    name: str
    kind: str
    legal_person: bool
    valid_from: date = date.min
    valid_to: date = FOREVER


class CellFact(_Fact):
    """The rule book's answer for one stage in one place; no commissioners where nobody is named nationally."""

    stage: str
    place: str
    commissioners: tuple[str, ...]
    procedure_class: str
    citation: str


class PlaceFact(_Fact):
    """A place, the body whose place it is, and every other place that shares ground with it."""

    key: str
    name: str
    body: str | None
    overlaps: frozenset[str]


class RegistryFacts(_Fact):
    """Everything a check needs, read at one position; what the registry does not know is absent, and where it knew
    nothing at all, so is the position.

    `bodies` holds the parties and the statutory commissioners.
    """

    as_of: date
    known_at: datetime | None
    seq: int
    bodies: tuple[BodyFact, ...]
    cells: tuple[CellFact, ...]
    places: tuple[PlaceFact, ...]
    unknown_stages: frozenset[str] = frozenset()
    pathway_known: bool = True

    def body(self, organisation: str) -> BodyFact | None:
        return next((body for body in self.bodies if body.id == organisation), None)

    def name(self, organisation: str) -> str:
        """As people call it; its id where the registry does not know it."""
        body = self.body(organisation)
        return body.name if body else organisation

    def place(self, key: str) -> PlaceFact | None:
        return next((place for place in self.places if place.key == key), None)

    def cells_of(self, stage: str, places: Iterable[str]) -> list[CellFact]:
        """The rule book's answers for a stage in these places, in the order of the places."""
        by_place = {cell.place: cell for cell in self.cells if cell.stage == stage}
        return [by_place[place] for place in places if place in by_place]


def places_of(content: Content) -> list[str]:
    """Every place a text names, each once, sorted."""
    scoped = {place for scope in content.stages for place in scope.places}
    return sorted(scoped | set(content.leads_pathway_for))
