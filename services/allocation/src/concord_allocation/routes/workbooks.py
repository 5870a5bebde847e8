"""Any answer as a workbook: the same address, asked with `Accept` for Excel."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from concord_allocation.desk import Desk
from concord_allocation.documents.workbook.kinds import book_of, the_outcome
from concord_allocation.documents.workbook.sheets import About
from concord_allocation.documents.writing import written
from concord_allocation.scenarios import outcome_of
from concord_allocation.store.scenarios import StoredScenario
from concord_contracts.allocation import Answer
from concord_kit.calls import Call
from concord_kit.representation import JSON_TYPE, chosen
from concord_kit.sheets import EXCEL_TYPE

FORMS = (JSON_TYPE, EXCEL_TYPE)
KEPT = ("location", "idempotent-replayed")
"""Headers of an answer that its workbook has too."""
OUTCOME = "Concord-Outcome"
"""Header of a workbook: `refusal` where no plan keeps every limit."""

AS_WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {EXCEL_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
}
"""What a route adds to its responses, beside `not-acceptable`."""

CREATED_AS_WORKBOOK: dict[int | str, dict[str, Any]] = {201: AS_WORKBOOK[200]}


def about(
    call: Call, title: str, scenario: StoredScenario | None = None, before: StoredScenario | None = None
) -> About:
    """What the sheets say of an answer: of a stored scenario, or of a problem that came with the question.

    `before`: the scenario that it is compared with.
    """
    service = f"concord allocation {call.request.app.version}"
    if scenario is None:
        return About(title, service)
    row, outcome = scenario.row, outcome_of(scenario)
    return About(
        title,
        service,
        as_of=row.as_of.isoformat(),
        known_at=row.known_at.isoformat(),
        answer_digest=row.answer_digest,
        problem_digest=row.problem_digest,
        against=before.row.answer_digest if before else None,
        benefit_unit=outcome.totals.benefit_unit if isinstance(outcome, Answer) else None,
    )


class Form:
    """The form that a call asks its answer in. Made before any work: a form that there is not is refused (406)."""

    def __init__(self, call: Call, desk: Desk) -> None:
        self._wanted = chosen(call.request.headers.get("accept"), FORMS)
        self._desk = desk

    async def of(self, response: Response, model: Any, told: Callable[[], About], name: str = "answer") -> Response:
        """A JSON response, or what is in it as a workbook, with its status. `model`: what its body is.

        A 304 stays as it is.
        """
        if self._wanted == JSON_TYPE or not response.body:
            response.headers["Vary"] = "Accept"
            return response
        body = bytes(response.body)

        def write() -> Response:
            answer = TypeAdapter(model).validate_json(body)
            kept = {key: response.headers[key] for key in KEPT if key in response.headers}
            kept |= {OUTCOME: getattr(the_outcome(answer), "outcome", "answer")}
            return file(workbook(answer, told()), name, status=response.status_code, headers=kept)

        return await self._desk.solver.work(write)


def workbook(answer: BaseModel, told: About) -> bytes:
    """An answer of any kind as an Excel file. Raises TooLargeForAWorkbookError."""
    return written(book_of(answer, told).pages)


def file(content: bytes, name: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A workbook to be saved."""
    saved = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Vary": "Accept"}
    return Response(content, status_code=status, media_type=EXCEL_TYPE, headers=saved | (headers or {}))
