"""Problems and answers in other forms, over HTTP: there and back, every fault at its cell, totals added up again."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from concord_allocation.documents import sheets
from concord_allocation.documents.programme import NotAProgramme, solve_programme
from concord_allocation.documents.shape import tables
from concord_contracts.allocation import EXAMPLE_PROBLEM, Answer, Problem
from concord_contracts.allocation.schema import problem_schema
from concord_kit.sheets import EXCEL_TYPE, Line, Sheet
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import make_limit, make_problem
from services.allocation.tests.test_sharing import pool, production_game

PROBLEMS: list[dict[str, Any]] = [
    EXAMPLE_PROBLEM,
    make_problem(),
    pool()["problem"],
    production_game()["problem"],
    make_problem(
        names={"place": "A place", "lung": "Lung cancer"},
        pace_of_change=[
            {"key": "slow", "label": "slow", "max_up": 0.5, "source": "us", "select": {"stages": ["rich"]}}
        ],
        bars=[{"key": "bar", "payers": ["ccg"], "lines": {"lines": ["poor"]}, "reason": "a test; no more"}],
        limits=[make_limit("both", {"select": {"stages": ["rich", "poor"]}, "coefficient": 0.1}, {}, at_most=55.5)],
        objectives=["benefit", "uniqueness"],
    ),
]


def as_sheets(rows: sheets.Rows) -> list[Sheet]:
    return [
        Sheet(name, tuple(dict.fromkeys(c for row in lines for c in row)), tuple(map(Line, range(2, 10**6), lines)))
        for name, lines in rows.items()
    ]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_is_the_same_there_and_back(problem: dict[str, Any]) -> None:
    meant = Problem.model_validate(problem)
    assert sheets.from_sheets(as_sheets(sheets.to_sheets(meant))) == meant


def test_every_field_of_a_problem_has_a_column_or_a_sheet() -> None:
    spelt = {name.partition(".")[0] for table in tables().values() for name in (table.name, *table.columns)}
    assert set(Problem.model_fields) <= spelt


def test_a_workbook_is_written_changed_and_read_again(shared: Running) -> None:
    written = shared.http.post("/v1/problems/as-file?form=xlsx", json=EXAMPLE_PROBLEM, headers=shared.headers())
    assert written.status_code == 200, written.text
    book = openpyxl.load_workbook(BytesIO(written.content))
    head = [cell.value for cell in book["purses"][1]]
    book["purses"].cell(2, head.index("amount_gbp.2014-15") + 1, 710_000)
    changed = BytesIO()
    book.save(changed)
    told = shared.headers() | {"Content-Type": EXCEL_TYPE}
    read = shared.http.post("/v1/problems/from-workbook", content=changed.getvalue(), headers=told)
    assert read.status_code == 200, read.text
    wanted = Problem.model_validate(EXAMPLE_PROBLEM)
    wanted.purses[0].amount_gbp["2014-15"] = 710_000
    assert Problem.model_validate(read.json()) == wanted


def test_the_empty_form_names_every_sheet_and_explains_it(shared: Running) -> None:
    form = openpyxl.load_workbook(BytesIO(shared.http.get("/v1/problems/form").content))
    assert set(form.sheetnames) == {*tables(), "Read me"}
    explained = {cell.value for cell in form["Read me"]["B"]}
    assert {"amount_gbp", "scope.stages", "of"} <= explained


def test_the_schema_is_that_of_the_contract(shared: Running) -> None:
    assert shared.http.get("/v1/problems/schema").json() == problem_schema()


def from_tables(running: Running, **changed: str) -> dict[str, Any]:
    texts = {
        "problem": "title,base_year\nTiny,2014-15\n",
        "years": "key\n2014-15\n",
        "payers": "key,name\nccg,The CCG\n",
        "purses": "key,name,owner,amount_gbp.2014-15,provenance.basis,provenance.note\n"
        "money,Money,ccg,1000,assumption,a test\n",
        "lines": "key,place,pathway,stage,population_basis,statutory_payer,citation,provenance.basis,provenance.note\n"
        "imaging,here,lung,imaging,registered,ccg,the Act,assumption,a test\n",
    } | changed
    answer = running.post("/v1/problems/from-tables", {"tables": texts})
    found: dict[str, Any] = answer.json() | {"status_code": answer.status_code}
    return found


def test_a_form_is_filled_in_where_it_matters_and_left_empty_elsewhere(shared: Running) -> None:
    form = openpyxl.load_workbook(BytesIO(shared.http.get("/v1/problems/form").content))
    rows = sheets.to_sheets(Problem.model_validate(EXAMPLE_PROBLEM))
    for name, lines in rows.items():
        head = [cell.value for cell in form[name][1]]
        for column in {column for line in lines for column in line} - set(head):
            form[name].cell(1, len(head) + 1, column)
            head.append(column)
        for line in lines:
            form[name].append([line.get(column) for column in head])
    form.create_sheet("my notes")
    sent = BytesIO()
    form.save(sent)
    told = shared.headers() | {"Content-Type": EXCEL_TYPE}
    read = shared.http.post("/v1/problems/from-workbook", content=sent.getvalue(), headers=told)
    assert read.status_code == 200, read.text
    assert Problem.model_validate(read.json()) == Problem.model_validate(EXAMPLE_PROBLEM)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ('"7,00,000"', "is not a whole number"),
        ("700_000", "is not a whole number"),
        ('"£1,000"', "without the sign of the currency"),
        ('"1000,50"', "write it with a decimal point"),
        ("35%", "write it as a share"),
    ],
)
def test_a_number_written_otherwise_is_not_guessed(shared: Running, amount: str, words: str) -> None:
    """A decimal comma was taken for one between thousands: ten or a hundred times as much."""
    head = "key,name,owner,amount_gbp.2014-15,provenance.basis,provenance.note\n"
    found = from_tables(shared, purses=f"{head}money,Money,ccg,{amount},assumption,a test\n")
    assert (found["status_code"], words in found["errors"][0]["detail"]) == (422, True), found
    taken = from_tables(shared, purses=f'{head}money,Money,ccg,"1,000",assumption,a test\n')
    assert taken["purses"][0]["amount_gbp"] == {"2014-15": 1000}


def test_columns_that_a_spreadsheet_adds_are_no_fault_and_semicolons_are_told(shared: Running) -> None:
    assert from_tables(shared, payers="key,name,,\nccg,The CCG,,\n,,,\n")["status_code"] == 200
    found = from_tables(shared, payers="key;name\nccg;The CCG\n")
    assert "not by semicolons" in found["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("changed", "pointer", "words"),
    [
        ({"purses": "key,name\nmoney,Money\n"}, "/purses/2/owner", "required"),
        ({"years": "key,cost\n2014-15,1\n"}, "/years/1/cost", "'cost_index'"),
        ({"yeers": "key\n2014-15\n"}, "/yeers", "'years'"),
        ({"lines.modes": "of,key,name,unit_cost_gbp\nimagin,ct,CT,9\n"}, "/lines.modes/2/of", "'imaging'"),
        ({"lines.modes": "key,name\nct,CT\n"}, "/lines.modes/2/of", "missing"),
        ({"years": "key,cost_index\n2014-15,dear\n"}, "/years/2/cost_index", "'dear' is not a number"),
        ({"problem": "title,base_year\nA,2014-15\nB,2014-15\n"}, "/problem/3", "one line"),
        (
            {"lines.reference": "of,purse,gbp\nimaging,nobodys,5\n"},
            "/lines.reference/2/purse",
            "nobodys",
        ),
        ({"names": "key,value\nlung,Lung\nlung,Lungs\n"}, "/names/3/key", "twice"),
    ],
)
def test_a_fault_is_told_at_its_cell(shared: Running, changed: dict[str, str], pointer: str, words: str) -> None:
    answer = from_tables(shared, **changed)
    assert answer["status_code"] == 422
    assert answer["type"].endswith("faulty-table")
    (detail,) = [error["detail"] for error in answer["errors"] if error["pointer"] == pointer] or [answer["errors"]]
    assert words in detail


def test_faults_of_several_tables_are_named_at_once(shared: Running) -> None:
    answer = from_tables(shared, yeers="key\nx\n", payers="key,name,colour\nccg,The CCG,red\n")
    assert {error["pointer"] for error in answer["errors"]} == {"/yeers", "/payers/1/colour"}


def test_the_problem_of_the_documentation_is_answered_as_it_says(shared: Running) -> None:
    page = (Path(__file__).parents[3] / "docs" / "problem.md").read_text(encoding="utf-8")
    problem = json.loads(page.partition("```json")[2].partition("```")[0])
    answer = Answer.model_validate(shared.post("/v1/solve", {"problem": problem}).json())
    assert {row.line: row.gbp for row in answer.lines} == {"imaging": 700, "nurses": 300}
    assert answer.totals.benefit == pytest.approx(1.55)


def test_a_problem_from_tables_is_solved(shared: Running) -> None:
    problem = from_tables(shared)
    problem.pop("status_code")
    answer = shared.post("/v1/solve", {"problem": problem})
    assert answer.json()["outcome"] == "plan"


@pytest.mark.parametrize("form", ["mps", "lp"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_text_forms_have_the_optimum_of_the_plan(shared: Running, problem: dict[str, Any], form: str) -> None:
    text = shared.post(f"/v1/problems/as-file?form={form}", problem).text
    factor = float(re.search(r"-objective x ([-+.\de]+)", text)[1])  # type: ignore[index]
    found = solve_programme(text, "mps" if form == "mps" else "lp", limit_seconds=30)
    assert found.objective is not None
    plan = shared.post("/v1/solve", {"problem": problem, "prices": False}).json()
    (benefit,) = [one["value"] for one in plan["objectives"] if one["objective"] == "benefit"]
    assert -found.objective * factor == pytest.approx(benefit, rel=1e-9)


STEEL = """NAME steel
* AMPL, 2nd edition, figure 3-1b: steel from three mills to seven factories, least cost
ROWS
 N cost
{rows}
COLUMNS
{columns}
RHS
{rhs}
ENDATA
"""
SUPPLY = {"GARY": 1400, "CLEV": 2600, "PITT": 2900}
DEMAND = {"FRA": 900, "DET": 1200, "LAN": 600, "WIN": 400, "STL": 1700, "FRE": 1100, "LAF": 1000}
COST = {
    "GARY": (39, 14, 11, 14, 16, 82, 8),
    "CLEV": (27, 9, 12, 9, 26, 95, 17),
    "PITT": (24, 14, 17, 13, 28, 99, 20),
}


def steel() -> str:
    rows = [f" L {mill}" for mill in SUPPLY] + [f" G {town}" for town in DEMAND]
    columns = [
        f" {mill}{town} cost {cost} {mill} 1\n {mill}{town} {town} 1"
        for mill, costs in COST.items()
        for town, cost in zip(DEMAND, costs, strict=True)
    ]
    rhs = [f" r {name} {amount}" for name, amount in (SUPPLY | DEMAND).items()]
    return STEEL.format(rows="\n".join(rows), columns="\n".join(columns), rhs="\n".join(rhs))


def test_a_published_programme_in_mps_is_solved(shared: Running) -> None:
    """The AMPL book's transport problem costs 196,200 at least (chapter 3)."""
    told = shared.headers() | {"Content-Type": "text/plain"}
    answer = shared.http.post("/v1/programmes?form=mps", content=steel(), headers=told)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["status"], found["sense"], found["integer"]) == ("optimal", "min", False)
    assert found["objective"] == pytest.approx(196_200)
    assert found["worst_violation"] <= 1e-6
    assert len(found["variables"]) == 21


