"""Reading: agreements, versions, the governing-body paper, legal bases, the journal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from concord_agreements import store
from concord_agreements.agreement import Agreement, Version
from concord_agreements.paper import PaperFacts, governing_body_paper
from concord_agreements.positions import NoPooledFund, has_fund
from concord_agreements.reading_position import When, position_of
from concord_agreements.reference import reference_at
from concord_agreements.registry_client import RegistryClient
from concord_agreements.routes.addresses import ASKED, AgreementId, VersionNumber
from concord_agreements.routes.forms import JSON, chosen, json_only
from concord_agreements.routes.steps_by_call import party_or_unseen
from concord_agreements.sending import CITING
from concord_agreements.views import agreement_view, fund_positions, legal_basis_view, summary, version_view
from concord_contracts.agreements import (
    Agreements,
    AgreementView,
    FundPositions,
    GoverningBodyPaper,
    LegalBases,
    VersionView,
)
from concord_contracts.identifiers import FinancialYear
from concord_contracts.registry import Change, Changes
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.journal import changes_after
from concord_kit.markdown_text import page
from concord_kit.outbox import state_of
from concord_kit.paging import decode_cursor, encode_cursor, next_link
from concord_kit.positions import Position
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["reading"])

AS_JSON = [Depends(json_only)]

ReadingAgreements = Annotated[Call, Depends(allowed("agreements.read"))]
ReadingBases = Annotated[Call, Depends(allowed("legal-bases.read"))]
ReadingChanges = Annotated[Call, Depends(allowed("changes.read"))]

PAPER_FORMS = (JSON, "text/html", "text/markdown")


class Page(When):
    """A list's parameters; the cursor holds the position of the first page, so that all pages agree."""

    limit: Annotated[int, Field(ge=1, le=200, description="how many at most")] = 50
    cursor: Annotated[str | None, Field(max_length=500, description="from `next_cursor` or `Link: rel=next`")] = None


class PaperAsked(When):
    """Which version's paper; the current one where none is named."""

    version: Annotated[int | None, Field(ge=1, le=10**6)] = None


class PositionsAsked(When):
    """Which year's months; every year's where none is named."""

    year: Annotated[FinancialYear | None, Field(description="a financial year")] = None


