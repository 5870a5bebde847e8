"""Answers over many records: leads, networks, plans, risks, whom to ask, the section for a needs assessment."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import ClinicalLeads, Jsna, NetworkCoverage, PlanCoverage, RiskRegister
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.markdown_text import page
from concord_kit.positions import Position
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes
from concord_registry.coverage import cover, places_that_matter
from concord_registry.knowledge import jsna as needs
from concord_registry.knowledge import reports
from concord_registry.knowledge.measured import Measured
from concord_registry.knowledge.network_coverage import network_coverage
from concord_registry.knowledge.reading import read_knowledge
from concord_registry.knowledge.showing import roles_of_every_day
from concord_registry.knowledge.standards import subjects_around
from concord_registry.pathway_facts import PathwayFacts
from concord_registry.reading import RollingWhen, When, position_of, require_known
from concord_registry.representation import JSON_TYPE, chosen
from concord_registry.routes.shared import PathwayKey, References, json_routes, re_expressed
from concord_registry.store import claims, publications
from concord_registry.store.pathway_facts import read_pathway_facts
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ENGLAND, Reference

router = json_routes("knowledge")
pages = Routes(prefix="/v1", tags=["knowledge"])

MOST_PATHWAYS = 8
MARKDOWN, HTML = "text/markdown", "text/html"
COMMON_CANCERS = ("breast", "colorectal", "lung", "prostate")

PlaceKey = Annotated[Key, Field(description="A place", examples=["ccg-02A"])]


class WithinQuery(RollingWhen):
    within: Annotated[Key, Field(description="A place; its CCGs are told", examples=["england"])] = ENGLAND


class CellsQuery(RollingWhen):
    pathway: PathwayKey
    place: PlaceKey


class JsnaQuery(When):
    place: Annotated[Key, Field(description="An authority's place, or any other", examples=["la-E08000009"])]
    pathway: Annotated[
        list[Key],
        Field(max_length=MOST_PATHWAYS, description="Pathways; default the four most common", examples=[["lung"]]),
    ] = []


RESPONSES = problem_responses("unknown-code", "known-at-too-late")


@router.get("/clinical-leads", name="list_clinical_leads", response_model=ClinicalLeads, responses=RESPONSES)
async def list_clinical_leads(
    query: Annotated[WithinQuery, Query()], references: References, call: Call = Depends(allowed("knowledge.read"))
) -> Response:
    """Every CCG with its clinical cancer lead, or that it has none; its authorisation, and advice it obtained."""

    def work(tx: Reading, position: Position, reference: Reference) -> ClinicalLeads:
        topics = ("role-holders", "authorisations", "advice")
        knowledge = read_knowledge(tx, position.as_of, position.known_at, topics)
        return reports.leads_by_ccg(reference, knowledge, position, query.within)

    found = await call.read(_at(references, query, call, work, within=query.within))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


@router.get("/network-coverage", name="read_network_coverage", response_model=NetworkCoverage, responses=RESPONSES)
async def read_network_coverage(
    query: Annotated[WithinQuery, Query()], references: References, call: Call = Depends(allowed("knowledge.read"))
) -> Response:
    """Tumour groups without a reference group, places without a network, and where two overlap."""

    def work(tx: Reading, position: Position, reference: Reference) -> NetworkCoverage:
        knowledge = read_knowledge(tx, position.as_of, position.known_at, ("networks",))
        return network_coverage(reference, knowledge, position, query.within)

    found = await call.read(_at(references, query, call, work, within=query.within))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


@router.get("/plan-coverage", name="read_plan_coverage", response_model=PlanCoverage, responses=RESPONSES)
async def read_plan_coverage(
    query: Annotated[CellsQuery, Query()], references: References, call: Call = Depends(allowed("knowledge.read"))
) -> Response:
    """Which plans in force cover which stages here, and which stages none covers."""

    def work(tx: Reading, position: Position, reference: Reference) -> PlanCoverage:
        knowledge = read_knowledge(tx, position.as_of, position.known_at, ("plans",))
        return reports.plan_coverage(reference, knowledge, position, query.pathway, query.place)

    found = await call.read(_at(references, query, call, work, pathway=query.pathway, place=query.place))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


@router.get("/risk-register", name="read_risk_register", response_model=RiskRegister, responses=RESPONSES)
async def read_risk_register(
    query: Annotated[CellsQuery, Query()], references: References, call: Call = Depends(allowed("knowledge.read"))
) -> Response:
    """The risks of a pathway here, the highest first; and each standard held against what was measured."""

    def work(tx: Reading, position: Position, reference: Reference) -> RiskRegister:
        knowledge = read_knowledge(tx, position.as_of, position.known_at, ("risks",))
        facts = read_pathway_facts(tx.connection, position.as_of, position.known_at)
        measured = _measured(tx, reference, facts, position, query.place)
        return reports.risk_register(reference, knowledge, facts, measured, position, query.pathway, query.place)

    found = await call.read(_at(references, query, call, work, pathway=query.pathway, place=query.place))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


@pages.get(
    "/jsna",
    name="read_jsna",
    response_model=Jsna,
    responses={
        200: {"content": {kind: {"schema": {"type": "string"}} for kind in (MARKDOWN, HTML)}},
        **problem_responses("unknown-code", "known-at-too-late", "not-acceptable"),
    },
)
async def read_jsna(
    query: Annotated[JsnaQuery, Query()], references: References, call: Call = Depends(allowed("knowledge.read"))
) -> Response:
    """The cancer section of a joint strategic needs assessment: JSON, Markdown or one HTML page, by `Accept`."""
    form = chosen(call.request.headers.get("accept"), (JSON_TYPE, MARKDOWN, HTML))

    def work(tx: Reading, position: Position, reference: Reference) -> Jsna:
        pathways = query.pathway or [one for one in COMMON_CANCERS if one in reference.pathways]
        require_known(reference, pathway=pathways)
        scope = places_that_matter(reference, [query.place])
        maps = []
        for pathway in dict.fromkeys(pathways):
            found = claims.in_scope(tx, position.as_of, position.known_at, pathway, scope)
            maps.append(cover(reference, found, pathway, [query.place]))
        knowledge = read_knowledge(tx, position.as_of, position.known_at)
        facts = read_pathway_facts(tx.connection, position.as_of, position.known_at)
        roles = roles_of_every_day(tx, reference, position, call)
        measured = _measured(tx, reference, facts, position, query.place)
        return needs.section(reference, knowledge, facts, measured, roles, position, maps, query.place)

    found = await call.read(_at(references, query, call, work, place=query.place))
    if form == JSON_TYPE:
        return call.reply(Result(found, headers={"Vary": "Accept"}))
    text = needs.as_markdown(found)
    if form == HTML:
        text = page(f"Cancer: {found.name}", text)
    return Response(text, media_type=f"{form}; charset=utf-8", headers={"Vary": "Accept"})


def _measured(tx: Reading, reference: Reference, facts: PathwayFacts, position: Position, place: str) -> list[Measured]:
    """What files measured, as known then, of the commissioners of a place and of those around it."""
    measures = {key for comparator in facts.comparators.values() for key in comparator.measured_as}
    return publications.measured(tx, position.known_at, subjects_around(reference, place), measures)


def _at[T](
    references: ReferenceReader,
    query: When,
    call: Call,
    work: Callable[[Reading, Position, Reference], T],
    **named: Any,
) -> Callable[[Reading], T]:
    """The work at the position asked about, once the codes named are known there."""

    def read(tx: Reading) -> T:
        position = position_of(tx, query, call.clock)
        reference = references.read(tx, position.as_of, position.known_at)
        require_known(reference, **named)
        return work(tx, position, reference)

    return read
