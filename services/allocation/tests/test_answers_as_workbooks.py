"""Answers asked for as workbooks, over HTTP: `Accept` on the address of every answer."""

import httpx
import pytest

from concord_allocation.documents.workbook import sheets
from concord_contracts.allocation import EXAMPLE_PROBLEM, Answer
from concord_kit.sheets import EXCEL_TYPE
from services.allocation.tests.conftest import Running, scenario_request
from services.allocation.tests.core.problems import make_limit, make_problem
from services.allocation.tests.reckoning import Reckoned
from services.allocation.tests.test_scenarios_api import CUT


def read_back(answer: httpx.Response) -> Reckoned:
    assert answer.headers["content-type"] == EXCEL_TYPE, answer.text
    assert answer.headers["vary"] == "Accept"
    return Reckoned(answer.content)


def test_a_scenarios_workbook_adds_up_to_what_was_answered(shared: Running) -> None:
    made = shared.scenario()
    book = read_back(shared.get(f"/v1/scenarios/{made['id']}", Accept=EXCEL_TYPE))
    answer = Answer.model_validate(made["outcome"])
    assert all(book.columns("Checks", "agrees"))
    assert book.columns("By payer", "gbp")[-1] == answer.totals.spend_gbp
    assert len(book.columns("Payments", "gbp")) == len(answer.cells) + 1
    summary = {name: value for name, value, *_ in book.rows("Summary")}
    assert summary["title"] == made["title"]
    assert summary["as of"] == made["as_of"]
    assert summary["freshness.edition"] == made["freshness"]["edition"]
    other = read_back(shared.get(f"/v1/scenarios/{made['id']}/workbook"))
    assert {name: other.rows(name) for name in other.book.sheetnames} == {
        name: book.rows(name) for name in book.book.sheetnames
    }
    stranger = shared.get(f"/v1/scenarios/{made['id']}", body="ods:99Z", sub="another", Accept=EXCEL_TYPE)
    assert stranger.status_code == 404


def test_a_what_if_is_asked_once_and_read_in_both_forms(shared: Running) -> None:
    base = shared.scenario()
    path, asked = f"/v1/scenarios/{base['id']}/what-if", {"changes": [CUT]}
    headers = shared.headers()
    made = shared.http.post(path, json=asked, headers=headers)
    again = shared.http.post(path, json=asked, headers=headers | {"Accept": EXCEL_TYPE})
    assert again.status_code == made.status_code == 201
    assert again.headers["location"] == made.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    book, found = read_back(again), made.json()
    assert all(book.columns("Checks", "agrees"))
    assert book.columns("Change by payer", "change_gbp")[-1] == found["difference"]["spend_change_gbp"]
    assert book.columns("Changes", "kind") == ["scale_purse"]
    child = found["scenario"]["id"]
    for address in (f"/v1/scenarios/{base['id']}/compare/{child}", f"/v1/scenarios/{child}/difference"):
        compared = read_back(shared.get(address, Accept=EXCEL_TYPE))
        assert compared.columns("Change by payer", "change_gbp") == book.columns("Change by payer", "change_gbp")
        assert base["outcome"]["digest"] in compared.value("Summary", 2, 1)


def test_a_what_if_that_is_refused_has_what_was_changed_beside_what_is_proposed(shared: Running) -> None:
    base = shared.scenario()
    much = {"kind": "add_limit", "limit": make_limit("much", {}, at_least=10**9)}
    asked = {"changes": [much]}
    answer = shared.post(f"/v1/scenarios/{base['id']}/what-if", asked, Accept=EXCEL_TYPE)
    assert (answer.status_code, answer.headers["concord-outcome"]) == (201, "refusal")
    book = read_back(answer)
    assert book.columns("Changes", "kind") == ["add_limit"]
    assert book.columns("Changes proposed", "kind") == ["loosen"]


def test_questions_and_shares_come_as_workbooks(shared: Running) -> None:
    told = {"Accept": EXCEL_TYPE}
    problem = {"problem": EXAMPLE_PROBLEM}
    found = shared.post("/v1/questions/alternatives", problem | {"directions": [{"measure": "money"}]}, **told)
    assert found.headers["concord-outcome"] == "answer"
    assert read_back(found).columns("Directions", "unit") == ["GBP"]
    shares = read_back(shared.post("/v1/sharing", problem | {"gains": False, "realise": False}, **told))
    assert all(shares.columns("Checks", "agrees"))
    claims = read_back(shared.post("/v1/claims-rules", {"estate": 200, "claims": {"a": 100, "b": 300}}, **told))
    assert claims.columns("Awards", "claimant") == ["a", "b", "total"]
    refused = {"problem": make_problem(limits=[make_limit("too-much", {}, at_least=1000)])}
    for path in ("/v1/solve", "/v1/questions/ranges", "/v1/sharing"):
        refusal = shared.post(path, refused, **told)
        assert refusal.headers["concord-outcome"] == "refusal"
        assert any("limit too-much" in str(one) for one in read_back(refusal).everything)


def test_a_form_that_there_is_not_is_refused_before_anything_is_done(alone: Running) -> None:
    answer = alone.post("/v1/scenarios", scenario_request(), Accept="text/csv")
    assert answer.status_code == 406
    assert answer.json()["type"].endswith("not-acceptable")
    assert not alone.get("/v1/scenarios").json()["items"]
    assert alone.post("/v1/solve", {"problem": EXAMPLE_PROBLEM}, Accept="text/*;q=0.5, */*;q=0.1").status_code == 200


def test_a_workbook_that_would_be_too_large_is_refused(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 10)
    answer = shared.post("/v1/solve", {"problem": EXAMPLE_PROBLEM}, Accept=EXCEL_TYPE)
    assert answer.status_code == 406
    assert "more than 10 cells" in answer.json()["detail"]
