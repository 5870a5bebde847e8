"""An allocation for the tests: it has the scenarios it is given, and keeps what it is told of citations."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from concord_contracts.allocation import Citations, CitationsState, ScenarioDigests
from services.agreements.tests.worlds import SALFORD, TRAFFORD

PLAN = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"
PROBLEM_DIGEST, ANSWER_DIGEST = "a" * 64, "b" * 64


def plan(scenario: str = PLAN, **changes: object) -> ScenarioDigests:
    """A scenario of the small world's groups."""
    return ScenarioDigests.model_validate(
        {
            "scenario": scenario,
            "title": "Lung, Trafford and Salford",
            "problem_digest": PROBLEM_DIGEST,
            "answer_digest": ANSWER_DIGEST,
            "outcome": "plan",
            "assumption_share": 0.92361,
            "payers": [SALFORD, TRAFFORD],
            "made_for": TRAFFORD,
            **changes,
        }
    )


def citation(scenario: str = PLAN, **changes: object) -> dict[str, object]:
    """A true citation of it, as a text has it."""
    digests = {"problem_digest": PROBLEM_DIGEST, "answer_digest": ANSWER_DIGEST}
    return {"scenario": scenario, **digests, "assumption_share": "0.924", **changes}


@dataclass
class AllocationDouble:
    """State of the double. `down` makes it refuse every call with 503."""

    down: bool = False
    scenarios: dict[str, ScenarioDigests] = field(default_factory=lambda: {PLAN: plan()})
    told: list[tuple[str, Citations]] = field(default_factory=list)
    held: dict[str, Citations] = field(default_factory=dict)

    def serves(self, path: str) -> bool:
        return path.startswith(("/v1/scenarios/", "/v1/citations/"))

    def install(self, app: FastAPI) -> None:
        @app.get("/v1/scenarios/{scenario}/digests")
        async def digests(scenario: str) -> Response:
            def answer() -> Response:
                found = self.scenarios.get(scenario)
                return _problem(404, "not-found") if found is None else _json(found.model_dump_json())

            return self._unless_down(answer)

        @app.put("/v1/citations/{agreement}")
        async def cite(agreement: str, said: Citations) -> Response:
            return self._unless_down(lambda: self._take(agreement, said))

    def _unless_down(self, answer: Callable[[], Response]) -> Response:
        return Response(status_code=503) if self.down else answer()

    def _take(self, agreement: str, said: Citations) -> Response:
        self.told.append((agreement, said))
        held = self.held.get(agreement)
        if held and held.sequence == said.sequence and held.digest != said.digest:
            return _problem(409, "sequence-conflict")
        news = held is None or said.sequence > held.sequence
        if news:
            self.held[agreement] = said
        missing = sorted({one.scenario for one in said.citations} - self.scenarios.keys())
        state = CitationsState(
            agreement=agreement,
            sequence=self.held[agreement].sequence,
            digest=self.held[agreement].digest,
            changed=news,
            missing=missing,
            differing=[],
        )
        return _json(state.model_dump_json())


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")


def _problem(status: int, slug: str) -> Response:
    document = {"type": f"urn:concord:problem:{slug}", "title": slug, "status": status, "detail": slug}
    return JSONResponse(document, status_code=status, media_type="application/problem+json")
