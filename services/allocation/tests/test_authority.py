"""The authority table, row by row: who may do what, and that nobody else may."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from concord_allocation.authority import TABLE
from concord_allocation.retention import digest
from concord_contracts.allocation import EXAMPLE_PROBLEM
from concord_contracts.registry import Mandate
from concord_kit.app import actions_by_route
from concord_kit.authority import Relation
from services.allocation.tests.conftest import STRANGER, Running, Served, prepare, run, scenario_request
from services.allocation.tests.worlds import CCG
from tests.support.signing import Signing

SUPPORT = "ods:0AJ"
CUT = {"changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}]}

LINES = (
    "line,place,pathway,stage,population_basis,purse,baseline_gbp,kind_of_money,basis,source\n"
    "ccg-02A/lung/imaging,ccg-02A,lung,imaging,registered,ccg-programme,510000,outturn,published,annual-report\n"
)

CITATIONS = {"sequence": 1, "digest": "a" * 64, "title": "A lead", "parties": [CCG], "citations": []}

NOTHING_DUE = {"digest": digest([]), "reason": "yearly review"}

type Ask = Callable[[Running, str, dict[str, str]], httpx.Response]

ASK: dict[str, Ask] = {
    "reference.read": lambda it, _, told: it.http.get("/v1/reference/sources", headers=told),
    "imports.create": lambda it, _, told: it.http.post(
        "/v1/imports",
        params={"table": "lines", "dry_run": True},
        content=LINES,
        headers={**told, "Content-Type": "text/csv"},
    ),
    "problems.solve": lambda it, _, told: it.http.post(
        "/v1/solve", json={"problem": EXAMPLE_PROBLEM, "prices": False}, headers=told
    ),
    "scenarios.create": lambda it, _, told: it.http.post("/v1/scenarios", json=scenario_request(), headers=told),
    "scenarios.what-if": lambda it, base, told: it.http.post(f"/v1/scenarios/{base}/what-if", json=CUT, headers=told),
    "scenarios.read-digests": lambda it, base, told: it.http.get(f"/v1/scenarios/{base}/digests", headers=told),
    "citations.put": lambda it, base, told: it.http.put("/v1/citations/agreement-1", json=CITATIONS, headers=told),
    "scenarios.read-removed": lambda it, _, told: it.http.get("/v1/retention/removed", headers=told),
    "retention.read": lambda it, _, told: it.http.get("/v1/retention/due", headers=told),
    "retention.remove": lambda it, _, told: it.http.post("/v1/retention/removals", json=NOTHING_DUE, headers=told),
    "scenarios.read": lambda it, base, told: it.http.get(f"/v1/scenarios/{base}", headers=told),
    "changes.read": lambda it, _, told: it.http.get("/v1/changes", headers=told),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, served: Served) -> Iterator[tuple[Running, str]]:
    folder = tmp_path_factory.mktemp("authority")
    url = f"sqlite:///{folder}/allocation.db"
    prepare(url)
    with run(url, Signing(folder), served) as started:
        forever: dict[str, Any] = {"valid_from": date(2013, 4, 1), "valid_to": date(9999, 12, 31)}
        started.registry.mandates = [
            Mandate(holder=SUPPORT, body=CCG, actions=["scenarios.*", "problems.solve", "imports.create"], **forever)
        ]
        yield started, started.scenario()["id"]


def test_every_route_has_an_action_and_every_action_a_test(service: tuple[Running, str]) -> None:
    asked = {action for action in actions_by_route(service[0].app).values() if action}
    assert asked == {row.action for row in TABLE} == set(ASK)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.action}-{row.role}-{row.relation}")
def test_a_row_allows_what_it_says(service: tuple[Running, str], row: Any) -> None:
    running, base = service
    match row.relation:
        case Relation.ANYONE:
            told = {}
        case Relation.MANDATE | Relation.PARTY_BY_MANDATE:
            told = running.headers(SUPPORT, row.role, sub="support", **{"X-Acting-For": CCG})
        case Relation.AUDITOR:
            told = running.headers(STRANGER, row.role, sub="auditor")
        case Relation.SERVICE:
            service_itself = f"service:{row.service}"
            told = running.headers(service_itself, row.role, sub=service_itself)
        case _:
            told = running.headers(CCG, row.role, sub="another")
    assert ASK[row.action](running, base, told).is_success


@pytest.mark.parametrize("action", [action for action in ASK if action != "reference.read"])
def test_nobody_else_may(service: tuple[Running, str], action: str) -> None:
    running, base = service
    allowed = {row.role for row in TABLE if row.action == action}
    for role in {row.role for row in TABLE} - allowed - {"*"} | {"clerk"}:
        assert ASK[action](running, base, running.headers(CCG, role, sub="another")).status_code == 403
    assert ASK[action](running, base, {"Idempotency-Key": "k"}).status_code == 401


@pytest.mark.parametrize("action", ["scenarios.read", "scenarios.what-if"])
def test_a_role_at_a_body_whose_money_it_is_not_is_not_enough(service: tuple[Running, str], action: str) -> None:
    running, base = service
    assert ASK[action](running, base, running.headers(STRANGER, sub="another")).status_code == 404


@pytest.mark.parametrize("action", ["scenarios.read", "scenarios.create", "scenarios.what-if", "problems.solve"])
def test_a_support_body_without_a_mandate_may_not(service: tuple[Running, str], action: str) -> None:
    running, base = service
    told = running.headers("ods:0DE", sub="other-support", **{"X-Acting-For": CCG})
    assert ASK[action](running, base, told).status_code == 403


def test_a_token_for_another_service_is_refused(service: tuple[Running, str]) -> None:
    running, _ = service
    told = running.signing.bearer("user-1", {CCG: ["commissioner"]}, "registry")
    answer = running.http.get("/v1/scenarios", headers=told)
    assert (answer.status_code, answer.json()["reason"]) == (401, "wrong-audience")
