"""Problems and answers in other forms: schema, workbook, CSV, MPS, LP; and plain linear programmes."""

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from concord_allocation.desk import Desk, the_desk
from concord_allocation.documents import books, sheets
from concord_allocation.documents.programme import NotAProgramme
from concord_allocation.documents.stated_programme import stated_problem
from concord_allocation.documents.text_forms import as_text
from concord_allocation.documents.written.draft import NotReadable
from concord_allocation.documents.written.lp import read_lp
from concord_allocation.documents.written.mps import read_mps
from concord_allocation.routes.examples import PROBLEM_EXAMPLES, SOLVE_EXAMPLES, TABLES_EXAMPLES
from concord_allocation.routes.readable import ScenarioId, scenario_read
from concord_allocation.routes.workbooks import AS_WORKBOOK, Form, about, file, workbook
from concord_contracts.allocation import Problem, SolveRequest
from concord_contracts.allocation.programme import ProblemTables, ProgrammeAnswer
from concord_contracts.allocation.schema import problem_schema
from concord_contracts.problems import Fault
from concord_kit import sheets as files
from concord_kit.calls import Call, allowed
from concord_kit.imports import PLAIN_FILE, file_body
from concord_kit.problems import Problem as Refused
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE, FaultySheetsError

router = Routes(prefix="/v1", tags=["problems"])

TEXT_TYPE = "text/plain"
PROGRAMMES = {
    "lp": "Maximize\n benefit: 3 x + 2 y\nSubject To\n money: x + y <= 4\nBounds\n x <= 3\nEnd\n",
    "mps": "NAME SMALL\nROWS\n N COST\n L MONEY\nCOLUMNS\n X COST -3 MONEY 1\n Y COST -2 MONEY 1\n"
    "RHS\n RHS MONEY 4\nENDATA\n",
}
"""By form."""


def _file(content: bytes | str, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _answers(*media_types: str) -> dict[int | str, Any]:
    return {200: {"description": "The file", "content": dict.fromkeys(media_types, PLAIN_FILE)}}


@router.get(
    "/problems/schema",
    summary="The JSON schema of a problem",
    description="Version `allocation-problem/1`: a document that holds to it is understood for as long as /v1 is.",
    response_model=dict[str, Any],
    responses=problem_responses(),
)
async def read_schema(call: Call = Depends(allowed("reference.read"))) -> Response:
    return JSONResponse(problem_schema())


@router.get(
    "/problems/form",
    summary="An empty workbook to write a problem in, with a sheet that explains every column",
    response_class=Response,
    responses={**_answers(EXCEL_TYPE), **problem_responses()},
)
async def read_form(call: Call = Depends(allowed("reference.read"))) -> Response:
    content = await to_thread.run_sync(lambda: books.problem_book({}))
    return _file(content, EXCEL_TYPE, "problem.xlsx")


@router.post(
    "/problems/from-workbook",
    summary="The problem that a workbook holds, one sheet a table",
    description="Every fault is named with its sheet, line and column. Nothing is stored.",
    response_model=Problem,
    responses=problem_responses("faulty-table", "busy"),
    openapi_extra=file_body("The workbook as it is", [EXCEL_TYPE], {}),
)
async def read_workbook(
    call: Call = Depends(allowed("problems.solve", files=[EXCEL_TYPE])), desk: Desk = Depends(the_desk)
) -> Response:
    upload = call.file()
    found = await desk.solver.work(lambda: sheets.from_sheets(files.read_upload(upload, None, partly=True)))
    return Response(found.model_dump_json(exclude_defaults=True), media_type="application/json")


@router.post(
    "/problems/from-tables",
    summary="The problem that a set of CSVs holds",
    description="The same tables as in a workbook, each the text of a CSV under its name. Nothing is stored.",
    response_model=Problem,
    responses=problem_responses("faulty-table", "busy"),
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": TABLES_EXAMPLES}}}},
)
async def read_tables(
    tables: ProblemTables, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
) -> Response:
    def read() -> Problem:
        found: list[files.Sheet] = []
        faults: list[files.SheetFault] = []
        for name, text in tables.tables.items():
            try:
                found += files.read(CSV_TYPE, text.encode(), name, partly=True)
            except FaultySheetsError as faulty:
                faults += faulty.faults
        if faults:
            raise FaultySheetsError(faults)
        return sheets.from_sheets(found)

    problem = await desk.solver.work(read)
    return Response(problem.model_dump_json(exclude_defaults=True), media_type="application/json")


class FormQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: Literal["xlsx", "mps", "lp"]


@router.post(
    "/problems/as-file",
    summary="A problem as a workbook, or as the linear programme that is solved, in MPS or LP format",
    description=(
        "The workbook can be changed and sent to `from-workbook`. MPS and LP hold the benefit stage in the solver's "
        "own scale; comments at the top lead back to pounds and benefit."
    ),
    response_class=Response,
    responses={**_answers(EXCEL_TYPE, TEXT_TYPE), **problem_responses("invalid-problem", "busy")},
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": PROBLEM_EXAMPLES}}}},
)
async def write_problem(
    problem: Problem,
    asked: Annotated[FormQuery, Query()],
    call: Call = Depends(allowed("problems.solve")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = asked.form
    if form == "xlsx":
        book = await desk.solver.work(lambda: books.problem_book(sheets.to_sheets(problem)))
        return _file(book, EXCEL_TYPE, "problem.xlsx")
    text = await desk.solver.work(lambda: as_text(problem, form))
    return _file(text, f"{TEXT_TYPE}; charset=utf-8", f"problem.{form}")


@router.post(
    "/solve/workbook",
    summary="As `/v1/solve` with `Accept` for Excel",
    response_class=Response,
    responses={**_answers(EXCEL_TYPE), **problem_responses("invalid-problem", "busy", "not-solved")},
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SOLVE_EXAMPLES}}}},
)
async def solve_to_workbook(
    question: SolveRequest, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
) -> Response:
    solved = await desk.solver.solve(
        question.problem, question="solve", limit_seconds=question.time_limit_seconds, prices=question.prices
    )
    told = about(call, question.problem.title)
    return file(await desk.solver.work(lambda: workbook(solved.outcome, told)), "answer")


