"""Answers of allocation as Excel workbooks: the same addresses, asked in another form."""

from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from concord_client.imports import MEDIA_TYPES
from concord_client.questions import asked_at
from concord_client.transport import SOLVE_DEADLINE_SECONDS, Service, solve_deadline
from concord_contracts.allocation import Problem, ProblemWhatIfRequest, SolveRequest, WhatIfRequest
from concord_contracts.allocation.questions import Question
from concord_contracts.allocation.questions.appraisal import AppraisalRequest
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.allocation.sharing import ClaimsRequest, GameRequest, SharingQuestion, SharingRequest

ACCEPT = {"Accept": MEDIA_TYPES[".xlsx"]}


class Workbook(NamedTuple):
    """An .xlsx file. `outcome`: `refusal` where no plan keeps every limit."""

    content: bytes
    outcome: str


class WorkbooksClient:
    """Each method as its namesake of the client, of the questions and of sharing; the answer is a file.

    What is not kept is worked out for the file: ask for it in one form. What is kept is asked for again with its key.
    """

    def __init__(self, service: Service, *, deadline_seconds: float = SOLVE_DEADLINE_SECONDS) -> None:
        self._service = service
        self._deadline_seconds = deadline_seconds

    def solve(self, request: SolveRequest) -> Workbook:
        return self._post("/v1/solve", request)

    def create_scenario(self, request: ScenarioRequest, key: str) -> Workbook:
        return self._post("/v1/scenarios", request, key)

    def scenario(self, scenario: str, *, known_at: datetime | None = None) -> Workbook:
        return self._get(f"/v1/scenarios/{scenario}", {"known_at": known_at.isoformat() if known_at else None})

    def what_if(self, base: str, request: WhatIfRequest, key: str) -> Workbook:
        return self._post(f"/v1/scenarios/{base}/what-if", request, key)

    def what_if_of(self, request: ProblemWhatIfRequest) -> Workbook:
        return self._post("/v1/what-if", request)

    def ask(self, question: Question, of: str | Problem) -> Workbook:
        path, body = asked_at(question, of)
        return self._post(path, body)

    def compare(self, scenario: str, other: str) -> Workbook:
        return self._get(f"/v1/scenarios/{scenario}/compare/{other}")

    def difference(self, scenario: str) -> Workbook:
        return self._get(f"/v1/scenarios/{scenario}/difference")

    def appraise(self, request: AppraisalRequest) -> Workbook:
        return self._post("/v1/appraisals", request)

    def share(self, question: SharingRequest) -> Workbook:
        return self._post("/v1/sharing", question)

    def share_scenario(self, scenario: str, question: SharingQuestion) -> Workbook:
        return self._post(f"/v1/scenarios/{scenario}/sharing", question)

    def divide_game(self, game: GameRequest) -> Workbook:
        return self._post("/v1/games", game)

    def divide_claims(self, claims: ClaimsRequest) -> Workbook:
        return self._post("/v1/claims-rules", claims)

    def reproduce(self, scenario: str) -> Workbook:
        return self._post(f"/v1/scenarios/{scenario}/reproduce", {})

    def solve_programme(self, text: bytes, form: str, *, seconds: float = 60.0) -> Workbook:
        headers = ACCEPT | {"Content-Type": "text/plain"}
        params = {"form": form, "seconds": seconds}
        until = solve_deadline({"time_limit_seconds": seconds}, self._deadline_seconds)
        path = "/v1/programmes"
        found = self._service.file("POST", path, headers, content=text, params=params, deadline_seconds=until)
        return Workbook(found.content, found.headers.get("Concord-Outcome", ""))

    def _get(self, path: str, params: dict[str, str | None] | None = None) -> Workbook:
        found = self._service.file("GET", path, ACCEPT, params=params, deadline_seconds=self._deadline_seconds)
        return Workbook(found.content, found.headers.get("Concord-Outcome", ""))

    def _post(self, path: str, request: BaseModel | dict[str, Any], key: str | None = None) -> Workbook:
        asked = request if isinstance(request, dict) else request.model_dump(mode="json", exclude_none=True)
        headers = ACCEPT if key is None else ACCEPT | {"Idempotency-Key": key}
        deadline = solve_deadline(asked, 2 * self._deadline_seconds)
        found = self._service.file("POST", path, headers, asked, deadline_seconds=deadline)
        return Workbook(found.content, found.headers.get("Concord-Outcome", ""))
