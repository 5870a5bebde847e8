"""What a signed agreement does: stages move on with evidence, a fund has positions, mechanisms let a payer pay."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field
from starlette.responses import Response

from concord_agreements import store
from concord_agreements.agreement import Agreement
from concord_agreements.changes import change
from concord_agreements.lifecycle import Step
from concord_agreements.mechanisms import mechanism_of
from concord_agreements.reading_position import When, position_of
from concord_agreements.reference import Reference, reference_at
from concord_agreements.routes.addresses import ASKED, STEP, AgreementId
from concord_agreements.routes.forms import json_only
from concord_agreements.routes.steps_by_call import lead_or_drafter, take_step, the_host
from concord_contracts.agreements import AgreementView, CommitmentIn, FundPosition, Mechanism, Mechanisms, PositionIn
from concord_contracts.identifiers import Key
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["in force"], dependencies=[Depends(json_only)])

Committing = Annotated[Call, Depends(allowed("agreements.commit", idempotent=True, if_match=True))]
Reporting = Annotated[Call, Depends(allowed("agreements.report-position", idempotent=True))]
Asking = Annotated[Call, Depends(allowed("agreements.read-mechanisms"))]


class MechanismsAsked(When):
    """Which mechanisms."""

    pathway: Annotated[Key | None, Field(description="on this pathway")] = None
    place: Annotated[list[Key], Field(max_length=250, description="covering one of these places")] = []


@router.post(
    "/agreements/{agreement}/commitments",
    response_model=AgreementView,
    responses=problem_responses(*STEP),
    summary="Move a stage on",
)
async def move_commitment(agreement: AgreementId, step: CommitmentIn, call: Committing) -> Response:
    """A stage moves one step on, with its evidence: agreed, funded, contracted, mobilised. The registry is told."""
    return await take_step(
        call, agreement, lead_or_drafter, lambda changing, found: changing.commit(found, step), if_match=True
    )


@router.post(
    "/agreements/{agreement}/positions",
    status_code=201,
    response_model=FundPosition,
    responses=problem_responses(*STEP, "conflict"),
    summary="Report a fund's position",
)
async def report_position(agreement: AgreementId, position: PositionIn, call: Reporting) -> Response:
    """Where the pooled fund stood at the end of a month that is over, by its host. A later report of the same month
    corrects an earlier one; both stay in the record."""

    def work(tx: Writing) -> Result:
        changing = change(tx)
        found = changing.find(agreement)
        the_host(call, found)
        return Result(changing.report_position(found, position), location=f"/v1/agreements/{agreement}/positions")

    return await call.write(work, subject=f"agreement:{agreement}", reason=position.note, status=201)


@router.get(
    "/mechanisms",
    response_model=Mechanisms,
    responses=problem_responses("not-acceptable", "known-at-too-late", "nothing-loaded", *ASKED),
    summary="Ways to pay for what is not one's own",
)
async def list_mechanisms(asked: Annotated[MechanismsAsked, Query()], call: Asking) -> Response:
    """Agreements in force on the day, as ways for their parties to pay. A party sees its own; allocation, as a service,
    and auditors see all."""

    def read(tx: Reading) -> Mechanisms:
        position = position_of(tx, asked, call.clock)
        party = call.visible_party()
        ids = store.ids_with_step(tx.session, Step.CONCLUDED, position.known_at, pathway=asked.pathway)
        live = [
            agreement
            for agreement in store.find_all(tx.session, ids, position.known_at)
            if agreement.period[0] <= position.as_of < agreement.period[1]
            and (party is None or party in agreement.parties)
        ]
        found = list(_mechanisms(live, reference_at(tx.session, position.known_at))) if live else []
        items = [one for one in found if _wanted(one, asked)]
        return Mechanisms(as_of=position.as_of, known_at=position.known_at, items=items)

    return call.reply(await call.read(read))


def _mechanisms(agreements: list[Agreement], reference: Reference) -> Iterator[Mechanism]:
    for agreement in agreements:
        content = agreement.content
        basis = reference.basis(content.basis, content.starts)
        made = mechanism_of(
            agreement=agreement.id,
            content=content,
            text_digest=agreement.current.digest,
            kind=basis.mechanism if basis else content.basis,
            citation=basis.citation if basis else content.basis,
            period=agreement.period,
        )
        if made is not None:
            yield made


def _wanted(mechanism: Mechanism, asked: MechanismsAsked) -> bool:
    on_it = asked.pathway in (None, mechanism.pathway)
    return on_it and (not asked.place or not set(asked.place).isdisjoint(mechanism.places))