LP_SMALL = "Minimize\n obj: x\nSubject To\n c: x >= 1\nEnd\n"
LP = "Maximize\n obj: 3 x + 2 y\nSubject To\n c: x + y <= 4\n d: x {sign} 3\n{end}End\n"


@pytest.mark.parametrize(
    ("text", "status", "objective"),
    [
        (LP.format(sign="<=", end=""), "optimal", 11),
        (LP.format(sign="<=", end="General\n x\n y\n"), "optimal", 11),
        (LP.format(sign=">=", end="Bounds\n x >= 5\n"), "infeasible", None),
        ("Maximize\n obj: x\nSubject To\n c: x >= 1\nEnd\n", "unbounded", None),
    ],
)
def test_every_end_of_a_programme_is_said(text: str, status: str, objective: float | None) -> None:
    found = solve_programme(text, "lp", limit_seconds=30)
    assert (found.status, found.objective) == (status, objective)


def test_prices_are_changes_of_the_objective_in_its_own_sense() -> None:
    text = LP.format(sign="<=", end="")
    prices = {row.name: row.price for row in solve_programme(text, "lp", limit_seconds=30).rows}
    more = solve_programme(text.replace("<= 4", "<= 5"), "lp", limit_seconds=30)
    assert more.objective == 13
    assert prices == pytest.approx({"c": 2, "d": 1})


