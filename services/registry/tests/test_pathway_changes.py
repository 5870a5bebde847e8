"""New versions of pathways: looked at, recorded, dated ahead, corrected, refused, kept through loads."""

import itertools
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import PathwayVersionIn
from concord_registry.file_rows import PathwayStageRow
from concord_registry.own_rows import grouped
from concord_registry.pathway_changes.lines import InUse, Lines
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry

STEWARD = ("ods:X24", "data-steward")
LUNG = "/v1/pathways/lung/versions"
WITHOUT_IMAGING = ["prevention", "gp", "support", "surgery"]


def a_version(stages: list[str] = WITHOUT_IMAGING, **given: Any) -> dict[str, Any]:
    return {"valid_from": "2014-10-01", "stages": stages, "reason": "the network's pathway"} | given


def send(
    registry: Registry, sent: dict[str, Any], *, dry_run: bool = False, version: int | None = None, path: str = LUNG
) -> httpx.Response:
    tag = registry.get(path).headers["ETag"] if version is None else f'"{version}"'
    params = {"dry_run": "true"} if dry_run else {}
    return registry.http.post(path, json=sent, params=params, headers=registry.as_body(*STEWARD) | {"If-Match": tag})


def stages_on(registry: Registry, day: str, **params: Any) -> list[str]:
    found: list[str] = registry.get("/v1/pathways/lung", as_of=day, **params).json()["pathway"]["stages"]
    return found


def claimed(registry: Registry, stage: str, pathway: str) -> str:
    claim = {
        "role": "commissions",
        "organisation": "ods:02A",
        "stage": stage,
        "pathway": pathway,
        "place": "ccg-02A",
        "status": "stated",
        "valid_from": "2014-04-01",
        "reason": "as we do",
    }
    answer = registry.http.post("/v1/claims", json=claim, headers=registry.as_body("ods:02A"))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def test_a_dry_run_says_what_leaves_and_what_is_still_said_of_it(registry: Registry) -> None:
    own, general = claimed(registry, "imaging", "lung"), claimed(registry, "imaging", "*")
    before = registry.get(LUNG).json()
    answer = send(registry, a_version(), dry_run=True)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    effect = found["effect"]
    assert (found["version"]["added"], found["version"]["removed"]) == ([], ["imaging"])
    assert found["version"]["moved"] == ["support", "surgery"]
    assert (effect["claims"], effect["places"], effect["claims_affected"]) == ([own], ["ccg-02A"], 1)
    assert general not in effect["claims"]
    assert effect["leaving"] == [{"stage": "imaging", "name": "Imaging", "claims": 1, "places": 1, "agreements": []}]
    assert (effect["cells_added"], effect["cells_removed"], effect["without_rule"]) == (0, 4, [])
    gone = {one["kind"]: one["disappear"] for one in effect["findings"]}
    assert gone["gap"] == 3, "in one of four places it is said to be seen to"
    assert registry.get(LUNG).json()["versions"] == before["versions"]
    assert stages_on(registry, "2014-10-01") == ["prevention", "gp", "imaging", "surgery", "support"]


def test_what_a_stage_leaves_behind_is_named(standing: Registry) -> None:
    effect = send(standing, a_version(["surgery"]), dry_run=True).json()["effect"]
    assert effect["left_behind"] == ["service ambulance: gp"], "guidance and scanning are for every pathway"


def test_what_other_pathways_lose_by_it_is_warned_of(standing: Registry) -> None:
    narrowed = {
        "key": "scanning",
        "name": "CT scanning",
        "stage": "gp",
        "pathways": ["lung"],
        "population_basis": "registered",
        "basis": "published",
        "source": "law",
    }
    own = send(standing, a_version(services_ended=["ambulance"]), dry_run=True).json()["effect"]
    assert own["shared"] == [], "the ambulance is of this pathway alone"
    (lost,) = send(standing, a_version(services=[narrowed]), dry_run=True).json()["effect"]["shared"]
    assert (lost["table"], lost["key"], lost["change"]) == ("services", "scanning", "narrowed")
    assert lost["pathways"] == ["breast"]
    assert "CT scanning" in lost["words"]
    assert "breast" in lost["words"]
    kept = narrowed | {"pathways": ["breast", "lung"]}
    (other,) = send(standing, a_version(services=[kept]), dry_run=True).json()["effect"]["shared"]
    assert (other["change"], other["pathways"]) == ("changed", ["breast"])
    (ended,) = send(standing, a_version(services_ended=["scanning"]), dry_run=True).json()["effect"]["shared"]
    assert ended["change"] == "ended"
    same = narrowed | {"stage": "imaging", "pathways": ["breast", "lung"], "planning_population_min": 300000}
    same |= {"planning_population_max": 500000, "thresholds": ["T1"]}
    stages = ["prevention", "gp", "imaging", "support", "surgery"]
    assert send(standing, a_version(stages, services=[same]), dry_run=True).json()["effect"]["shared"] == []


