"""Search over bodies and places by what people type."""

from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import Depends, Query, Response
from pydantic import Field, model_validator

from concord_contracts.identifiers import Key
from concord_contracts.registry import Found, Match, MatchedBy, RoleHolderView, SearchAnswer, SearchHit
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry import views
from concord_registry.knowledge.contact_holders import of_body
from concord_registry.knowledge.showing import roles_of
from concord_registry.postcodes import postcode_of
from concord_registry.reading import Page, cursor_after, require_known, start_of
from concord_registry.routes.shared import Indexes, References, json_routes, next_page
from concord_registry.search.finding import MOST_FOUND, Asked, find, name_of
from concord_registry.search.index import Index, Scored
from concord_registry.store.reference import ReferenceReader
from concord_registry.store.search import IndexReader
from concord_registry.succession import roll_forward
from concord_registry.world import Reference

router = json_routes("search")

MOST_CONTACTS = 3
"""People named with each hit; `GET contacts` has all for a stage and place."""
SEATS = (
    "A postcode is that of a body's seat, as a list gives it. Where people live is not held by postcode: "
    "the place that a body answers for may lie elsewhere."
)


class SearchQuery(Page):
    q: Annotated[
        str | None,
        Field(min_length=2, max_length=100, description="Name, code or postcode", examples=["Traford", "E38000187"]),
    ] = None
    postcode: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=10,
            description="The area, district or whole postcode of a body's seat",
            examples=["M", "M33", "M33 7ZF"],
        ),
    ] = None
    find: Annotated[Found | None, Field(description="Bodies alone, or places alone")] = None
    kind: Annotated[Key | None, Field(description="Of the body or place", examples=["ccg"])] = None
    place: Annotated[
        Key | None, Field(description="Bodies of this place: its own, around it, beside it", examples=["ccg-02A"])
    ] = None
    within: Annotated[
        Key | None, Field(description="Bodies and places within this one", examples=["greater-manchester"])
    ] = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not any((self.q, self.postcode, self.kind, self.place, self.within)):
            raise ValueError("give q, postcode, kind, place or within")
        if self.postcode is not None and postcode_of(self.postcode) is None:
            raise ValueError("a postcode is written M33 7ZF; its district M33, its area M")
        return self


@router.get(
    "/search",
    name="search",
    response_model=SearchAnswer,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def search(
    query: Annotated[SearchQuery, Query()],
    references: References,
    indexes: Indexes,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Bodies and places, the best first: by name with mistakes, words missing or swapped; by code of any scheme, or its
    beginning; by postcode. A former name or code finds the body under the name it has on the day."""
    page = await call.read(lambda tx: _page(tx, references, indexes, query, call))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(
    tx: Reading, references: ReferenceReader, indexes: IndexReader, query: SearchQuery, call: Call
) -> SearchAnswer:
    start = start_of(tx, query, call.clock, int)
    position, after = start.position, max(0, start.after[0]) if start.after else 0
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, place=query.place, within=query.within)
    index = indexes.read(tx, position.known_at)
    asked = Asked(query.q, query.postcode, query.find, query.kind, query.place, query.within)
    found = find(reference, index, asked)
    items = found[after : after + query.limit]
    following = after + len(items)
    bodies = {body for one in items if (body := _body_of(reference, one)) is not None}
    roles = roles_of(tx, reference, position, call, bodies) if bodies else []
    return SearchAnswer(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        total=len(found),
        items=[hit(reference, one, roles) for one in items],
        postcodes_held=index.bodies_with_postcode,
        notes=_notes(index, query, found),
        next_cursor=cursor_after(position, following) if items and following < len(found) else None,
    )


def _body_of(reference: Reference, one: Scored) -> str | None:
    """Whom to ask about what was found: the body, or whose place it is."""
    entry = one.entry
    return entry.key if entry.found is Found.BODY else reference.places[entry.key].body


def _notes(index: Index, query: SearchQuery, found: list[Scored]) -> list[str]:
    notes = []
    typed = postcode_of(query.postcode or query.q or "")
    if typed and not index.postcodes and (query.postcode or (typed[1] and not found)):
        notes.append("No body's postcode is held: send them as body_codes of the scheme postcode, or the ODS files.")
    elif query.postcode or any(one.by is MatchedBy.POSTCODE for one in found):
        notes.append(SEATS)
    if len(found) == MOST_FOUND:
        notes.append(f"Only the best {MOST_FOUND} are kept; ask more narrowly.")
    return notes


def hit(reference: Reference, one: Scored, roles: Sequence[RoleHolderView]) -> SearchHit:
    """One thing found, as the caller sees it, with whom to turn to of those who hold roles."""
    entry, asked = one.entry, _body_of(reference, one)
    contacts = of_body(reference, roles, asked, MOST_CONTACTS) if asked else []
    match = Match(
        by=one.by,
        text=entry.text,
        scheme=entry.scheme,
        exact=one.exact,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )
    name = name_of(reference, entry)
    if entry.found is Found.PLACE:
        place = reference.places[entry.key]
        owner = views.named(reference, place.body) if place.body else None
        return SearchHit(
            found=entry.found,
            id=entry.key,
            name=name,
            kind=place.kind,
            score=one.score,
            match=match,
            in_being=True,
            body=owner,
            contacts=contacts,
        )
    body = reference.body(entry.key)
    in_being = body.in_being(reference.as_of)
    later = {} if in_being else roll_forward(reference.succession, body.id, reference.as_of)
    return SearchHit(
        found=entry.found,
        id=body.id,
        name=name,
        kind=body.kind,
        score=one.score,
        match=match,
        in_being=in_being,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        codes=list(reference.codes.get(body.id, ())),
        places=list(reference.places_of_body.get(body.id, ())),
        successors=views.all_named(reference, (other for other in later if other != body.id)),
        contacts=contacts,
    )