def test_a_quadratic_programme_is_not_taken_for_a_linear_one() -> None:
    text = "Minimize\n obj: x + [ x^2 ] / 2\nSubject To\n c: x >= 1\nEnd\n"
    with pytest.raises(NotAProgramme, match="quadratic"):
        solve_programme(text, "lp", limit_seconds=30)


def test_a_programme_has_no_more_time_than_any_question(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(
        "concord_allocation.solving.solve_programme",
        lambda *_, limit_seconds: asked.append(limit_seconds) or solve_programme(LP_SMALL, "lp", limit_seconds=5),
    )
    told = shared.headers() | {"Content-Type": "text/plain"}
    assert shared.http.post("/v1/programmes?form=lp&seconds=600", content=LP_SMALL, headers=told).status_code == 200
    assert asked == [60]


@pytest.mark.parametrize("text", ["hello", "NAME\nROWS\n N z\nENDATA\n"])
def test_what_is_no_programme_is_refused(shared: Running, text: str) -> None:
    with pytest.raises(NotAProgramme):
        solve_programme(text, "mps", limit_seconds=30)
    told = shared.headers() | {"Content-Type": "text/plain"}
    answer = shared.http.post("/v1/programmes?form=mps", content=text, headers=told)
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (422, "unreadable")


def test_a_programme_that_needs_too_much_memory_ends_one_request_alone(
    shared: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concord_allocation.documents.programme.COMMAND_MEMORY", "20000000")
    told = shared.headers() | {"Content-Type": "text/plain"}
    answer = shared.http.post("/v1/programmes?form=mps", content=steel(), headers=told)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2].rpartition("/")[2]) == (500, "not-solved")
    assert shared.http.get("/health/live").status_code == 200
