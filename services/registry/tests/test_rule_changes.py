"""Changes of the rule book: looked at, made, dated ahead, refused, kept through loads; and a lead in one area only."""

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_registry.file_rows import RuleRow
from concord_registry.main import build_app
from concord_registry.timeline import changed
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry, settings_for

STEWARD = ("ods:X24", "data-steward")


def a_change(*rules: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {
        "effective_from": "2014-10-01",
        "rules": [{"population_basis": "registered", "commissioner": "ccg_of_place"} | rule for rule in rules],
        "citation": "SI 2014/0000",
        "mark": "awaiting-source",
        "reason": "announced",
    } | given


SURGERY = a_change({"stage": "surgery"})


def made(registry: Registry, change: dict[str, Any], version: int, who: tuple[str, str] = STEWARD) -> httpx.Response:
    headers = registry.as_body(*who) | {"If-Match": f'"{version}"'}
    return registry.http.post("/v1/rules/changes", json=change, headers=headers)


def version(registry: Registry) -> int:
    return registry.get("/v1/rules/versions").json()["version"]


def commissioner(registry: Registry, day: str, **params: Any) -> str:
    answer = registry.get("/v1/responsibilities", pathway="lung", place="ccg-02A", stage="surgery", as_of=day, **params)
    return answer.json()["items"][0]["statutory"]["commissioners"][0]["id"]


def test_a_preview_says_who_gains_and_loses_and_what_would_change(registry: Registry) -> None:
    headers = registry.as_body("ods:02A")
    answer = registry.http.post("/v1/rules/changes/preview", json=SURGERY, headers=headers).json()
    assert (answer["places"], answer["cells"], answer["cells_moved"]) == (4, 4, 4)
    (stage,) = answer["stages"]
    assert (stage["stage"], stage["before"], stage["after"]) == ("surgery", ["NHS England"], ["the CCG of the place"])
    assert {one["body"]["id"]: one["cells"] for one in answer["gain"]} == {"ods:01Y": 3, "ods:02A": 2}
    assert {one["body"]["id"]: one["cells"] for one in answer["lose"]} == {"ods:X24": 4}
    assert answer["claims"] == ["n-surgery"]
    kinds = {one["kind"]: (one["appear"], one["disappear"]) for one in answer["findings"]}
    assert kinds["departs-from-the-rule-book"] == (4, 0)
    assert answer["version"] == version(registry)
    assert commissioner(registry, "2014-10-01") == "ods:X24"


def test_a_change_is_made_from_its_day_and_known_from_its_moment(registry: Registry) -> None:
    before = registry.get("/v1/rules/versions", stage="surgery").json()
    answer = made(registry, SURGERY, before["version"])
    assert answer.status_code == 201, answer.text
    assert answer.json()["keys"] == ["surgery-2014-10-01"]
    assert answer.headers["etag"] == f'"{before["version"] + 1}"'
    assert [commissioner(registry, day) for day in ("2014-09-30", "2014-10-01")] == ["ods:X24", "ods:02A"]
    assert commissioner(registry, "2014-10-01", known_at=before["known_at"]) == "ods:X24"
    after = registry.get("/v1/rules/versions", stage="surgery").json()
    assert after["version"] == before["version"] + 1
    used = [(one["valid_from"], one["valid_to"], one["sent_by"]) for one in after["items"] if one["in_use"]]
    assert used == [("2013-04-01", "2014-10-01", "ods:X24"), ("2014-10-01", "9999-12-31", "ods:X24")]
    assert [one["in_use"] for one in after["items"] if one["sent_by"] is None] == [False]
    known = registry.get("/v1/rules/versions", stage="surgery", known_at=before["known_at"]).json()
    assert known["items"] == before["items"]
    listed = registry.get("/v1/rules/changes").json()["items"]
    assert [one["id"] for one in listed] == [answer.json()["id"]]
    assert registry.http.get(answer.headers["location"]).json() == answer.json()
    assert registry.http.get("/v1/imports").json()["items"] == []


def test_a_change_for_a_time_lets_the_rule_come_back(registry: Registry) -> None:
    change = SURGERY | {"effective_from": "2014-10-01", "effective_to": "2015-04-01"}
    assert made(registry, change, version(registry)).status_code == 201
    days = ("2014-09-30", "2014-10-01", "2015-03-31", "2015-04-01")
    assert [commissioner(registry, day) for day in days] == ["ods:X24", "ods:02A", "ods:02A", "ods:X24"]


def test_who_decided_on_another_rule_book_is_refused(registry: Registry) -> None:
    held = version(registry)
    assert made(registry, SURGERY, held).status_code == 201
    stale = made(registry, a_change({"stage": "gp"}), held)
    assert (stale.status_code, stale.json()["version"]) == (412, held + 1)
    assert made(registry, SURGERY, held + 1).status_code == 409
    headers = registry.as_body(*STEWARD)
    assert registry.http.post("/v1/rules/changes", json=SURGERY, headers=headers).status_code == 428


def test_a_load_does_not_undo_a_change(registry: Registry, application: Any) -> None:
    assert made(registry, SURGERY, version(registry)).status_code == 201
    database = application.state.concord.database
    edited = {**worlds.FILES, "rules.csv": worlds.FILES["rules.csv"].replace("s.3B", "s.3B as amended")}
    worlds.load_into(database, edited)
    assert commissioner(registry, "2014-10-01") == "ods:02A"
    assert commissioner(registry, "2014-09-30") == "ods:X24"


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        (a_change({"stage": "nothing"}, {"stage": "gp", "pathway": "none"}), ["/rules/0/stage", "/rules/1/pathway"]),
        (a_change({"stage": "gp"}, {"stage": "gp"}), ["/rules/1"]),
        (a_change({"stage": "gp", "commissioner": "ods:NOBODY"}), ["/rules/0/commissioner"]),
        (a_change({"stage": "gp", "commissioner": "whoever"}), ["/rules/0/commissioner"]),
        (a_change({"stage": "gp"}, mark="verified"), ["/source"]),
        (a_change({"stage": "gp"}, mark="verified", source="hearsay"), ["/source"]),
        (a_change({"stage": "gp"}, effective_to="2014-10-01"), ["/effective_to"]),
        (a_change(), ["/rules"]),
    ],
)
def test_every_fault_of_a_change_is_named(standing: Registry, change: dict[str, Any], pointers: list[str]) -> None:
    answer = standing.http.post("/v1/rules/changes/preview", json=change, headers=standing.as_body(*STEWARD))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers


