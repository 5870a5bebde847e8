"""Bodies and how they belong together, as FHIR R4 asks and answers: `/v1/fhir/Organization?identifier=`."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry import __version__
from concord_registry.exports import fhir
from concord_registry.reading import Page, When, cursor_after, position_of, start_of
from concord_registry.representation import JSON_TYPE, chosen
from concord_registry.routes.shared import References, WhenQuery
from concord_registry.store.exports import affiliations, organisations
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Reference

router = Routes(prefix="/v1/fhir", tags=["fhir"])

FHIR_TYPE = "application/fhir+json"
MOST = 500
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {FHIR_TYPE: {"schema": {"type": "object"}}}}}
ERRORS = ("not-acceptable", "bad-cursor", "known-at-too-late")

ResourceId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9.\-]+$", examples=["ods.02A"])]
Token = Annotated[str, Field(min_length=1, max_length=200)]


class Search(When):
    """What every search takes; `_count` and `cursor` page it."""

    count: Annotated[int, Field(alias="_count", ge=1, le=MOST, description="How many at most")] = 100
    cursor: Annotated[str | None, Field(max_length=500, description="From the link `next`")] = None


class OrganizationSearch(Search):
    identifier: Annotated[
        Token | None, Field(description="A code, or `system|code`", examples=[f"{fhir.SYSTEMS['ods']}|02A", "02A"])
    ] = None
    name: Annotated[Token | None, Field(description="How a word of its name begins", examples=["Trafford"])] = None
    type: Annotated[Token | None, Field(description="A kind of body", examples=["ccg"])] = None
    active: Annotated[bool | None, Field(description="Whether it is in being on the day; default both")] = None


class AffiliationSearch(Search):
    primary: Annotated[
        Token | None,
        Field(alias="primary-organization", description="Whom it belongs to", examples=["Organization/ods.X24"]),
    ] = None
    participating: Annotated[
        Token | None,
        Field(alias="participating-organization", description="Who belongs", examples=["Organization/ods.02A"]),
    ] = None
    role: Annotated[Token | None, Field(description="Type of relation, or succeeded-by", examples=["area_team_of"])] = (
        None
    )


def _page(query: Search) -> Page:
    return Page.model_construct(as_of=query.as_of, known_at=query.known_at, limit=query.count, cursor=query.cursor)


def _reply(call: Call, resource: fhir.Resource) -> Response:
    chosen(call.request.headers.get("accept"), (FHIR_TYPE, JSON_TYPE))
    return Response(json.dumps(resource, ensure_ascii=False), media_type=FHIR_TYPE, headers={"Vary": "Accept"})


def _base(call: Call) -> str:
    return str(call.request.url.replace(path="/v1/fhir", query="", fragment="")).rstrip("?")


@router.get("/metadata", name="read_fhir_capabilities", responses={**ANSWER, **problem_responses("not-acceptable")})
async def read_fhir_capabilities(call: Call = Depends(allowed("map.read"))) -> Response:
    """What can be asked of it, as FHIR says it."""
    on = today_in_england(call.clock).isoformat()
    return _reply(call, fhir.capability(_base(call), __version__, on))


@router.get("/Organization", name="search_fhir_organizations", responses={**ANSWER, **problem_responses(*ERRORS)})
async def search_fhir_organizations(
    query: Annotated[OrganizationSearch, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Bodies as Organization resources, a Bundle of type searchset with the link to its next page."""

    def look(tx: Reading) -> fhir.Resource:
        start = start_of(tx, _page(query), call.clock, str)
        reference = references.read(tx, start.position.as_of, start.position.known_at)
        wanted = sorted(body for body in reference.bodies if _fits(reference, body, query))
        after = start.after[0] if start.after else ""
        following = [body for body in wanted if body > after]
        page = following[: query.count]
        found = organisations(tx, reference, page, start.position.known_at)
        more = len(following) > len(page)
        return _bundle(
            call, [fhir.organization(one) for one in found], len(wanted), start.position, page[-1] if more else None
        )

    return _reply(call, await call.read(look))