def test_a_version_holds_from_its_day_and_is_known_from_its_moment(registry: Registry) -> None:
    before = registry.get("/v1/pathways/lung").json()["known_at"]
    answer = send(registry, a_version())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["version"]["number"] == 2
    assert answer.headers["ETag"] == f'"{made["record_version"]}"' == registry.get(LUNG).headers["ETag"]
    assert stages_on(registry, "2014-09-30") == ["prevention", "gp", "imaging", "surgery", "support"]
    assert stages_on(registry, "2014-10-01") == WITHOUT_IMAGING
    assert "imaging" in stages_on(registry, "2014-10-01", known_at=before)
    assert "imaging" in registry.get("/v1/pathways/breast", as_of="2014-10-01").json()["pathway"]["stages"]
    (entry,) = registry.http.get("/v1/changes", params={"action": "pathways.change", "after": 0}).json()["items"]
    assert (entry["subject"], entry["address"]) == ("pathway:lung", LUNG)


def test_a_later_version_stays_and_an_earlier_one_reaches_up_to_it(registry: Registry) -> None:
    assert send(registry, a_version(["gp", "surgery"], valid_from="2016-04-01")).status_code == 201
    assert send(registry, a_version()).status_code == 201
    assert stages_on(registry, "2016-03-31") == WITHOUT_IMAGING
    assert stages_on(registry, "2016-04-01") == ["gp", "surgery"]
    assert send(registry, a_version(["gp"])).status_code == 201, "corrected, from the same day"
    assert [one["stages"] for one in registry.get(LUNG).json()["versions"]][1:] == [["gp"], ["gp", "surgery"]]


def test_services_and_comparators_begin_change_and_end_with_it(registry: Registry) -> None:
    service = {
        "key": "navigators",
        "name": "Patient navigators",
        "stage": "support",
        "population_basis": "registered",
        "basis": "assumption",
        "note": "a judgement",
    }
    held = {
        "key": "wait",
        "name": "Two weeks",
        "stages": ["gp"],
        "pathways": ["lung"],
        "direction": "at_least",
        "value": 0.95,
        "unit": "share",
        "kind": "standard",
        "basis": "published",
        "source": "law",
    }
    sent = a_version(services=[service], comparators=[held], services_ended=["scanning"])
    answer = send(registry, sent)
    assert answer.status_code == 201, answer.text

    def keys(what: str, day: str) -> dict[str, Any]:
        return {one["key"]: one for one in registry.get(f"/v1/{what}", pathway="lung", as_of=day).json()["items"]}

    assert keys("services", "2014-09-30").keys() == {"scanning", "ambulance"}
    assert keys("services", "2014-10-01").keys() == {"navigators", "ambulance"}
    assert [keys("comparators", day)["wait"]["value"] for day in ("2014-09-30", "2014-10-01")] == [0.93, 0.95]


def test_who_decided_on_another_record_is_refused(registry: Registry) -> None:
    version = registry.get(LUNG).json()["record_version"]
    assert send(registry, a_version(), version=version).status_code == 201
    assert send(registry, a_version(["gp"]), version=version).status_code == 412
    assert send(registry, a_version()).status_code == 409, "it is so already"
    nobody = registry.http.post(LUNG, json=a_version(), headers=registry.as_body(*STEWARD))
    assert nobody.status_code == 428


