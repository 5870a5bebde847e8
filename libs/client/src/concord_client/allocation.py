"""Allocation, as a caller uses it: how the pathway's money might be split, what binds, what would change it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter

from concord_client.imports import MEDIA_TYPES, ImportsClient
from concord_client.lists import ListsClient
from concord_client.questions import QuestionsClient
from concord_client.transport import SOLVE_DEADLINE_SECONDS, Service, solve_deadline
from concord_client.when import when
from concord_client.workbooks import WorkbooksClient
from concord_contracts.allocation import (
    Difference,
    Outcome,
    Problem,
    ProblemWhatIf,
    ProblemWhatIfRequest,
    Scenario,
    ScenarioDigests,
    SolveRequest,
    WhatIfRequest,
    WhatIfResult,
)
from concord_contracts.allocation.programme import ProgrammeAnswer
from concord_contracts.allocation.questions.appraisal import Appraisal, AppraisalRequest
from concord_contracts.allocation.reference import AllocationReference
from concord_contracts.allocation.retention import Removal, RemovalIn, RemovedPage, RetentionDue
from concord_contracts.allocation.scenarios import (
    Checked,
    FigurePage,
    PreparedWhatIfs,
    Reproduction,
    ScenarioPage,
    ScenarioRequest,
    SourcePage,
    StatedScenarioRequest,
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
from concord_contracts.registry import Changes

PAGE = 100
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
        self.questions = QuestionsClient(service, deadline_seconds=deadline_seconds)
        self.workbooks = WorkbooksClient(service, deadline_seconds=deadline_seconds)
        self.deadline_seconds = deadline_seconds

    def solve(self, request: SolveRequest) -> Outcome:
        """Solve a self-contained problem; nothing is stored."""
        answer = self.service.ask("/v1/solve", _json(request), deadline_seconds=self._until(request))
        return _OUTCOME.validate_python(answer.body)

    def create_scenario(
        self, request: ScenarioRequest | StatedScenarioRequest, *, idempotency_key: str | None = None
    ) -> Scenario:
        """Assemble a problem from the figures and the other two services, or state it; solve it, keep both."""
        answer = self.service.post(
            "/v1/scenarios", _json(request), idempotency_key=idempotency_key, deadline_seconds=self._until(request)
        )
        return Scenario.model_validate(answer.body)

    def scenario(self, scenario: str, *, known_at: datetime | None = None) -> Scenario:
        return Scenario.model_validate(self.service.get(f"/v1/scenarios/{scenario}", when(None, known_at)).body)

    def scenarios(
        self,
        *,
        digest: str | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        known_at: datetime | None = None,
    ) -> ScenarioPage:
        """A page of the scenarios of the body acted for, newest first; those alone whose problem or answer has a
        digest."""
        asked = {"digest": digest, "limit": limit, "cursor": cursor, **when(None, known_at)}
        return ScenarioPage.model_validate(self.service.get("/v1/scenarios", asked).body)

    def digests(self, scenario: str, *, known_at: datetime | None = None) -> ScenarioDigests:
        """What it takes to cite a scenario."""
        answer = self.service.get(f"/v1/scenarios/{scenario}/digests", when(None, known_at))
        return ScenarioDigests.model_validate(answer.body)

    def retention_due(self) -> RetentionDue:
        """What the rule of retention would remove of the body's scenarios."""
        return RetentionDue.model_validate(self.service.get("/v1/retention/due").body)

    def remove_due(self, wanted: RemovalIn, *, idempotency_key: str | None = None) -> Removal:
        """Remove exactly what was listed."""
        answer = self.service.post("/v1/retention/removals", _json(wanted), idempotency_key=idempotency_key)
        return Removal.model_validate(answer.body)

    def removed_scenarios(
        self, *, limit: int = PAGE, cursor: str | None = None, known_at: datetime | None = None
    ) -> RemovedPage:
        """A page of what was removed, latest made first."""
        asked = {"limit": limit, "cursor": cursor, **when(None, known_at)}
        return RemovedPage.model_validate(self.service.get("/v1/retention/removed", asked).body)

    def reference_summary(self, *, as_of: date | None = None, known_at: datetime | None = None) -> AllocationReference:
        """What the reference figures rest on, counted from every one of them at one position."""
        asked = when(as_of, known_at)
        answer = self.service.get("/v1/reference/summary", asked, deadline_seconds=COUNTING_SECONDS)
        return AllocationReference.model_validate(answer.body)

    def figures(
        self,
        *,
        table: str | None = None,
        key: str | None = None,
        place: str | None = None,
        pathway: str | None = None,
        roll_to: date | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> FigurePage:
        """Figures with what each rests on; `roll_to`, with `table`: for the bodies of that later day."""
        asked = {
            "table": table,
            "key": key,
            "place": place,
            "pathway": pathway,
            "limit": limit,
            "cursor": cursor,
            **when(as_of, known_at, roll_to),
        }
        answer = self.service.get("/v1/reference/figures", asked, deadline_seconds=COUNTING_SECONDS)
        return FigurePage.model_validate(answer.body)

    def sources(
        self,
        *,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> SourcePage:
        """A page of the documents that figures cite, by key."""
        asked = {"limit": limit, "cursor": cursor, **when(as_of, known_at)}
        answer = self.service.get("/v1/reference/sources", asked, deadline_seconds=COUNTING_SECONDS)
        return SourcePage.model_validate(answer.body)

    def prepared_what_ifs(self, *, as_of: date | None = None, known_at: datetime | None = None) -> PreparedWhatIfs:
        """Questions with published figures, split over the purses they concern."""
        answer = self.service.get("/v1/reference/what-ifs", when(as_of, known_at), deadline_seconds=COUNTING_SECONDS)
        return PreparedWhatIfs.model_validate(answer.body)

    def problem(self, scenario: str, *, known_at: datetime | None = None) -> Problem:
        """The whole problem a scenario was solved from."""
        answer = self.service.get(f"/v1/scenarios/{scenario}/problem", when(None, known_at))
        return Problem.model_validate(answer.body)

    def problem_text(self, scenario: str, *, known_at: datetime | None = None) -> bytes:
        """The same as it is kept, to the letter, so that it has the same digest anywhere."""
        path = f"/v1/scenarios/{scenario}/problem"
        return self.service.get_file(path, when(None, known_at), deadline_seconds=self.deadline_seconds)

    def what_if(self, base: str, request: WhatIfRequest, *, idempotency_key: str | None = None) -> WhatIfResult:
        """The base scenario's problem, changed and solved again, beside the base."""
        answer = self.service.post(
            f"/v1/scenarios/{base}/what-if",
            _json(request),
            idempotency_key=idempotency_key,
            deadline_seconds=self._until(request),
        )
        return WhatIfResult.model_validate(answer.body)

    def what_if_of(self, request: ProblemWhatIfRequest) -> ProblemWhatIf:
        """A problem, changed and solved again, beside what it was; nothing is stored."""
        limit = request.time_limit_seconds
        twice = solve_deadline({"time_limit_seconds": 2 * limit if limit else None}, 2 * self.deadline_seconds)
        return ProblemWhatIf.model_validate(
            self.service.ask("/v1/what-if", _json(request), deadline_seconds=twice).body
        )

    def difference(self, scenario: str) -> Difference:
        """What differs between a what-if and the scenario it was asked of."""
        return Difference.model_validate(self.service.get(f"/v1/scenarios/{scenario}/difference").body)

    def changes(self, after: int = 0, limit: int = PAGE) -> Changes:
        """A page of what allocation recorded after a sequence; for auditors."""
        return Changes.model_validate(self.service.get("/v1/changes", {"after": after, "limit": limit}).body)

    def compare(self, scenario: str, other: str) -> Difference:
        """What differs between any two scenarios: the other minus the first."""
        return Difference.model_validate(self.service.get(f"/v1/scenarios/{scenario}/compare/{other}").body)

    def appraise(self, request: AppraisalRequest) -> Appraisal:
        """Do nothing, minimum and recommended side by side."""
        return Appraisal.model_validate(self.service.ask("/v1/appraisals", _json(request)).body)

    def reproduce(self, scenario: str) -> Reproduction:
        """Solve a scenario's stored problem again and hold the digests against each other."""
        path = f"/v1/scenarios/{scenario}/reproduce"
        return Reproduction.model_validate(self.service.ask(path, {}, deadline_seconds=self.deadline_seconds).body)

    def share(self, question: SharingRequest) -> SharingOutcome:
        """Divide the cost and gain of a self-contained problem's plan; nothing is stored."""
        answer = self.service.ask("/v1/sharing", _json(question), deadline_seconds=self._until(question))
        return _SHARING.validate_python(answer.body)

    def share_scenario(self, scenario: str, question: SharingQuestion) -> SharingOutcome:
        """Divide the cost and gain of a scenario's plan between its parties."""
        path = f"/v1/scenarios/{scenario}/sharing"
        answer = self.service.ask(path, _json(question), deadline_seconds=self._until(question))
        return _SHARING.validate_python(answer.body)

    def divide_game(self, game: GameRequest) -> GameAnswer:
        """Shapley value and nucleoli of a game that somebody else valued."""
        return GameAnswer.model_validate(self.service.ask("/v1/games", _json(game)).body)

    def divide_claims(self, claims: ClaimsRequest) -> ClaimsAnswer:
        """An estate divided between claims by every rule."""
        return ClaimsAnswer.model_validate(self.service.ask("/v1/claims-rules", _json(claims)).body)

    def check(self, problem: Problem) -> Checked:
        """Whether a problem holds together; ConcordProblem names every contradiction."""
        return Checked.model_validate(self.service.ask("/v1/problems/check", _json(problem)).body)

    def problem_schema(self) -> Any:
        """The JSON schema of a problem."""
        return self.service.get("/v1/problems/schema").body

    def problem_form(self) -> bytes:
        """An empty workbook to write a problem in."""
        return self.service.get_file("/v1/problems/form", {}, deadline_seconds=self.deadline_seconds)

    def problem_of_workbook(self, content: bytes) -> Problem:
        """The problem that a workbook holds; ConcordProblem names every faulty cell."""
        return Problem.model_validate(
            self.service.ask_with_file(
                "/v1/problems/from-workbook", content, MEDIA_TYPES[".xlsx"], deadline_seconds=self.deadline_seconds
            ).body
        )

    def problem_of_tables(self, tables: Mapping[str, str]) -> Problem:
        """The problem that CSVs hold, each text under its table's name."""
        asked = {"tables": dict(tables)}
        answer = self.service.ask("/v1/problems/from-tables", asked, deadline_seconds=self.deadline_seconds)
        return Problem.model_validate(answer.body)

    def problem_of_programme(self, text: bytes, form: str, title: str) -> Problem:
        """A plain linear programme in MPS or LP format, UTF-8, as a problem document."""
        answer = self.service.ask_with_file(
            "/v1/problems/from-programme",
            text,
            "text/plain",
            params={"form": form, "title": title},
            deadline_seconds=self.deadline_seconds,
        )
        return Problem.model_validate(answer.body)

    def problem_as_file(self, problem: Problem, form: str) -> bytes:
        """A problem as xlsx, mps or lp."""
        return self.service.post_for_file(
            "/v1/problems/as-file", _json(problem), params={"form": form}, deadline_seconds=self.deadline_seconds
        )

    def solve_programme(self, text: bytes, form: str, *, seconds: float = 60.0) -> ProgrammeAnswer:
        """The optimum of a plain linear programme in MPS or LP format, UTF-8."""
        answer = self.service.ask_with_file(
            "/v1/programmes",
            text,
            "text/plain",
            params={"form": form, "seconds": seconds},
            deadline_seconds=solve_deadline({"time_limit_seconds": seconds}, self.deadline_seconds),
        )
        return ProgrammeAnswer.model_validate(answer.body)

    def _until(self, asked: BaseModel) -> float:
        return solve_deadline(_json(asked), self.deadline_seconds)


def _json(request: BaseModel) -> object:
    return request.model_dump(mode="json", exclude_none=True)