class After(BaseModel):
    """Where in the journal to go on."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=10**15, description="the last sequence seen")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get(
    "/agreements",
    response_model=Agreements,
    responses=problem_responses("known-at-too-late", "bad-cursor", "not-acceptable", *ASKED),
    summary="Agreements of the body acted for",
    dependencies=AS_JSON,
)
async def list_agreements(asked: Annotated[Page, Query()], call: ReadingAgreements) -> Response:
    """Those whose newest version names the body acted for as a party; for an auditor, all."""

    def read(tx: Reading) -> Agreements:
        position, after = _start(tx, asked, call)
        party = call.visible_party()
        ids = store.ids_of_party(tx.session, party, after, asked.limit + 1, position.known_at)
        found = store.find_all(tx.session, ids[: asked.limit], position.known_at)
        more = len(ids) > asked.limit
        cursor = encode_cursor(position.known_at.isoformat(), ids[asked.limit - 1]) if more else None
        return Agreements(
            as_of=position.as_of,
            known_at=position.known_at,
            items=[summary(agreement, position.as_of) for agreement in found],
            next_cursor=cursor,
        )

    found = await call.read(read)
    return call.reply(Result(found, headers=next_link(call.request, found.next_cursor)))


@router.get(
    "/agreements/{agreement}",
    response_model=AgreementView,
    responses=problem_responses("not-found", "not-acceptable", "known-at-too-late", "nothing-loaded", *ASKED),
    summary="An agreement on a day, as known at a moment",
    dependencies=AS_JSON,
)
async def read_agreement(agreement: AgreementId, when: Annotated[When, Query()], call: ReadingAgreements) -> Response:
    """For its parties, their support bodies and auditors. The entity tag is for `If-Match`, and given with the latest
    record only; it is no reason for a 304, since the state moves with the day and the activation with the outbox."""

    def show(tx: Reading, found: Agreement, position: Position) -> Response:
        view = agreement_view(
            found,
            as_of=position.as_of,
            known_at=position.known_at,
            limits=reference_at(tx.session, position.known_at).limits,
            names=store.names_of(tx.session, found.all_signatures),
            sending=state_of(tx.session, tx.tables, found.id),
            citing=state_of(tx.session, tx.tables, found.id, CITING),
        )
        tag = {"ETag": view.etag} if position.seq == tx.head_seq else {}
        return Response(view.model_dump_json(), headers=tag, media_type="application/json")

    return await call.read(_of(agreement, when, call, show))


@router.get(
    "/agreements/{agreement}/versions/{number}",
    response_model=VersionView,
    responses=problem_responses("not-found", "not-acceptable", "known-at-too-late", "nothing-loaded", *ASKED),
    summary="One version, with what was decided about it",
    dependencies=AS_JSON,
)
async def read_version(
    agreement: AgreementId, number: VersionNumber, when: Annotated[When, Query()], call: ReadingAgreements
) -> Response:
    """An immutable text; its digest is what approvals and signatures name."""

    def show(tx: Reading, found: Agreement, position: Position) -> Result:
        limits = reference_at(tx.session, position.known_at).limits
        names = store.names_of(tx.session, found.all_signatures)
        return Result(version_view(found, _version(found, number), limits=limits, names=names))

    return call.reply(await call.read(_of(agreement, when, call, show)))


@router.get(
    "/agreements/{agreement}/paper",
    response_model=GoverningBodyPaper,
    responses={
        200: {
            "description": "The paper: both forms as JSON, or one as it is",
            "content": {"text/html": {}, "text/markdown": {}},
        },
        **problem_responses("not-found", "not-acceptable", "known-at-too-late", "nothing-loaded", *ASKED),
    },
    summary="The two-page paper for a governing body",
)
async def read_paper(
    agreement: AgreementId, asked: Annotated[PaperAsked, Query()], call: ReadingAgreements, request: Request
) -> Response:
    """From stored facts: the version's text, the annex posted with it, the check it rests on. Where the annex leaves a
    stage's provider and contract open, they are those of the contracts that the registry holds."""
    form = chosen(request.headers.get("accept"), PAPER_FORMS)

    def find(tx: Reading, found: Agreement, position: Position) -> PaperFacts:
        return _paper_facts(tx, found, _version(found, asked.version or found.current.number), position.known_at)

    facts = await call.read(_of(agreement, asked, call, find))
    registry: RegistryClient = request.app.state.registry
    paper = _paper(agreement, replace(facts, contracts=await registry.contracts(facts.content)))
    if form == "text/markdown":
        return Response(paper.markdown, media_type="text/markdown; charset=utf-8")
    if form == "text/html":
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(paper.html, media_type="text/html; charset=utf-8", headers=policy)
    return call.reply(paper)


@router.get(
    "/agreements/{agreement}/positions",
    response_model=FundPositions,
    responses=problem_responses("not-found", "not-acceptable", "known-at-too-late", *ASKED),
    summary="Where a pooled fund stands",
    dependencies=AS_JSON,
)
async def read_positions(
    agreement: AgreementId, asked: Annotated[PositionsAsked, Query()], call: ReadingAgreements
) -> Response:
    """Month by month, by the latest report known: plan, actual, variance, forecast, and what each party would bear at
    the forecast. Plan to date follows a stated rule and is an assumption."""

    def show(tx: Reading, found: Agreement, position: Position) -> FundPositions:
        if not has_fund(found.content):
            raise Problem("not-found", str(NoPooledFund(found.id)))
        reports = store.positions_of(tx.session, [found.id], position.known_at)[found.id]
        return fund_positions(found, reports, year=asked.year, as_of=position.as_of, known_at=position.known_at)

    return call.reply(await call.read(_of(agreement, asked, call, show)))