def test_only_stewards_change_the_law(standing: Registry) -> None:
    assert made(standing, SURGERY, 1, who=("ods:02A", "commissioner")).status_code == 403
    assert standing.http.post("/v1/rules/changes/preview", json=SURGERY).status_code == 401


def a_rule(start: int, end: int, name: str = "old") -> RuleRow:
    return RuleRow(
        rule=name, stage="gp", pathway="*", commissioner="nhs_england", population_basis="registered",
        procedure_class="none", naming="named", citation="c", mark="V", valid_from=date(start, 1, 1),
        valid_to=date(end, 1, 1),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(2000, 2012), min_size=2, max_size=6, unique=True), st.integers(1999, 2012), st.integers(1, 9)
)
def test_a_change_leaves_no_day_with_two_rules_and_moves_no_other_day(edges: list[int], start: int, years: int) -> None:
    edges.sort()
    before = [a_rule(*pair, name=f"r{pair[0]}") for pair in itertools.pairwise(edges)]
    after = changed(before, a_rule(start, start + years, "new"))
    for year in range(1998, 2024):
        day = date(year, 6, 1)
        held = [row.rule for row in before if row.valid_from <= day < row.valid_to]
        now = [row.rule for row in after if row.valid_from <= day < row.valid_to]
        assert now == (["new"] if start <= year < start + years else held)


def test_a_lead_agreement_in_one_area_changes_the_findings_there_only(
    tmp_path_factory: pytest.TempPathFactory, signing: Any, served: Callable[..., Any]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('two-areas') / 'registry.db'}"
    worlds.prepare(url, worlds.with_regions())
    signing.service_key("agreements")
    lead = {"role": "leads", "organisation": "ods:02A", "on_behalf_of": ["ods:01Y"], "stage": None, "pathway": "lung"}
    activation = {
        "sequence": 1, "digest": "a" * 64, "basis": "s.14Z3", "effective_from": "2014-01-01",
        "effective_to": "2016-04-01", "responsibilities": [lead | {"place": "gm", "commitment": "agreed"}],
    }  # fmt: skip
    with (
        served(build_app(settings_for(url, signing), worlds.open_registry(url))) as address,
        httpx.Client(base_url=address, timeout=20) as http,
    ):
        registry = Registry(http, signing, iter(range(100)))

        def findings(*places: str) -> list[Any]:
            answer = registry.get("/v1/coverage", pathway="lung", place=list(places)).json()
            return [(one["kind"], one["place"], one["stage"], one["level"]) for one in answer["findings"]]

        here, there = findings("gm"), findings("ccg-99X")
        headers = registry.as_agreements()
        http.put("/v1/activations/a1", json=activation, headers=headers).raise_for_status()
        assert ("no-whole-pathway-lead", "gm", None, "regional") in here
        assert sorted(set(here) - set(findings("gm"))) == [("no-whole-pathway-lead", "gm", None, "regional")]
        assert findings("ccg-99X") == there
