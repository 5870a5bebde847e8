"""The national picture as it is asked for: what is read at one position, and the answer made of it."""

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
class NationalAnswer:
    """Everything the counts are made of; reading is done, counting is not."""

    position: Position
    pathways: Sequence[str]
    reference: Reference
    claims: Sequence[Claim]

    @cached_property
    def tag(self) -> str:
        return etags.weak(tag_of(self.position, national=list(self.pathways)))

    @cached_property
    def counted(self) -> Nation:
        """Takes a second or so: not for the event loop."""
        return nation(self.reference, self.claims, self.pathways)

    def body(self) -> bytes:
        made = views.national(self.reference, self.position, self.counted, self.claims, self.tag)
        return made.model_dump_json().encode()


def national_answer(
    tx: Reading, references: ReferenceReader, when: When, pathways: Sequence[str], clock: Clock
) -> NationalAnswer:
    """What a question about pathways (none: the four most common cancers) rests on. 422 for an unknown pathway."""
    position = position_of(tx, when, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, pathway=pathways)
    asked = sorted(set(pathways)) or list(big_four(reference))
    found = claims.of_pathways(tx, position.as_of, position.known_at, asked)
    return NationalAnswer(position, asked, reference, found)
