"""A mandate's limit in pounds: what an act comes to, what counts with it, and that nothing slips past."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from concord_registry.knowledge.commitments import commitment, commits_more, reaches_further, whole_life_gbp
from concord_registry.knowledge.topics import Held
from services.allocation.tests.test_imports import as_workbook
from services.registry.tests.conftest import Registry
from services.registry.tests.test_imports import as_csv, faults
from services.registry.tests.test_knowledge import SENT, TAMESIDE, TRAFFORD, UNIT, mandate
from services.registry.tests.test_knowledge_imports import CONTRACT, EXCEL, VALUE

ME = frozenset({TAMESIDE})


def value(year: str, gbp: int, money: str = "contract-value") -> dict[str, Any]:
    return {"year": year, "money": money, "value_gbp": gbp}


def held(*values: Mapping[str, Any], of: str = "a", **content: Any) -> Held:
    given = {"provider": "p", "coordinator": TAMESIDE, "stages": ["imaging"], "values": list(values)} | content
    return Held("contracts", of, 1, TAMESIDE, date(2013, 4, 1), date(2016, 4, 1), given)


def test_a_contract_comes_to_its_years_whatever_their_figures_are_called() -> None:
    assert whole_life_gbp(held(value("2013-14", 10), value("2013-14", 90, "outturn"), value("2014-15", 5)), ME) == 15
    assert whole_life_gbp(held(value("2013-14", 7, "plan"), value("2013-14", 9, "forecast")), ME) == 9
    assert whole_life_gbp(held(), ME) == 0


def test_an_associate_answers_for_its_share_and_a_coordinator_for_all() -> None:
    shared = {"coordinator": TRAFFORD, "associates": [{"organisation": TAMESIDE, "share": 0.3}]}
    assert whole_life_gbp(held(value("2013-14", 101), **shared), ME) == 31, "a part of a pound counts"
    assert whole_life_gbp(held(value("2013-14", 101), **shared), frozenset({TRAFFORD})) == 101
    unstated = {"coordinator": TRAFFORD, "associates": [{"organisation": TAMESIDE}]}
    assert whole_life_gbp(held(value("2013-14", 101), **unstated), ME) == 101


def test_a_networks_funding_counts_for_each_year_begun() -> None:
    network = Held("networks", "n", 1, TAMESIDE, date(2013, 4, 1), date(2015, 4, 2), {"funding_gbp": 10})
    assert whole_life_gbp(network, ME) == 30
    assert whole_life_gbp(replace(network, valid_to=date(9999, 12, 31)), ME) == 10


def test_only_more_money_or_another_taker_is_a_new_commitment() -> None:
    before = held(value("2013-14", 10))
    assert not commits_more(before, held(value("2013-14", 10), title="new"), ME)
    assert not commits_more(before, held(value("2013-14", 9)), ME)
    assert commits_more(before, held(value("2013-14", 10), provider="other"), ME)
    assert commits_more(before, held(value("2013-14", 11)), ME)
    assert not commits_more(None, held(), ME)


def test_parts_of_one_matter_count_together() -> None:
    one, later = held(value("2013-14", 10)), replace(held(value("2016-17", 10), of="b"), valid_from=date(2016, 4, 1))
    later = replace(later, valid_to=date(2017, 4, 1))
    beside = [held(value("2013-14", 3), of="c"), held(value("2013-14", 9), of="d", stages=["gp"])]
    asked = commitment(one, [one, later, *beside, held(value("2013-14", 9), of="e", provider="other")], ME)
    assert (asked.asked_gbp, asked.counted) == (13, ("c",))


def test_only_a_stage_or_a_day_more_reaches_further() -> None:
    before = held(value("2013-14", 10), stages=["imaging", "gp"])
    assert not reaches_further(before, held(value("2013-14", 10), stages=["gp"]))
    assert not reaches_further(before, replace(before, valid_from=date(2014, 4, 1), valid_to=date(2015, 4, 1)))
    assert reaches_further(before, held(value("2013-14", 10), stages=["surgery"]))
    assert reaches_further(before, replace(before, valid_from=date(2013, 3, 31)))
    assert reaches_further(before, replace(before, valid_to=date(2016, 4, 2)))


def contract(gbp: int, **changed: Any) -> dict[str, Any]:
    mine = {"coordinator": TAMESIDE, "associates": [], "values": [value("2013-14", gbp)]}
    return SENT["contracts"] | mine | changed


def by_unit(registry: Registry, method: str, path: str, body: Any, **headers: str) -> httpx.Response:
    signed = registry.as_body(UNIT, acting_for=TAMESIDE) | headers
    return registry.http.request(method, path, json=body, headers=signed)


def test_what_a_unit_commits_is_held_by_its_mandates_limit(registry: Registry) -> None:
    mandate(registry, "contracts.write", "knowledge.write", limit_gbp=1_000_000)
    (granted,) = registry.get("/v1/mandates", body=TAMESIDE, holder=UNIT).json()["items"]
    refused = by_unit(registry, "POST", "/v1/contracts", contract(1_000_001))
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["type"] == "urn:concord:problem:exceeds-mandate"
    assert {name: problem[name] for name in ("limit_gbp", "asked_gbp", "currency", "mandate", "counted_with")} == {
        "limit_gbp": 1_000_000, "asked_gbp": 1_000_001, "currency": "GBP", "mandate": granted["id"], "counted_with": [],
    }  # fmt: skip
    made = by_unit(registry, "POST", "/v1/contracts", contract(600_000))
    assert (made.status_code, made.json()["committed_by"]) == (201, granted["id"])
    part = by_unit(registry, "POST", "/v1/contracts", contract(600_000, title="The other half"))
    assert (part.json()["asked_gbp"], part.json()["counted_with"]) == (1_200_000, [made.json()["id"]])
    address = f"/v1/contracts/{made.json()['id']}"
    raised = by_unit(registry, "PUT", address, contract(1_100_000), **{"If-Match": '"1"'})
    assert raised.json()["type"] == "urn:concord:problem:exceeds-mandate"
    network = SENT["networks"] | {"host": TAMESIDE, "funders": [], "funding_gbp": 400_000, "valid_to": "2016-04-01"}
    assert by_unit(registry, "POST", "/v1/networks", network).json()["asked_gbp"] == 1_200_000
    own = registry.as_body(TAMESIDE) | {"If-Match": '"1"'}
    assert registry.http.put(address, json=contract(5_000_000), headers=own).json()["committed_by"] is None
    lower = by_unit(registry, "PUT", address, contract(4_000_000, note="read"), **{"If-Match": '"2"'})
    assert (lower.status_code, lower.json()["committed_by"]) == (200, None), "it commits the body to nothing more"
    after = by_unit(registry, "POST", "/v1/contracts", contract(1_000_000, title="The other half"))
    assert after.status_code == 201, "what the body commits itself counts with nothing"


def test_parts_entered_apart_and_brought_together_count_together(registry: Registry) -> None:
    mandate(registry, "contracts.write", limit_gbp=1_000_000)
    first = by_unit(registry, "POST", "/v1/contracts", contract(600_000)).json()
    days = {"valid_from": "2015-04-01", "valid_to": "2016-04-01"}
    for apart in ({"stages": ["gp"]}, days):
        other = by_unit(registry, "POST", "/v1/contracts", contract(600_000, title="Half") | apart)
        assert other.status_code == 201, other.text
        address = f"/v1/contracts/{other.json()['id']}"
        together = by_unit(registry, "PUT", address, contract(600_000, title="Half"), **{"If-Match": '"1"'})
        assert (together.status_code, together.json()["counted_with"]) == (422, [first["id"]])


def test_what_a_contract_takes_the_place_of_does_not_count_with_it(registry: Registry) -> None:
    mandate(registry, "contracts.write", limit_gbp=1_300_000)
    first = by_unit(registry, "POST", "/v1/contracts", contract(1_000_000)).json()
    days = {"valid_from": "2014-04-01", "values": [value("2014-15", 1_000_000)]}
    follows = contract(1_000_000, title="Next", succeeds=first["id"], **days)
    made = by_unit(registry, "POST", "/v1/contracts", follows)
    assert made.status_code == 201, made.text
    shown = registry.get(f"/v1/contracts/{first['id']}").json()["versions"][-1]["record"]
    assert (shown["version"], shown["valid_to"]) == (2, "2014-04-01")


def test_of_two_requests_at_once_the_limit_lets_one_through(registry: Registry) -> None:
    mandate(registry, "contracts.write", limit_gbp=1_000_000)
    sent = [contract(600_000, title=f"Part {number}") for number in range(4)]
    with ThreadPoolExecutor(len(sent)) as pool:
        answers = list(pool.map(lambda one: by_unit(registry, "POST", "/v1/contracts", one).status_code, sent))
    assert sorted(answers) == [201, 422, 422, 422]


def test_a_file_is_judged_as_it_leaves_things(registry: Registry) -> None:
    mandate(registry, "imports.create", "contracts.write", limit_gbp=1_500_000)

    def sent(content: bytes, table: str | None = None, kind: str = "text/csv", **more: Any) -> httpx.Response:
        headers = registry.as_body(UNIT, acting_for=TAMESIDE) | {"Content-Type": kind}
        params = more | ({"table": table} if table else {})
        return registry.http.post("/v1/imports", params=params, content=content, headers=headers)

    one = CONTRACT | {"coordinator": TAMESIDE, "renewals": ""}
    other = one | {"contract": "half", "title": "The other half"}
    both = as_workbook(contracts=[one, other], contract_values=[VALUE, VALUE | {"contract": "half"}])
    for dry_run in (True, False):
        refused = sent(both, kind=EXCEL, dry_run=dry_run)
        assert faults(refused) == {("/contracts/2", "exceeds-mandate"), ("/contracts/3", "exceeds-mandate")}
        assert "GBP 2,400,000" in refused.text
    assert sent(as_workbook(contracts=[one], contract_values=[VALUE]), kind=EXCEL).status_code == 201
    raised = VALUE | {"value_gbp": "1500001"}
    assert faults(sent(as_csv(raised), "contract_values")) == {("/contract_values/2", "exceeds-mandate")}
    assert sent(as_csv(raised | {"value_gbp": "1500000"}), "contract_values").status_code == 201


def test_a_mandate_taken_back_meanwhile_writes_no_record(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    mandate(registry, "contracts.write")
    monkeypatch.setattr("concord_registry.knowledge.under_mandate.lent", lambda *_, **__: False)
    assert by_unit(registry, "POST", "/v1/contracts", contract(1)).json()["type"] == "urn:concord:problem:not-allowed"
