"""How many people: by place, year and basis, or as those of the bodies of another date."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import FinancialYear, Key, first_day
from concord_contracts.problems import Fault
from concord_contracts.registry import Populations
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import rolled_views
from concord_registry.populations import Counted, PlaceOnce, begun_by, counted, of_the_day, of_the_days_year, rolled
from concord_registry.reading import RollingPage, cursor_after, require_places, start_of
from concord_registry.rolling import RULE
from concord_registry.routes.shared import References, json_routes, next_page, refusing_backwards
from concord_registry.row_types import PlaceKind
from concord_registry.store import populations as stored
from concord_registry.store.reference import ReferenceReader

router = json_routes("places")


class PopulationsQuery(RollingPage):
    """Filters let all through that are left out."""

    place: Annotated[list[Key], Field(max_length=250, description="Places, repeated", examples=[["ccg-02A"]])] = []
    kind: Annotated[
        PlaceKind | None,
        Field(description="The kind of place", examples=["ccg"]),
    ] = None
    year: Annotated[
        list[FinancialYear],
        Field(
            max_length=20,
            description="Default: of each place the latest year begun by `as_of`; with `roll_to` each begun by then",
        ),
    ] = []
    basis: Annotated[list[Literal["registered", "resident", "weighted"]], Field(max_length=3)] = []
    ages: Annotated[
        bool,
        Field(
            description="By age band, where that is known: residents of CCGs' and councils' areas, and people "
            "registered there; of a year's several counts the last"
        ),
    ] = False


def _of_ages(found: list[Counted], query: PopulationsQuery, places: Mapping[str, PlaceOnce]) -> list[Counted]:
    """Those of the bodies whose places are asked for; figures of ages are bodies', their map may lack a place."""
    bodies = {places[key].body for key in query.place}
    return [
        one
        for one in found
        if (not bodies or one.body in bodies)
        and (not query.year or one.figure.year in query.year)
        and (not query.basis or one.figure.basis in query.basis)
    ]


@router.get(
    "/populations",
    name="list_populations",
    response_model=Populations,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_populations(
    query: Annotated[PopulationsQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """People by place; with `roll_to` those of the bodies that followed, to the unit: no total changes. Then, where no
    `year` is named, of each year begun by that day; `note` says which years are left out."""
    with refusing_backwards():
        page = await call.read(lambda tx: _page(tx, references, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _require_begun(years: list[str], roll_to: date) -> None:
    late = [year for year in years if first_day(year) > roll_to]
    if late:
        words = (
            f"{year} begins after {roll_to}: name years begun by then, or none for each that there is" for year in late
        )
        faults = [Fault(parameter="query:roll_to", detail=one, type="backwards") for one in words]
        raise Problem("invalid-request", f"{'; '.join(one.detail for one in faults)}.", errors=faults)


def _page(tx: Reading, references: ReferenceReader, query: PopulationsQuery, clock: Clock) -> Populations:
    start = start_of(tx, query, clock, str, str, str, str, int)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    places = stored.places_once(tx, position.known_at)
    require_places(places, query.place)
    every_year = bool(query.year) or query.roll_to is not None
    if query.ages:
        found = _of_ages(stored.age_bands(tx, position.known_at, places), query, places)
        found = found if every_year else of_the_days_year(found, position.as_of)
    else:
        figures = stored.figures(tx, position.known_at, places=query.place, years=query.year, bases=query.basis)
        found = counted(figures if every_year else of_the_day(figures, position.as_of), places)
    found = [one for one in found if query.kind in (None, one.kind)]
    left_out: list[str] = []
    if query.roll_to is not None:
        _require_begun(query.year, query.roll_to)
        found, left_out = begun_by(found, query.roll_to)
    sums = rolled_views.people_totals(found)
    then = reference
    if query.roll_to is not None:
        then = references.read(tx, query.roll_to, position.known_at)
        found = rolled(
            reference, found, places, query.roll_to, lambda body, kind: rolled_views.place_then(then, body, kind)
        )
    after: list[Counted] = [one for one in found if start.after is None or one.key > start.after]
    items = after[: query.limit]
    return Populations(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        roll_to=query.roll_to,
        items=rolled_views.people(reference, then, items),
        totals=sums,
        rule=RULE if query.roll_to else None,
        note=f"left out: {', '.join(left_out)}, which begin after {query.roll_to}; a later `roll_to` has them"
        if left_out
        else None,
        next_cursor=cursor_after(position, *items[-1].key) if len(after) > query.limit else None,
    )