def test_the_same_request_again_is_answered_from_memory(registry: Registry) -> None:
    headers = registry.as_body(*STEWARD) | {"If-Match": registry.get(LUNG).headers["ETag"]}
    first, again = (registry.http.post(LUNG, json=a_version(), headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_a_load_does_not_undo_it(registry: Registry, application: Any) -> None:
    assert send(registry, a_version()).status_code == 201
    edited = worlds.FILES["pathway_stages.csv"].replace("lung,imaging,3,2000-01-01", "lung,imaging,3,2001-01-01")
    worlds.load_into(application.state.concord.database, {**worlds.FILES, "pathway_stages.csv": edited})
    assert stages_on(registry, "2014-10-01") == WITHOUT_IMAGING


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        (a_version(["gp", "nowhere", "gp", "registration"]), ["/stages/1", "/stages/2", "/stages/3"]),
        (a_version(services_ended=["none"], comparators_ended=["no"]), ["/comparators_ended/0", "/services_ended/0"]),
        (a_version(source="unheard-of"), ["/source"]),
        (
            a_version(services_ended=["scanning"] * 2, comparators_ended=["wait"] * 2),
            ["/comparators_ended/1", "/services_ended/1"],
        ),
    ],
)
def test_every_fault_is_named(standing: Registry, sent: dict[str, Any], pointers: list[str]) -> None:
    answer = send(standing, sent, dry_run=True)
    assert answer.status_code == 422, answer.text
    assert sorted({fault["pointer"] for fault in answer.json()["errors"]}) == pointers


def test_what_is_of_other_pathways_alone_is_left_to_them(standing: Registry) -> None:
    service = {"key": "ambulance", "name": "S", "stage": "imaging", "population_basis": "registered",
               "basis": "assumption", "note": "n"}  # fmt: skip
    for sent, pointer in (({"services": [service]}, "/services/0/key"),
                          ({"services_ended": ["ambulance"]}, "/services_ended/0")):  # fmt: skip
        breast = a_version(["imaging"], **sent)
        answer = send(standing, breast, dry_run=True, path="/v1/pathways/breast/versions")
        assert [(one["pointer"], one["type"]) for one in answer.json()["errors"]] == [(pointer, "not-of-pathway")]


def test_a_service_outside_of_the_version_or_resting_on_nothing_is_refused(standing: Registry) -> None:
    service = {"key": "s", "name": "S", "stage": "imaging", "population_basis": "registered", "basis": "published"}
    answer = send(standing, a_version(services=[service]), dry_run=True)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/services/0/stage"]
    answer = send(standing, a_version(services=[service | {"stage": "gp"}]), dry_run=True)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/services/0/source"]


def test_what_is_shipped_for_those_days_alone_cannot_go(standing: Registry) -> None:
    sent = a_version(["prevention"], valid_from="2000-01-01")
    answer = send(standing, sent, dry_run=True, path="/v1/pathways/breast/versions")
    assert [fault["type"] for fault in answer.json()["errors"]] == ["only-then"]


def test_only_stewards_change_pathways(standing: Registry) -> None:
    headers = standing.as_body("ods:02A") | {"If-Match": '"1"'}
    assert standing.http.post(LUNG, json=a_version(), headers=headers).status_code == 403
    assert send(standing, a_version(), path=LUNG.replace("lung", "liver"), version=1).status_code == 404


YEARS = st.integers(2001, 2030)


@settings(max_examples=60, deadline=None)
@given(
    edges=st.lists(YEARS, min_size=2, max_size=5, unique=True).map(sorted),
    start=YEARS,
    stages=st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
)
def test_a_version_changes_its_own_days_and_no_other(edges: list[int], start: int, stages: list[str]) -> None:
    def row(stage: str, order: int, first: int, last: int) -> PathwayStageRow:
        return PathwayStageRow(
            pathway="lung", stage=stage, order=order, valid_from=date(first, 1, 1), valid_to=date(last, 1, 1)
        )

    used = {
        "a": [row("a", 1 + number, *years) for number, years in enumerate(itertools.pairwise(edges))],
        "b": [row("b", 9, edges[0], edges[-1])],
    }
    until = min((date(year, 1, 1) for year in edges if year > start), default=FOREVER)
    sent = PathwayVersionIn(valid_from=date(start, 1, 1), stages=stages, reason="r")
    made = Lines("lung", sent, InUse(used, {}, {}), until)
    after = dict(used)
    for (_, identity), rows in grouped(made.rows).items():
        after[identity[-1]] = [one.row for one in rows if one.row is not None]  # type: ignore[misc]

    def on(held: dict[str, list[PathwayStageRow]], year: int) -> list[str]:
        day = date(year, 6, 1)
        here = [one for rows in held.values() for one in rows if one.valid_from <= day < one.valid_to]
        assert len({one.stage for one in here}) == len(here)
        return [one.stage for one in sorted(here, key=lambda one: (one.order, one.stage))]

    for year in range(2000, 2032):
        within = date(start, 1, 1) <= date(year, 6, 1) < until
        assert on(after, year) == (stages if within else on(used, year))
