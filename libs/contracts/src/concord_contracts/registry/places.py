"""Places, their populations and footprints."""

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, LongText, Reply
from concord_contracts.registry.rolling import ReExpressed


class Population(Reply):
    place: Key
    year: str
    basis: str
    persons: int
    source: str | None = None
    assumption: LongText | None = None


class PlaceView(Reply):
    key: Key
    kind: str
    name: str
    body: BodyId | None = None
    parents: list[Key] = []
    children: list[Key] = []
    populations: list[Population] = []
    footprint: list[tuple[Key, float]] = Field([], description="(place, share) pairs; shares sum to 1")


class SharedGround(Reply):
    """Another place that shares ground with the one asked about."""

    place: Key
    kind: str
    name: str
    share: float = Field(description="of the place asked about, 0..1")
    share_by: str = Field(description="what it is counted by: small areas, or registered people")
    share_of_other: float = Field(description="of the other place, 0..1")
    share_of_other_by: str


class PlaceOverlaps(ReExpressed):
    """Places that share ground with a place on the day, by key."""

    place: PlaceView
    items: list[SharedGround]
    next_cursor: str | None = None


class PlaceAnswer(ReExpressed):
    place: PlaceView


class Places(ReExpressed):
    """Places by key; with `within`, a place and every place declared below it."""

    items: list[PlaceView]
    next_cursor: str | None = None
