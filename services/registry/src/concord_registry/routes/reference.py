"""What the registry's own figures rest on."""

from collections import Counter
from typing import Annotated

from fastapi import Depends, Query, Response

from concord_contracts.registry import RegistryReference
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import views
from concord_registry.reading import When, position_of
from concord_registry.routes.shared import References, json_routes
from concord_registry.store.reference import ReferenceReader, bases

router = json_routes("reference")


@router.get(
    "/reference/summary",
    name="read_reference_summary",
    response_model=RegistryReference,
    responses=problem_responses("known-at-too-late"),
)
async def read_reference_summary(
    query: Annotated[When, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Populations, footprints and shares by what they rest on: published, derived, assumption; and every document with
    publisher, licence and what was taken from it."""
    return call.reply(await call.read(lambda tx: _summary(tx, references, query, call.clock)))


def _summary(tx: Reading, references: ReferenceReader, query: When, clock: Clock) -> RegistryReference:
    position = position_of(tx, query, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    found = bases(tx, position.known_at)
    cited: Counter[str] = Counter()
    for one in found:
        cited.update(one.cited)
    return RegistryReference(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        tables=[views.figure_basis(one) for one in found],
        sources=[views.document(key, one, cited[key]) for key, one in sorted(reference.sources.items())],
    )
