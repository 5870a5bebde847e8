"""Personal data of people in roles: kept, changed, erased. Read by whoever is signed in for a body."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Key, ShortText
from concord_contracts.registry import Person, PersonIn, PersonKept, Persons
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.problems import Problem, problem_responses
from concord_registry.knowledge import people
from concord_registry.routes.records import writer_of
from concord_registry.routes.shared import References, json_routes
from concord_registry.store import people as stored

router = json_routes("people")

PersonId = Annotated[Key, Path(description="A person, by id", examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]


class PeopleQuery(BaseModel):
    """Which people."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[BodyId | None, Field(description="Only those that this body entered")] = None
    limit: Limit = 100
    cursor: Cursor = None


class EraseQuery(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[ShortText | None, Field(description="Why, for the journal; never personal data")] = None


@router.get("/people", name="list_people", response_model=Persons, responses=problem_responses("bad-cursor"))
async def list_people(query: Annotated[PeopleQuery, Query()], call: Call = Depends(allowed("people.read"))) -> Response:
    """Persons as they are now, by id: personal data has no history."""
    after = decode_cursor(query.cursor, str)

    def work(tx: Reading) -> Persons:
        found = stored.listed(tx, owner=query.owner, after=after[0] if after else None, limit=query.limit + 1)
        items = found[: query.limit]
        cursor = encode_cursor(items[-1].id) if len(found) > query.limit else None
        return Persons(items=[people.seen(one, signed_in=True) for one in items], next_cursor=cursor)

    page = await call.read(work)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


@router.get("/people/{person}", name="read_person", response_model=Person, responses=problem_responses("not-found"))
async def read_person(person: PersonId, call: Call = Depends(allowed("people.read"))) -> Response:
    """A person as they are now; of an erased one only that there was one."""
    found = (await call.read(lambda tx: stored.find(tx, [person]))).get(person)
    if found is None:
        raise Problem("not-found", f"There is no person {person}.")
    return call.reply(Result(people.seen(found, signed_in=True), version=found.version))


@router.post("/people", name="enter_person", status_code=201, response_model=PersonKept)
async def enter_person(
    sent: PersonIn, references: References, call: Call = Depends(allowed("people.write", idempotent=True))
) -> Response:
    """Keep a person's details. The answer repeats none of them: it is kept, and they must be erasable."""

    def work(tx: Writing) -> Result:
        held = people.keep(tx, references, sent, writer_of(call))
        return Result(people.kept(held), version=held.version, location=f"/v1/people/{held.id}")

    return await call.write(work, reason=sent.reason, status=201, personal=True)


@router.put(
    "/people/{person}",
    name="change_person",
    response_model=PersonKept,
    responses=problem_responses("not-found", "conflict"),
)
async def change_person(
    person: PersonId,
    sent: PersonIn,
    references: References,
    call: Call = Depends(allowed("people.write", if_match=True)),
) -> Response:
    """The person's details as they are now; what they were is not kept."""

    def work(tx: Writing) -> Result:
        held = people.change(tx, references, person, sent, writer_of(call), call.expect)
        return Result(people.kept(held), version=held.version)

    return await call.write(work, subject=f"person:{person}", reason=sent.reason, personal=True)


@router.delete(
    "/people/{person}", name="erase_person", response_model=PersonKept, responses=problem_responses("not-found")
)
async def erase_person(
    person: PersonId,
    query: Annotated[EraseQuery, Query()],
    references: References,
    call: Call = Depends(allowed("people.erase", if_match=True)),
) -> Response:
    """Erase all that is kept of the person. Roles stay, readable as held by somebody erased."""

    def work(tx: Writing) -> Result:
        held = people.erase(tx, references, person, writer_of(call), call.expect)
        return Result(people.kept(held), version=held.version)

    return await call.write(work, subject=f"person:{person}", reason=query.reason)
