"""Wrong and hostile input to every route gets a problem document that names each fault; nothing is stored."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.conftest import Running, Served, prepare, run, scenario_request
from tests.support.signing import Signing

MISSING = "01a2083e-0201-7365-8f29-103cd6f32145"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, served: Served) -> Iterator[Running]:
    """One service for the whole module: refused input changes nothing."""
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:///{folder}/allocation.db"
    prepare(url)
    with run(url, Signing(folder), served) as started:
        yield started


def example(change: Callable[[dict[str, Any]], object] | None = None) -> dict[str, Any]:
    problem = copy.deepcopy(EXAMPLE_PROBLEM)
    if change is not None:
        change(problem)
    return problem


def refused(answer: httpx.Response, status: int, slug: str) -> list[str]:
    """The pointers and parameters that the refusal names."""
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["type"] == f"urn:concord:problem:{slug}"
    assert "Traceback" not in answer.text
    return [fault.get("pointer") or fault.get("parameter") or "" for fault in document.get("errors", [])]


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], object]:
    def change(problem: dict[str, Any]) -> None:
        inner: Any = problem
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


MALFORMED_PROBLEMS = [
    (put("purses", 0, "amount_gbp", "2014-15", value=-1), "/purses/0/amount_gbp/2014-15"),
    (put("purses", 0, "amount_gbp", "2014-15", value=1e300), "/purses/0/amount_gbp/2014-15"),
    (put("purses", 0, "amount_gbp", "2014-15", value="much"), "/purses/0/amount_gbp/2014-15"),
    (put("discount_rate", value=92.36), "/discount_rate"),
    (put("years", 0, "key", value="2014-16"), "/years/0/key"),
    (put("curves", 0, "segments", 0, "slope", value=-1), "/curves/0/segments/0/slope"),
    (put("limits", 0, "at_least", value=1e300), "/limits/0/at_least"),
    (put("lines", 0, "provenance", value={"basis": "assumption"}), "/lines/0/provenance"),
    (put("surprise", value=1), "/surprise"),
    (put("title", value=""), "/title"),
    (put("payers", value=[]), "/payers"),
    (put("lines", 0, "key", value="x" * 500), "/lines/0/key"),
]


@pytest.mark.parametrize(("change", "pointer"), MALFORMED_PROBLEMS, ids=[pointer for _, pointer in MALFORMED_PROBLEMS])
def test_a_malformed_problem(service: Running, change: Callable[[dict[str, Any]], object], pointer: str) -> None:
    answer = service.post("/v1/solve", {"problem": example(change)})
    assert f"/problem{pointer}" in refused(answer, 422, "invalid-request")
    assert pointer in refused(service.post("/v1/problems/check", example(change)), 422, "invalid-request")


CONTRADICTIONS = [
    (put("lines", 0, "statutory_payer", value="ods:NOBODY"), "/lines/0/statutory_payer"),
    (put("purses", 0, "owner", value="ods:NOBODY"), "/purses/0/owner"),
    (put("purses", 0, "key", value="la-E08000009.public-health"), "/purses/1/key"),
    (put("years", value=[{"key": "2015-16"}, {"key": "2014-15"}]), "/years/1/key"),
    (put("curves", 0, "segments", 1, "slope", value=0.5), "/curves/0/segments/1/slope"),
    (put("lines", 0, "curve", value="no-such-curve"), "/lines/0/curve"),
    (put("limits", 0, "terms", 0, "select", value={"stages": ["no-such-stage"]}), "/limits/0/terms/0/select/stages/0"),
]


@pytest.mark.parametrize(("change", "pointer"), CONTRADICTIONS, ids=[pointer for _, pointer in CONTRADICTIONS])
def test_a_contradictory_problem(service: Running, change: Callable[[dict[str, Any]], object], pointer: str) -> None:
    solved = service.post("/v1/solve", {"problem": example(change)})
    assert f"/problem{pointer}" in refused(solved, 422, "invalid-problem")
    checked = service.post("/v1/problems/check", example(change))
    assert pointer in refused(checked, 422, "invalid-problem")


def test_every_fault_of_a_problem_is_named_at_once(service: Running) -> None:
    def break_much(problem: dict[str, Any]) -> None:
        problem["purses"][0]["owner"] = "ods:NOBODY"
        problem["lines"][1]["curve"] = "no-such-curve"
        problem["limits"][0]["terms"][0]["select"] = {"places": ["no-such-place"]}

    named = refused(service.post("/v1/problems/check", example(break_much)), 422, "invalid-problem")
    assert {"/purses/0/owner", "/lines/1/curve", "/limits/0/terms/0/select/places/0"} <= set(named)


def test_a_budget_below_its_floors_is_an_answer(service: Running) -> None:
    answer = service.post("/v1/solve", {"problem": example(put("purses", 0, "amount_gbp", "2014-15", value=1000))})
    assert answer.status_code == 200
    refusal = answer.json()
    assert refusal["status"] == "infeasible"
    assert "work-ups" in {member["limit"] for member in refusal["conflict"]}
    assert refusal["relaxation"]


def test_a_good_problem_is_checked_and_solved(service: Running) -> None:
    checked = service.post("/v1/problems/check", example()).json()
    solved = service.post("/v1/solve", {"problem": example(), "prices": False})
    assert solved.status_code == 200
    assert checked["problem_digest"] == solved.json()["problem_digest"]
    assert (checked["years"], checked["lines"], checked["purses"]) == (1, 2, 2)


def test_an_answer_that_ran_into_its_time_limit_says_so(service: Running) -> None:
    answer = service.post("/v1/solve", {"problem": example(), "time_limit_seconds": 1e-9})
    assert answer.status_code == 200
    assert answer.json()["status"] == "feasible_not_proven"
    assert not any(objective["proven"] for objective in answer.json()["objectives"])


RAW = [
    (b"{", 400, "malformed-request"),
    (b"\xff\xfe", 400, "malformed-request"),
    (b'{"problem": NaN}', 400, "malformed-request"),
    (b'{"problem": Infinity}', 400, "malformed-request"),
    (b'{"a": 1, "a": 2}', 400, "malformed-request"),
    (b"[" * 100_000, 400, "malformed-request"),
    (b"[]", 422, "invalid-request"),
    (b"null", 422, "invalid-request"),
]
POSTS = ["/v1/solve", "/v1/what-if", "/v1/problems/check", "/v1/scenarios", f"/v1/scenarios/{MISSING}/what-if"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(("raw", "status", "slug"), RAW, ids=[str(raw[:12]) for raw, _, _ in RAW])
def test_bodies_that_are_no_request(service: Running, path: str, raw: bytes, status: int, slug: str) -> None:
    headers = service.headers() | {"Content-Type": "application/json"}
    refused(service.http.post(path, content=raw, headers=headers), status, slug)


@pytest.mark.parametrize("path", POSTS)
def test_a_body_of_ten_megabytes(service: Running, path: str) -> None:
    body = b'{"title": "' + b"x" * 10_000_000 + b'"}'
    headers = service.headers() | {"Content-Type": "application/json"}
    refused(service.http.post(path, content=body, headers=headers), 413, "too-large")


@pytest.mark.parametrize("path", POSTS)
def test_another_media_type(service: Running, path: str) -> None:
    headers = service.headers() | {"Content-Type": "text/csv"}
    refused(service.http.post(path, content=b"a,b", headers=headers), 415, "unsupported-media-type")


def test_a_body_without_the_key_of_one_that_creates(service: Running) -> None:
    headers = service.headers()
    del headers["Idempotency-Key"]
    refused(
        service.http.post("/v1/scenarios", json=scenario_request(), headers=headers), 400, "idempotency-key-required"
    )


BAD_SCENARIOS = [
    ({"years": ["2015-16", "2014-15"]}, ""),
    ({"years": ["2014-15", "2014-15"]}, ""),
    ({"years": ["2014"]}, "/years/0"),
    ({"years": ["9999-00"]}, "/years/0"),
    ({"years": ["0000-01"]}, "/years/0"),
    ({"years": []}, "/years"),
    ({"places": []}, "/places"),
    ({"places": ["no such place"]}, "/places/0"),
    ({"price_basis": "dear"}, "/price_basis"),
    ({"discount_rate": 3.5}, "/discount_rate"),
    ({"discount_rate": -0.1}, "/discount_rate"),
    ({"known_at": "2014-01-01T00:00:00"}, "/known_at"),
    ({"as_of": "1 April"}, "/as_of"),
    ({"as_of": "1389744000"}, "/as_of"),
    ({"as_of": 1389744000}, "/as_of"),
    ({"as_of": "0001-01-01"}, "/as_of"),
    ({"known_at": "0001-01-01T00:00:00+14:00"}, "/known_at"),
    ({"known_at": "9999-12-31T23:59:59-14:00"}, "/known_at"),
    ({"time_limit_seconds": 0}, "/time_limit_seconds"),
    ({"eligibility": "everybody"}, "/eligibility"),
]


@pytest.mark.parametrize(("changed", "pointer"), BAD_SCENARIOS, ids=[str(changed) for changed, _ in BAD_SCENARIOS])
def test_a_malformed_scenario_request(service: Running, changed: dict[str, Any], pointer: str) -> None:
    assert pointer in refused(service.post("/v1/scenarios", scenario_request(**changed)), 422, "invalid-request")


UNKNOWN_PAYER = {"select": {"payers": ["ods:NOBODY"]}}
UNANSWERABLE = [
    ({"pathways": ["gout"], "places": ["nowhere", "neither"]}, {"/pathways/0", "/places/0", "/places/1"}),
    ({"years": ["2019-20", "2020-21"]}, {"/years/0", "/years/1"}),
    ({"without": ["no-rule"]}, {"/without/0"}),
    (
        {"limits": [{"key": "x", "label": "x", "terms": [UNKNOWN_PAYER], "at_least": 1, "source": "x"}]},
        {"/limits/0/terms/0/select/payers/0"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "named"), UNANSWERABLE, ids=["names", "years", "rules", "limits"])
def test_a_question_about_what_nobody_knows(service: Running, changed: dict[str, Any], named: set[str]) -> None:
    pointers = refused(service.post("/v1/scenarios", scenario_request(**changed)), 422, "invalid-problem")
    assert set(pointers) == named


def test_a_moment_before_anything_was_loaded(service: Running) -> None:
    asked = scenario_request(known_at="2001-01-01T00:00:00Z")
    refused(service.post("/v1/scenarios", asked), 409, "nothing-loaded")


BAD_CHANGES = [
    ([], "invalid-request"),
    ([{"kind": "wish"}], "invalid-request"),
    ([{"kind": "scale_purse", "select": {}, "factor": -1}], "invalid-request"),
    ([{"kind": "scale_purse", "select": {"purses": ["no-such-purse"]}, "factor": 1}], "invalid-problem"),
    ([{"kind": "remove_limit", "limit": "no-such-limit"}], "invalid-problem"),
    ([{"kind": "add_money", "select": {"kinds": ["general"]}, "gbp": -(10**11)}], "invalid-problem"),
]


@pytest.mark.parametrize(("changes", "slug"), BAD_CHANGES, ids=[str(changes) for changes, _ in BAD_CHANGES])
def test_changes_that_make_no_sense(service: Running, changes: list[dict[str, Any]], slug: str) -> None:
    base = service.scenario()
    answer = service.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": changes})
    assert any("changes" in pointer for pointer in refused(answer, 422, slug)), answer.text


NEW_LIMIT = {"key": "n", "label": "n", "at_least": 1, "source": "test"}
BLAMED = [
    (
        [{"kind": "scale_purse", "select": {"kinds": ["general"]}, "factor": 100}] * 5,
        ["/changes/3"],
    ),
    (
        [
            {"kind": "price_shock", "select": {"stages": ["surgery"]}, "factor": 1.1},
            {"kind": "add_limit", "limit": {**NEW_LIMIT, "terms": [{"select": {"stages": ["nowhere", "neither"]}}]}},
        ],
        ["/changes/1/limit/terms/0/select/stages/0", "/changes/1/limit/terms/0/select/stages/1"],
    ),
]


@pytest.mark.parametrize(("changes", "pointers"), BLAMED, ids=["out of range", "unknown stages"])
def test_the_change_that_breaks_the_problem_is_the_one_named(
    service: Running, changes: list[dict[str, Any]], pointers: list[str]
) -> None:
    base = service.scenario()
    answer = service.post(f"/v1/scenarios/{base['id']}/what-if", {"changes": changes})
    assert refused(answer, 422, "invalid-problem") == pointers


BAD_QUERIES = [
    "/v1/scenarios?known_at=0001-01-01T00:00:00%2B14:00",
    "/v1/reference/figures?known_at=9999-12-31T23:59:59-14:00",
    "/v1/reference/figures?tabel=lines",
    "/v1/reference/figures?as_of=1389744000",
    "/v1/scenarios?as_of=2014-01-15",
    "/v1/changes?zzz=1",
    f"/v1/scenarios/{MISSING}?zzz=1",
    f"/v1/scenarios/{MISSING}/problem?zzz=1",
    f"/v1/scenarios/{MISSING}/difference?zzz=1",
    "/v1/scenarios?limit=0",
    "/v1/scenarios?limit=100000",
    "/v1/scenarios?known_at=yesterday",
    "/v1/reference/figures?limit=-1",
    "/v1/reference/figures?as_of=31-31-2014",
    "/v1/reference/sources?known_at=x",
    "/v1/reference/figures?known_at=0.0",
    "/v1/scenarios?known_at=1389744000",
    "/v1/reference/lists?known_at=0.0",
    "/v1/reference/lists/body_kinds?known_at=0.0",
    "/v1/reference/what-ifs?as_of=never",
    "/v1/scenarios/not-an-id",
    "/v1/scenarios/not-an-id/problem",
    "/v1/scenarios/not-an-id/difference",
]


@pytest.mark.parametrize("path", BAD_QUERIES)
def test_queries_that_are_none(service: Running, path: str) -> None:
    role = "auditor" if path.startswith("/v1/changes") else "commissioner"
    assert refused(service.get(path, role=role), 422, "invalid-request")


@pytest.mark.parametrize("path", ["/v1/scenarios", "/v1/reference/figures", "/v1/reference/sources"])
def test_a_cursor_that_is_not_ours(service: Running, path: str) -> None:
    forged = (["a"], [10**300], [-1], ["2014-01-01T00:00:00+00:00", 10**300], ["yesterday", 0], [None], {})
    coded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in forged]
    for cursor in ("x", "bnVsbA", "WyJhIl0", *coded):
        refused(service.get(f"{path}?cursor={cursor}"), 400, "bad-cursor")


@pytest.mark.parametrize("path", ["/v1/scenarios", "/v1/reference/figures", "/v1/reference/what-ifs"])
def test_the_future_is_not_known(service: Running, path: str) -> None:
    refused(service.get(f"{path}?known_at=2999-01-01T00:00:00Z"), 422, "known-at-too-late")


def test_a_scenario_of_what_will_be_known(service: Running) -> None:
    asked = scenario_request(known_at="2050-01-01T00:00:00Z")
    refused(service.post("/v1/scenarios", asked), 422, "known-at-too-late")


def test_nothing_refused_was_stored(service: Running) -> None:
    before = len(service.get("/v1/scenarios?limit=1000").json()["items"])
    service.post("/v1/scenarios", scenario_request(places=["nowhere"]))
    service.post("/v1/scenarios", scenario_request(years=["2019-20"]))
    assert len(service.get("/v1/scenarios?limit=1000").json()["items"]) == before


def test_deeply_nested_json(service: Running) -> None:
    body = json.dumps({"problem": None})[:-5] + "[" * 2000 + "]" * 2000 + "}"
    headers = service.headers() | {"Content-Type": "application/json"}
    assert service.http.post("/v1/solve", content=body, headers=headers).status_code in (400, 422)
