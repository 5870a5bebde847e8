"""What agreements in force make responsible. Only the agreements service writes here."""

from typing import Annotated

from fastapi import Depends, Path, Response

from concord_contracts.identifiers import Key
from concord_contracts.registry import Activation, ActivationState
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import recording
from concord_registry.reading import When, position_of
from concord_registry.routes.shared import References, WhenQuery, json_routes
from concord_registry.store.reference import ReferenceReader

router = json_routes("activations")

AgreementId = Annotated[Key, Path(description="An agreement", examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]


@router.put(
    "/activations/{agreement}",
    name="put_activation",
    response_model=ActivationState,
    responses=problem_responses("unknown-code", "sequence-conflict"),
)
async def put_activation(
    agreement: AgreementId,
    activation: Activation,
    references: References,
    call: Call = Depends(allowed("activations.put")),
) -> Response:
    """The whole present state of an agreement. A lower or equal sequence changes nothing; a higher one replaces all."""
    today = today_in_england(call.clock)
    return await call.write(
        lambda tx: recording.activate(tx, references, agreement, activation, today),
        subject=f"activation:{agreement}",
    )


@router.get(
    "/activations/{agreement}",
    name="read_activation",
    response_model=ActivationState,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_activation(
    agreement: AgreementId,
    query: WhenQuery,
    references: References,
    call: Call = Depends(allowed("activations.read")),
) -> Response:
    """The activation known at the moment, with all its claims whatever day they are for."""
    return call.reply(await call.read(lambda tx: _state(tx, references, agreement, query, call.clock)))


def _state(tx: Reading, references: ReferenceReader, agreement: str, when: When, clock: Clock) -> ActivationState:
    position = position_of(tx, when, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    return recording.activation_state(tx, reference, agreement, position.known_at, position.seq, changed=False)
