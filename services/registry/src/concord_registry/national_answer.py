"""The national picture as it is asked for: the question, what is read for it at one position, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from concord_kit import etags
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.coverage_cache import tag_of
from concord_registry.national import Nation, big_four, nation
from concord_registry.reading import When, position_of, require_known
from concord_registry.store import claims
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Claim, Reference


@dataclass(frozen=True)
class NationalQuestion:
    """A question at its position: enough to know whether its answer is kept."""

    position: Position
    pathways: Sequence[str]
    reference: Reference

    @cached_property
    def tag(self) -> str:
        return etags.weak(tag_of(self.position, national=list(self.pathways)))

    def read(self, tx: Reading) -> "NationalAnswer":
        """Everything the counts are made of."""
        found = claims.of_pathways(tx, self.position.as_of, self.position.known_at, self.pathways)
        return NationalAnswer(self, found)


@dataclass(frozen=True)
class NationalAnswer:
    """Reading is done, counting is not."""

    question: NationalQuestion
    claims: Sequence[Claim]

    @cached_property
    def counted(self) -> Nation:
        """Takes a second or so: not for the event loop."""
        return nation(self.question.reference, self.claims, self.question.pathways)

    def body(self) -> bytes:
        asked = self.question
        made = views.national(asked.reference, asked.position, self.counted, self.claims, asked.tag)
        return made.model_dump_json().encode()


def national_question(
    tx: Reading, references: ReferenceReader, when: When, pathways: Sequence[str], clock: Clock
) -> NationalQuestion:
    """A question about pathways (none: the four most common cancers). 422 for an unknown pathway."""
    position = position_of(tx, when, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, pathway=pathways)
    return NationalQuestion(position, sorted(set(pathways)) or list(big_four(reference)), reference)
