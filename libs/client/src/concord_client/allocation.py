"""Allocation, as a caller uses it: how the pathway's money might be split, what binds, what would change it."""

from datetime import datetime

from pydantic import BaseModel, TypeAdapter

from concord_client.imports import ImportsClient
from concord_client.lists import ListsClient
from concord_client.transport import SOLVE_DEADLINE_SECONDS, Service
from concord_contracts.allocation import Outcome, Problem, Scenario, SolveRequest, WhatIfRequest, WhatIfResult
from concord_contracts.allocation.reference import AllocationReference
from concord_contracts.allocation.scenarios import (
    PreparedWhatIfs,
    ScenarioPage,
    ScenarioRequest,
)
from concord_contracts.allocation.sharing import (
    ClaimsAnswer,
    ClaimsRequest,
    GameAnswer,
    GameRequest,
    SharingOutcome,
    SharingQuestion,
    SharingRequest,
)

COUNTING_SECONDS = 30.0
"""Every figure of England counted anew takes seconds, after a start or an import."""

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_SHARING: TypeAdapter[SharingOutcome] = TypeAdapter(SharingOutcome)


class AllocationClient:
    """Typed calls to allocation; a refusal (no plan keeps every limit) is an outcome, not an exception."""

    def __init__(self, service: Service, *, deadline_seconds: float = SOLVE_DEADLINE_SECONDS) -> None:
        self.service = service
        self.imports = ImportsClient(service)
        self.lists = ListsClient(service)
        self.deadline_seconds = deadline_seconds

    def solve(self, request: SolveRequest) -> Outcome:
        """Solve a self-contained problem; nothing is stored."""
        answer = self.service.post("/v1/solve", _json(request), deadline_seconds=self.deadline_seconds)
        return _OUTCOME.validate_python(answer.body)

    def create_scenario(self, request: ScenarioRequest, *, idempotency_key: str | None = None) -> Scenario:
        """Assemble a problem from the reference figures and the other two services, solve it, keep both."""
        answer = self.service.post(
            "/v1/scenarios", _json(request), idempotency_key=idempotency_key, deadline_seconds=self.deadline_seconds
        )
        return Scenario.model_validate(answer.body)

    def scenario(self, scenario: str) -> Scenario:
        return Scenario.model_validate(self.service.get(f"/v1/scenarios/{scenario}").body)

    def scenarios(self, *, cursor: str | None = None) -> ScenarioPage:
        """Scenarios of the body acted for, newest first."""
        return ScenarioPage.model_validate(self.service.get("/v1/scenarios", {"cursor": cursor}).body)

    def reference_summary(self, *, known_at: datetime | None = None) -> AllocationReference:
        """What the reference figures rest on, counted from every one of them at one position."""
        asked = {"known_at": known_at.isoformat() if known_at else None}
        answer = self.service.get("/v1/reference/summary", asked, deadline_seconds=COUNTING_SECONDS)
        return AllocationReference.model_validate(answer.body)

    def prepared_what_ifs(self) -> PreparedWhatIfs:
        """Questions with published figures, split over the purses they concern."""
        return PreparedWhatIfs.model_validate(self.service.get("/v1/reference/what-ifs").body)

    def problem(self, scenario: str) -> Problem:
        """The whole problem a scenario was solved from."""
        return Problem.model_validate(self.service.get(f"/v1/scenarios/{scenario}/problem").body)

    def what_if(self, base: str, request: WhatIfRequest, *, idempotency_key: str | None = None) -> WhatIfResult:
        """The base scenario's problem, changed and solved again, beside the base."""
        answer = self.service.post(
            f"/v1/scenarios/{base}/what-if",
            _json(request),
            idempotency_key=idempotency_key,
            deadline_seconds=self.deadline_seconds,
        )
        return WhatIfResult.model_validate(answer.body)

    def share(self, question: SharingRequest) -> SharingOutcome:
        """Divide the cost and gain of a self-contained problem's plan; nothing is stored."""
        answer = self.service.post("/v1/sharing", _json(question), deadline_seconds=self.deadline_seconds)
        return _SHARING.validate_python(answer.body)

    def share_scenario(self, scenario: str, question: SharingQuestion) -> SharingOutcome:
        """Divide the cost and gain of a scenario's plan between its parties."""
        path = f"/v1/scenarios/{scenario}/sharing"
        answer = self.service.post(path, _json(question), deadline_seconds=self.deadline_seconds)
        return _SHARING.validate_python(answer.body)

    def divide_game(self, game: GameRequest) -> GameAnswer:
        """Shapley value and nucleoli of a game that somebody else valued."""
        return GameAnswer.model_validate(self.service.post("/v1/games", _json(game)).body)

    def divide_claims(self, claims: ClaimsRequest) -> ClaimsAnswer:
        """An estate divided between claims by every rule."""
        return ClaimsAnswer.model_validate(self.service.post("/v1/claims-rules", _json(claims)).body)


def _json(request: BaseModel) -> object:
    return request.model_dump(mode="json", exclude_none=True)