@router.get(
    "/legal-bases",
    response_model=LegalBases,
    responses=problem_responses("not-acceptable", "known-at-too-late", "nothing-loaded"),
    summary="Legal bases in force on a day",
    dependencies=AS_JSON,
)
async def list_legal_bases(when: Annotated[When, Query()], call: ReadingBases) -> Response:
    """Who may join, what may not be put in, what the agreement must say."""

    def read(tx: Reading) -> LegalBases:
        position = position_of(tx, when, call.clock)
        bases = reference_at(tx.session, position.known_at).bases
        live = sorted((basis for basis in bases if basis.in_force(position.as_of)), key=lambda basis: basis.key)
        return LegalBases(as_of=position.as_of, items=[legal_basis_view(basis) for basis in live])

    return call.reply(await call.read(read))


@router.get(
    "/changes",
    response_model=Changes,
    responses=problem_responses("not-acceptable"),
    summary="The journal, from a sequence on",
    dependencies=AS_JSON,
)
async def list_changes(asked: Annotated[After, Query()], call: ReadingChanges) -> Response:
    """Every recorded change in order, without holes; for auditors."""

    def read(tx: Reading) -> Changes:
        entries = changes_after(tx.session, tx.tables, asked.after, asked.limit)
        items = [
            Change(
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                acting_for=entry.acting_for,
                action=entry.action,
                subject=entry.subject,
                reason=entry.reason,
                body_digest=entry.body_digest,
                hash=entry.hash,
            )
            for entry in entries
        ]
        return Changes(items=items, next_after=items[-1].seq if items else asked.after, head_seq=tx.head_seq)

    return call.reply(await call.read(read))


def _of[T](
    agreement: str, when: When, call: Call, show: Callable[[Reading, Agreement, Position], T]
) -> Callable[[Reading], T]:
    """A read of one agreement at a position, for its parties and auditors."""

    def read(tx: Reading) -> T:
        position = position_of(tx, when, call.clock)
        found = store.find(tx.session, agreement, position.known_at)
        party_or_unseen(call, found)
        return show(tx, found, position)

    return read


def _start(tx: Reading, asked: Page, call: Call) -> tuple[Position, str]:
    found = decode_cursor(asked.cursor, str, str)
    if found is None:
        return position_of(tx, asked, call.clock), ""
    try:
        known_at = asked.known_at or datetime.fromisoformat(found[0])
        when = When(as_of=asked.as_of, known_at=known_at)
        after = str(UUID(found[1]))
    except ValueError:
        raise Problem("bad-cursor") from None
    return position_of(tx, when, call.clock), after


def _version(agreement: Agreement, number: int) -> Version:
    found = next((version for version in agreement.versions if version.number == number), None)
    if found is None:
        raise store.NoSuchVersion(agreement.id, number)
    return found


def _paper_facts(tx: Reading, agreement: Agreement, version: Version, known_at: datetime) -> PaperFacts:
    if version.annex is None:
        raise Problem("not-found", f"No annex for a paper was posted with version {version.number}.")
    check = [check for check in agreement.checks if check.version == version.number][-1]
    content = version.content
    return PaperFacts(
        number=version.number,
        digest=version.digest,
        content=content,
        annex=version.annex,
        annex_digest=version.annex_digest,
        facts=check.facts,
        basis=reference_at(tx.session, known_at).basis(content.basis, content.starts),
        whole_life=version.whole_life,
    )


def _paper(agreement: str, facts: PaperFacts) -> GoverningBodyPaper:
    markdown = governing_body_paper(facts)
    return GoverningBodyPaper(
        agreement=agreement,
        version=facts.number,
        digest=facts.digest,
        annex_digest=facts.annex_digest,
        markdown=markdown,
        html=page(facts.content.title, markdown),
    )