def _fits(reference: Reference, body: str, query: OrganizationSearch) -> bool:
    found = reference.bodies[body]
    if query.type is not None and found.kind != query.type.rpartition("|")[2]:
        return False
    if query.active is not None and found.in_being(reference.as_of) is not query.active:
        return False
    if query.name is not None:
        begins = query.name.casefold()
        whole = found.name.casefold()
        if not (whole.startswith(begins) or any(word.startswith(begins) for word in whole.split())):
            return False
    return query.identifier is None or _identified(reference, body, query.identifier)


def _identified(reference: Reference, body: str, token: str) -> bool:
    system, bar, value = token.rpartition("|")
    codes = {tuple(body.split(":", 1)), *reference.codes.get(body, ())}
    return any(
        code.casefold() == value.casefold() and (not bar or not system or fhir.system_of(scheme) == system)
        for scheme, code in codes
    )


def _bundle(
    call: Call, resources: Sequence[fhir.Resource], total: int, position: Position, last: str | None
) -> fhir.Resource:
    url = call.request.url
    links = {"self": str(url)}
    if last is not None:
        links["next"] = str(url.include_query_params(cursor=cursor_after(position, last)))
    found = fhir.bundle(resources, total, _base(call), links)
    return found | {"meta": {"lastUpdated": position.known_at.isoformat()}}


@router.get(
    "/Organization/{resource_id}",
    name="read_fhir_organization",
    responses={**ANSWER, **problem_responses("not-found", "not-acceptable", "known-at-too-late")},
)
async def read_fhir_organization(
    resource_id: ResourceId, query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """One body, in being on the day or not."""

    def look(tx: Reading) -> fhir.Resource:
        reference, position = _at(tx, references, query, call.clock)
        body = next((one for one in reference.bodies if fhir.resource_id(one) == resource_id), None)
        if body is None:
            raise Problem("not-found", f"There is no Organization/{resource_id}; search by identifier or name.")
        (found,) = organisations(tx, reference, [body], position.known_at)
        return fhir.organization(found)

    return _reply(call, await call.read(look))


def _at(tx: Reading, references: ReferenceReader, query: When, clock: Clock) -> tuple[Reference, Position]:
    position = position_of(tx, query, clock)
    return references.read(tx, position.as_of, position.known_at), position


@router.get(
    "/OrganizationAffiliation", name="search_fhir_affiliations", responses={**ANSWER, **problem_responses(*ERRORS)}
)
async def search_fhir_affiliations(
    query: Annotated[AffiliationSearch, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Relations in force on the day, and successions that have happened by it, as OrganizationAffiliation resources."""

    def look(tx: Reading) -> fhir.Resource:
        start = start_of(tx, _page(query), call.clock, str)
        reference = references.read(tx, start.position.as_of, start.position.known_at)
        every = {
            fhir.affiliation_id(one): one
            for one in affiliations(tx, reference, start.position.known_at)
            if _of(query.primary, one.object) and _of(query.participating, one.subject)
            and (query.role is None or one.code == query.role.rpartition("|")[2])
        }  # fmt: skip
        after = start.after[0] if start.after else ""
        following = sorted(key for key in every if key > after)
        page = following[: query.count]
        more = len(following) > len(page)
        resources = [fhir.affiliation(every[key]) for key in page]
        return _bundle(call, resources, len(every), start.position, page[-1] if more else None)

    return _reply(call, await call.read(look))


def _of(asked: str | None, body: str) -> bool:
    return asked is None or asked.rpartition("/")[2] == fhir.resource_id(body)


@router.get(
    "/OrganizationAffiliation/{resource_id}",
    name="read_fhir_affiliation",
    responses={**ANSWER, **problem_responses("not-found", "not-acceptable", "known-at-too-late")},
)
async def read_fhir_affiliation(
    resource_id: ResourceId, query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """One relation or succession."""

    def look(tx: Reading) -> fhir.Resource:
        reference, position = _at(tx, references, query, call.clock)
        for one in affiliations(tx, reference, position.known_at):
            if fhir.affiliation_id(one) == resource_id:
                return fhir.affiliation(one)
        raise Problem("not-found", f"There is no OrganizationAffiliation/{resource_id} on {reference.as_of}.")

    return _reply(call, await call.read(look))
