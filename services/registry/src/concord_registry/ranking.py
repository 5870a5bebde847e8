"""Places by how often responsibility changes hands along a pathway. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concord_registry.cells import cells
from concord_registry.claims import claims_by_stage
from concord_registry.fragmentation import Fragmented, fragmentation
from concord_registry.world import Claim, Reference

FORMULA = "score = hand-overs / (stages with a known commissioner - 1), 0..1; functions beside the pathway do not count"
RANKED_WHERE = (
    "at least half of the stages are confirmed locally: else the score compares what is on paper, not places. The "
    "highest score is rank 1; equal scores share a rank"
)


@dataclass(frozen=True, slots=True)
class Ranked:
    place: str
    score: Fragmented
    rank: int | None

    @property
    def words(self) -> str:
        """Why it is not ranked; empty where it is."""
        if self.rank is not None:
            return ""
        if self.score.score is None:
            return "not ranked: fewer than two stages have a known commissioner"
        confirmed, stages = self.score.stages_confirmed_locally, self.score.stages
        return f"not ranked: {confirmed} of {stages} stages are confirmed locally, half are needed"


def ranking(reference: Reference, claims: Iterable[Claim], pathway: str, places: Sequence[str]) -> list[Ranked]:
    """Ranked places first, the most hand-overs for their stages at the top; then the others by key."""
    by_stage = claims_by_stage(claims)
    scores = {place: fragmentation(cells(reference, by_stage, pathway, place)) for place in places}
    comparable = {place: one.score for place, one in scores.items() if one.ranked and one.score is not None}
    order = sorted(comparable, key=lambda place: (-comparable[place], place))
    ranks = {place: 1 + sum(other > comparable[place] for other in comparable.values()) for place in order}
    rest = sorted(place for place in scores if place not in ranks)
    return [Ranked(place, scores[place], ranks.get(place)) for place in (*order, *rest)]
