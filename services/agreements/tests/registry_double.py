"""A registry for the tests, over the small world: it answers by the contract's models and keeps what it is told.

`down` makes it refuse every call with 503; `told` holds each activation accepted, in order; the protocol of activations
is that of the contract: lower or equal sequences change nothing, an equal one with another digest is a conflict.
"""

from datetime import UTC, date, datetime
from typing import Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response

from concord_contracts.registry import (
    Activation,
    ActivationState,
    Citation,
    ContractView,
    Mandate,
    Mandates,
    NamedBody,
    Organisation,
    PlaceAnswer,
    PlaceView,
    RecordPage,
    Responsibilities,
    Responsibility,
    SigningAuthorityView,
    Statutory,
)
from services.agreements.tests.allocation_double import AllocationDouble
from services.agreements.tests.worlds import BODIES, CLASSES, PLACES, STAGES, commissioners

FOREVER = date(9999, 12, 31)
KNOWN_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SUPPORT_UNIT = "ods:0AJ"


class RegistryDouble:
    """State of the double; `app` serves it."""

    def __init__(self) -> None:
        self.down = False
        self.refuse_activations = 0
        self.told: list[tuple[str, Activation]] = []
        self.held: dict[str, Activation] = {}
        self.calls: list[str] = []
        self.mandates: list[Mandate] = []
        self.contracts: list[ContractView] = []
        self.authorities: list[SigningAuthorityView] = []
        self.allocation = AllocationDouble()
        """Served at the same address."""
        self.app = _app(self)

    def accept(self, agreement: str, incoming: Activation) -> bool | None:
        """True: news; False: old news; None: a conflict."""
        self.told.append((agreement, incoming))
        held = self.held.get(agreement)
        if held and held.sequence == incoming.sequence and held.digest != incoming.digest:
            return None
        if held and held.sequence >= incoming.sequence:
            return False
        self.held[agreement] = incoming
        return True


def _app(double: RegistryDouble) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def _gate(request: Request, call_next: Any) -> Response:
        double.calls.append(f"{request.method} {request.url.path}")
        away = double.down and not double.allocation.serves(request.url.path)
        return Response(status_code=503) if away else await call_next(request)

    double.allocation.install(app)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/places/{key}")
    async def place(key: str) -> Response:
        if key not in PLACES:
            return _problem(404, "not-found")
        body, overlaps = PLACES[key]
        view = PlaceView(key=key, kind="ccg", name=key, body=body, parents=sorted(overlaps))
        return _answer(PlaceAnswer(**_position(), place=view))

    @app.get("/v1/organisations/{body}")
    async def organisation(body: str, as_of: date) -> Response:
        fact = BODIES.get(body)
        if fact is None or not fact.valid_from <= as_of < fact.valid_to:
            return _problem(404, "not-found")
        return _answer(
            Organisation(
                **_position(),
                body=_named(body),
                names=[],
                codes=[],
                relations=[],
                places=[],
                predecessors=[],
                successors=[],
                valid_from=fact.valid_from,
                valid_to=fact.valid_to,
            )
        )

    @app.get("/v1/responsibilities")
    async def responsibilities(pathway: str, place: list[str] = Query(), cursor: str | None = None) -> Response:
        if pathway not in {"lung", "breast"}:
            return _problem(422, "unknown-code")
        half = int(cursor or 0)
        rows = [_responsibility(stage, pathway, one) for one in place for stage in sorted(STAGES)]
        page = rows[half : half + 10]
        more = str(half + 10) if half + 10 < len(rows) else None
        return _answer(Responsibilities(**_position(), items=page, next_cursor=more))

    @app.get("/v1/mandates")
    async def mandates(holder: str, body: str) -> Response:
        items = [one for one in double.mandates if one.holder == holder and one.body == body]
        return _answer(Mandates(**_position(), items=items))

    @app.get("/v1/contracts")
    async def contracts(place: list[str] = Query(), stage: list[str] = Query()) -> Response:
        return _answer(RecordPage[ContractView](**_position(), items=double.contracts))

    @app.get("/v1/signing-authorities")
    async def signing_authorities(organisation: str, decision: str, as_of: date) -> Response:
        items = [
            one
            for one in double.authorities
            if (one.body, one.decision) == (organisation, decision) and one.valid_from <= as_of < one.valid_to
        ]
        return _answer(RecordPage[SigningAuthorityView](**_position(), items=items))

    @app.put("/v1/activations/{agreement}")
    async def activate(agreement: str, activation: Activation, request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return _problem(401, "unauthenticated")
        if double.refuse_activations:
            return _problem(double.refuse_activations, "unknown-code")
        news = double.accept(agreement, activation)
        if news is None:
            return _problem(409, "sequence-conflict")
        held = double.held[agreement]
        state = ActivationState(
            **_position(),
            agreement=agreement,
            sequence=held.sequence,
            digest=held.digest,
            changed=news,
            claims=[],
        )
        return _answer(state)

    return app


def _responsibility(stage: str, pathway: str, place: str) -> Responsibility:
    return Responsibility(
        stage=stage,
        pathway=pathway,
        place=place,
        allocation_stage=None,
        statutory=Statutory(
            rule=f"{stage}-2013",
            commissioners=[_named(body) for body in commissioners(stage, place)],
            population_basis="registered",
            procedure_class=CLASSES.get(stage, "none"),
            citation=Citation(text="the rule book of a small world"),
            valid_from=date(2013, 4, 1),
            valid_to=FOREVER,
        ),
    )


def mandate(body: str, *actions: str, holder: str = SUPPORT_UNIT) -> Mandate:
    """What a body lets the support unit do for it, for ever."""
    return Mandate(holder=holder, body=body, actions=list(actions), valid_from=date(2013, 4, 1), valid_to=FOREVER)


def limit(
    body: str, role: str, gbp: int | None, *, jointly_with: str | None = None, valid_to: date = FOREVER
) -> SigningAuthorityView:
    """What an office may enter, as its body publishes it."""
    return SigningAuthorityView(
        id=f"limit-of-{role}", version=1, owner=body, body=body, role=role, decision="enter_agreement", limit_gbp=gbp,
        jointly_with=jointly_with,
        valid_from=date(2013, 4, 1), valid_to=valid_to, recorded_from=KNOWN_AT,
    )  # fmt: skip


def _named(body: str) -> NamedBody:
    fact = BODIES[body]
    return NamedBody(id=body, name=fact.name, kind=fact.kind, legal_person=fact.legal_person)


def _position() -> dict[str, Any]:
    return {"as_of": date(2014, 4, 1), "known_at": KNOWN_AT, "seq": 17}


def _answer(model: Any) -> Response:
    """The model as JSON, read back by its own contract first: the double cannot say what the contract forbids."""
    text = model.model_dump_json()
    type(model).model_validate_json(text)
    return Response(text, media_type="application/json")


def _problem(status: int, slug: str) -> Response:
    document = {"type": f"urn:concord:problem:{slug}", "title": slug, "status": status, "detail": slug}
    return JSONResponse(document, status_code=status, media_type="application/problem+json")
