"""Allocation, as a caller uses it: how the pathway's money might be split, what binds, what would change it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter

from concord_client.basis import AllocationBasis, citations_of, pounds_of, tables_of
from concord_client.transport import SOLVE_DEADLINE_SECONDS, Service
from concord_contracts.allocation import Outcome, Problem, Scenario, SolveRequest, WhatIfRequest, WhatIfResult
from concord_contracts.allocation.scenarios import (
    Figure,
    FigurePage,
    PreparedWhatIfs,
    ScenarioPage,
    ScenarioRequest,
    Source,
    SourcePage,
)

PAGE = 1000
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class AllocationClient:
    """Typed calls to allocation; a refusal (no plan keeps every limit) is an outcome, not an exception."""

    def __init__(self, service: Service, *, deadline_seconds: float = SOLVE_DEADLINE_SECONDS) -> None:
        self.service = service
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

    def basis(self, *, known_at: datetime | None = None) -> AllocationBasis:
        """What the reference figures rest on: counted from every one of them, all read at one position."""
        figures: list[Figure] = []
        page = self._figures(known_at, None)
        while True:
            figures += page.items
            if page.next_cursor is None:
                break
            page = self._figures(page.known_at, page.next_cursor)
        return AllocationBasis(
            edition=page.edition,
            as_of=page.as_of,
            known_at=page.known_at,
            tables=tables_of(figures),
            pounds=pounds_of(figures),
            sources=citations_of(figures, self._sources(page.known_at)),
        )

    def _figures(self, known_at: datetime | None, cursor: str | None) -> FigurePage:
        answer = self.service.get("/v1/reference/figures", _page(known_at, cursor))
        return FigurePage.model_validate(answer.body)

    def _sources(self, known_at: datetime) -> list[Source]:
        found: list[Source] = []
        cursor = None
        while True:
            page = SourcePage.model_validate(self.service.get("/v1/reference/sources", _page(known_at, cursor)).body)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

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


def _page(known_at: datetime | None, cursor: str | None) -> dict[str, Any]:
    return {"limit": PAGE, "cursor": cursor, "known_at": known_at.isoformat() if known_at else None}


def _json(request: BaseModel) -> object:
    return request.model_dump(mode="json", exclude_none=True)