@router.get(
    "/scenarios/{scenario}/workbook",
    summary="As the scenario itself with `Accept` for Excel",
    response_class=Response,
    responses={**_answers(EXCEL_TYPE), **problem_responses("not-found", "removed", "busy")},
)
async def read_scenario_workbook(
    scenario: ScenarioId, call: Call = Depends(allowed("scenarios.read")), desk: Desk = Depends(the_desk)
) -> Response:
    found = await call.read(lambda tx: scenario_read(tx, call, desk, scenario, None))
    told = about(call, found.title)
    return file(await desk.solver.work(lambda: workbook(found, told)), f"scenario-{scenario}")


class ProgrammeForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: Literal["mps", "lp"]
    title: Annotated[str, Query(min_length=1, max_length=200)] = "a programme"


@router.post(
    "/problems/from-programme",
    summary="A plain linear programme in MPS or LP format as a problem document",
    description=(
        "Variables become cases (0-1 ones: options), rows plain linear limits on them; benefit is the objective, which "
        "the title says. So it can be kept as a scenario and asked what problems are asked. General integers and "
        "semi-continuous variables are refused by name. Nothing is stored."
    ),
    response_model=Problem,
    responses=problem_responses("busy"),
    openapi_extra=file_body("The programme's text", [TEXT_TYPE], {TEXT_TYPE: PROGRAMMES}),
)
async def read_programme(
    asked: Annotated[ProgrammeForm, Query()],
    call: Call = Depends(allowed("problems.solve", files=[TEXT_TYPE])),
    desk: Desk = Depends(the_desk),
) -> Response:
    text = _text_of(call)
    read = read_mps if asked.form == "mps" else read_lp
    try:
        problem = await desk.solver.work(lambda: stated_problem(read(text), asked.title))
    except NotReadable as wrong:
        raise _unreadable(str(wrong)) from wrong
    return Response(problem.model_dump_json(exclude_defaults=True), media_type="application/json")


class ProgrammeQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    form: Literal["mps", "lp"]
    seconds: Annotated[float, Query(gt=0, le=600, description="time limit; the service's own is the most")] = 60.0


@router.post(
    "/programmes",
    summary="Solve a plain linear or integer programme in MPS or LP format",
    description=(
        "For a problem that is no allocation between payers: its optimum, activities and prices, and the largest miss "
        "recomputed. It is solved in a process of its own, within 2 GiB. Nothing is stored. By "
        "`Accept` as JSON or as a workbook."
    ),
    response_model=ProgrammeAnswer,
    responses={**AS_WORKBOOK, **problem_responses("not-acceptable", "busy", "not-solved")},
    openapi_extra=file_body("The programme's text", [TEXT_TYPE], {TEXT_TYPE: PROGRAMMES}),
)
async def solve_plain_programme(
    asked: Annotated[ProgrammeQuery, Query()],
    call: Call = Depends(allowed("problems.solve", files=[TEXT_TYPE])),
    desk: Desk = Depends(the_desk),
) -> Response:
    form, text = Form(call, desk), _text_of(call)
    try:
        found = await desk.solver.programme(text, asked.form, asked.seconds)
    except NotAProgramme as wrong:
        raise _unreadable(str(wrong)) from wrong
    return await form.of(call.reply(found), ProgrammeAnswer, lambda: about(call, "A plain programme"), "programme")


def _text_of(call: Call) -> str:
    try:
        return call.file().content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(f"is not UTF-8 at byte {error.start}") from None


def _unreadable(words: str) -> Refused:
    return Refused("invalid-request", errors=[Fault(pointer="", detail=f"the programme {words}", type="unreadable")])
