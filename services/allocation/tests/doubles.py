"""Stand-ins for the registry and agreements: they answer with the contract's own models, so they cannot drift from it.

Each remembers what it was asked and can be told to refuse, or to be down.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from concord_contracts.agreements import Mechanism, Mechanisms
from concord_contracts.identifiers import first_day
from concord_contracts.problems import problem_type
from concord_contracts.registry import (
    ContractView,
    Mandate,
    Mandates,
    NamedBody,
    Organisations,
    OrganisationSummary,
    Pathways,
    PathwayView,
    Places,
    PlaceView,
    RecordPage,
    Responsibilities,
    Responsibility,
    RolledFrom,
    Stages,
    StageView,
)
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, make_cells, make_place

KNOWN_AT = datetime(2014, 1, 10, 12, tzinfo=UTC)
SEQ = 41


def _default_places() -> list[PlaceView]:
    return [make_place("trafford", "area", ()), make_place("ccg-02A", "ccg"), make_place("la-trafford", "council")]


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, list[str]]
    authorization: str | None
    acting_for: str | None


@dataclass
class Service:
    """What both doubles share."""

    asked: list[Asked] = field(default_factory=list)
    down: bool = False

    def note(self, request: Request) -> None:
        names = set(request.query_params.keys())
        query = {name: request.query_params.getlist(name) for name in names}
        headers = request.headers
        self.asked.append(Asked(request.url.path, query, headers.get("authorization"), headers.get("x-acting-for")))

    def install(self, app: FastAPI) -> FastAPI:
        @app.middleware("http")
        async def noted(request: Request, handle: Callable[[Request], object]) -> object:
            self.note(request)
            if self.down:
                return Response(status_code=503)
            return await handle(request)  # type: ignore[misc]

        @app.get("/health/live")
        async def live() -> dict[str, str]:
            return {"status": "ok"}

        return app


def refusal(slug: str, **members: object) -> JSONResponse:
    kind = problem_type(slug)
    document = {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": kind.meaning, **members}
    return JSONResponse(document, status_code=kind.status, media_type="application/problem+json")


@dataclass
class Registry(Service):
    places: list[PlaceView] = field(default_factory=_default_places)
    cells: list[Responsibility] = field(default_factory=make_cells)
    mandates: list[Mandate] = field(default_factory=list)
    contracts: list[ContractView] = field(default_factory=list)
    page: int = 1000
    """Most items on a page of responsibilities."""

    def app(self) -> FastAPI:
        app = self.install(FastAPI())

        @app.get("/v1/places")
        async def places(as_of: date, within: str | None = None, known_at: datetime | None = None) -> Response:
            if known_at is not None and known_at > KNOWN_AT:
                return refusal("known-at-too-late", head_at=KNOWN_AT.isoformat())
            if within not in {None, *(place.key for place in self.places)}:
                return refusal("unknown-code")
            return _json(Places(as_of=as_of, known_at=KNOWN_AT, seq=SEQ, items=self.places))

        @app.get("/v1/organisations")
        async def organisations(as_of: date, roll_to: date) -> Response:
            """Nothing ever happens to a body here."""
            items = [
                OrganisationSummary(
                    **named, valid_from=date(2013, 4, 1), valid_to=date(9999, 12, 31),
                    rolled_from=[RolledFrom(body=NamedBody(**named), share=1.0, basis="published")],
                )
                for body in sorted({place.body for place in self.places if place.body} | {CCG, COUNCIL, NHSE})
                for named in [{"id": body, "name": body, "kind": "ccg", "legal_person": True}]
            ]  # fmt: skip
            return _json(Organisations(as_of=as_of, known_at=KNOWN_AT, seq=SEQ, roll_to=roll_to, items=items))

        @app.get("/v1/responsibilities")
        async def responsibilities(
            pathway: str, as_of: date, known_at: datetime, place: list[str] = Query(), cursor: int = 0
        ) -> Response:
            chosen = [cell for cell in self.cells if cell.place in place and cell.pathway == pathway]
            following = str(cursor + self.page) if cursor + self.page < len(chosen) else None
            items = chosen[cursor : cursor + self.page]
            return _json(Responsibilities(as_of=as_of, known_at=known_at, seq=SEQ, items=items, next_cursor=following))

        @app.get("/v1/contracts")
        async def contracts(
            as_of: date, known_at: datetime, year: str, place: list[str] = Query(), pathway: list[str] = Query()
        ) -> Response:
            """Those in force on a day of the year, whatever place and pathway they are asked by."""
            start = first_day(year)
            end = start.replace(year=start.year + 1)
            items = [one for one in self.contracts if one.valid_from < end and one.valid_to > start]
            return _json(RecordPage[ContractView](as_of=as_of, known_at=known_at, seq=SEQ, items=items))

        @app.get("/v1/stages")
        async def stages(as_of: date, known_at: datetime = KNOWN_AT) -> Response:
            items = [
                StageView(key="map_imaging", name="Imaging", kind="stage", order=1, allocation_stage="imaging"),
                StageView(key="map_peer", name="Peer review", kind="function", order=2),
            ]
            return _json(Stages(as_of=as_of, known_at=known_at, seq=SEQ, items=items))

        @app.get("/v1/pathways")
        async def pathways(as_of: date) -> Response:
            lung = PathwayView(key="lung", name="Lung", tumour_group="lung", icd10=["C34"], big_four=True, stages=[])
            return _json(Pathways(as_of=as_of, known_at=KNOWN_AT, seq=SEQ, items=[lung]))

        @app.get("/v1/mandates")
        async def mandates(holder: str, body: str, as_of: date) -> Response:
            items = [one for one in self.mandates if (one.holder, one.body) == (holder, body)]
            return _json(Mandates(as_of=as_of, known_at=KNOWN_AT, seq=SEQ, items=items))

        return app


@dataclass
class Agreements(Service):
    mechanisms: list[Mechanism] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = self.install(FastAPI())

        @app.get("/v1/mechanisms")
        async def mechanisms(pathway: str, as_of: date, known_at: datetime | None = None) -> Response:
            if known_at is not None and known_at > KNOWN_AT:
                return refusal("known-at-too-late", head_at=KNOWN_AT.isoformat())
            items = [
                one for one in self.mechanisms if one.pathway == pathway and one.valid_from <= as_of < one.valid_to
            ]
            return _json(Mechanisms(as_of=as_of, known_at=KNOWN_AT, items=items))

        return app


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")
