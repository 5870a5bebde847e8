"""What is read of one day, told for the bodies of another: every read that takes `roll_to`; contracts to the pound."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ContractView
from concord_registry.knowledge.rolled_values import commissioners, rolled_values
from concord_registry.matrix import Part, rolled
from concord_registry.succession import Succession
from concord_registry.world import Body, Reference
from services.registry.tests.conftest import Registry
from services.registry.tests.test_knowledge import SENT, TAMESIDE, TRAFFORD, entered
from services.registry.tests.test_rolling import MERGED

DAY = "2018-04-01"
NEEDED: dict[str, dict[str, Any]] = {
    "coverage": {"pathway": "lung", "place": ["ccg-02A", "ccg-01Y"]},
    "matrix": {"pathway": "lung", "place": ["ccg-02A", "ccg-01Y"]},
    "findings": {"pathway": "lung"},
    "findings/changes": {"pathway": "lung", "from": "2013-06-01", "to": "2014-01-15"},
    "findings/ahead": {"pathway": "lung", "until": "2015-03-31"},
    "commissioners": {"stage": "imaging", "place": "ccg-02A"},
    "plan-coverage": {"pathway": "lung", "place": "ccg-02A"},
    "risk-register": {"pathway": "lung", "place": "ccg-02A"},
    "mandates": {},
    "powers": {},
    "places": {},
    "places/ccg-02A": {},
    "places/ccg-02A/overlaps": {},
    "claims/n-surgery": {},
    "organisations/ods:02A/responsibilities": {"pathway": "lung"},
    "clinical-leads": {},
    "network-coverage": {},
    **{topic: {} for topic in SENT},
}
"""Reads whose answers tell who follows in `rolled`, and what they need."""
PARTS = {
    TAMESIDE: {("ods:NEW", 1.0, "published")},
    TRAFFORD: {("ods:NEW", 0.333333, "assumption"), ("ods:NEW2", 0.666667, "assumption")},
}


@pytest.fixture(scope="module")
def merged(standing_on: Any) -> Registry:
    """Two groups that became two others on 1 April 2018, with a record of each kind."""
    found: Registry = standing_on(MERGED)
    for topic in SENT:
        public = {"values_public": True} if topic == "contracts" else {}
        entered(found, topic, **public)
    return found


def read(registry: Registry, path: str, **asked: Any) -> dict[str, Any]:
    days = {} if path == "findings/changes" else {"as_of": "2014-01-15"}
    answer = registry.http.get(f"/v1/{path}", params=days | NEEDED.get(path, {}) | asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_each_answer_stays_as_it_was_and_says_who_follows_whom_it_names(merged: Registry, path: str) -> None:
    before, after = read(merged, path), read(merged, path, roll_to=DAY)
    assert (before["roll_to"], before["rolled"], before["rolled_places"]) == (None, [], [])
    assert after["roll_to"] == DAY
    found: dict[str, set[Any]] = {}
    for one in after["rolled"]:
        found.setdefault(one["of"], set()).add((one["body"]["id"], one["share"], one["basis"]))
    named = {one for one in texts(before) if one in PARTS}
    assert named <= {TRAFFORD, TAMESIDE}
    assert {body: parts for body, parts in found.items() if body in PARTS} == {body: PARTS[body] for body in named}
    places = {key: f"ods:{key[4:]}" for key in ("ccg-02A", "ccg-01Y") if key in texts(before)}
    told: dict[str, set[Any]] = {}
    for one in after["rolled_places"]:
        told.setdefault(one["of"], set()).add((one["body"]["id"], one["share"], one["basis"]))
    assert {key: parts for key, parts in told.items() if key in places} == {
        key: PARTS[body] for key, body in places.items()
    }
    if path != "matrix":
        own = ("roll_to", "rolled", "rolled_places", "rolled_values", "etag")
        assert without(after, own) == without(before, own)


def texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for one in children for text in texts(one)}


def without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: without(one, names) for name, one in value.items() if name not in names}
    return [without(one, names) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", sorted({*NEEDED, "claims", "responsibilities", "organisations"}))
def test_a_day_before_the_answers_own_is_refused_everywhere(merged: Registry, path: str) -> None:
    days = {} if path == "findings/changes" else {"as_of": "2014-01-15"}
    answer = merged.http.get(f"/v1/{path}", params=days | NEEDED.get(path, {}) | {"roll_to": "2013-12-31"})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["parameter"], fault["type"]) == ("query:roll_to", "backwards")


@pytest.mark.parametrize("topic", sorted(SENT))
def test_a_record_with_its_history_says_who_follows(merged: Registry, topic: str) -> None:
    (one,) = read(merged, topic)["items"]
    found = read(merged, f"{topic}/{one['id']}", roll_to=DAY)
    assert {part["of"] for part in found["rolled"]} >= {TRAFFORD}


def test_the_matrix_has_the_bodies_of_the_later_day_with_all_parts_of_those_they_stand_for(merged: Registry) -> None:
    before, after = read(merged, "matrix"), read(merged, "matrix", roll_to=DAY)
    old = {body["id"] for body in before["bodies"]}
    new = {body["id"]: {one["body"]["id"] for one in body["rolled_from"]} for body in after["bodies"]}
    assert {TRAFFORD, TAMESIDE} <= old
    assert new["ods:NEW"] == {TRAFFORD, TAMESIDE}
    assert new["ods:NEW2"] == {TRAFFORD}
    assert not {TRAFFORD, TAMESIDE} & new.keys()

    def cells(answer: dict[str, Any], *bodies: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in answer["cells"]:
            if one["body"] in bodies:
                found.setdefault(one["stage"], set()).update(one["claims"])
        return found

    assert cells(after, "ods:NEW2") == cells(before, TRAFFORD)
    assert cells(after, "ods:NEW") == cells(before, TRAFFORD, TAMESIDE)
    text = merged.http.get(
        "/v1/matrix", params=NEEDED["matrix"] | {"as_of": "2014-01-15", "roll_to": DAY}, headers={"Accept": "text/csv"}
    ).text
    assert text.splitlines()[0].startswith("body,name,kind,rolled_from,*,")
    assert "ods:NEW2,NHS Newer CCG,ccg,ods:02A 0.666667," in text


def test_parts_are_put_together_with_the_firmest_mark() -> None:
    found = {("a", "s"): Part({"C", "R"}), ("b", "s"): Part({"C+"}), ("b", "t"): Part({"F~"})}
    made = rolled(found, {"a": ["x"], "b": ["x", "y"]}.__getitem__)
    assert {key: part.written for key, part in made.items()} == {
        ("x", "s"): "R C+", ("y", "s"): "C+", ("x", "t"): "F~", ("y", "t"): "F~",
    }  # fmt: skip


def test_findings_as_a_table_have_the_followers_beside_each(merged: Registry) -> None:
    asked = {"as_of": "2014-01-15", "pathway": "lung", "place": "ccg-02A", "roll_to": DAY}
    answer = merged.http.get("/v1/findings", params=asked, headers={"Accept": "text/csv"})
    header, first, *_ = answer.text.splitlines()
    assert header.endswith(",roll_to,rolled_to,rolled_places")
    assert first.endswith("ccg-02A -> ods:NEW 0.333333; ccg-02A -> ods:NEW2 0.666667")


def test_coverage_that_is_held_already_is_of_its_roll_to(merged: Registry) -> None:
    asked = {"as_of": "2014-01-15", **NEEDED["coverage"]}
    held = merged.http.get("/v1/coverage", params=asked).headers["etag"]
    rolled_tag = merged.http.get("/v1/coverage", params=asked | {"roll_to": DAY}, headers={"If-None-Match": held})
    assert rolled_tag.status_code == 200
    again = {"If-None-Match": rolled_tag.headers["etag"]}
    assert merged.http.get("/v1/coverage", params=asked | {"roll_to": DAY}, headers=again).status_code == 304


def test_a_contracts_values_are_those_of_its_commissioners_followers(merged: Registry) -> None:
    (one,) = read(merged, "contracts", roll_to=DAY)["items"]
    found = {part["body"]["id"]: (part["value_gbp"], part["of"], part["basis"]) for part in one["rolled_values"]}
    # Tameside has 0.4 of 1,200,000; Trafford, that coordinates, the rest, of which a third passed to NEW.
    assert found == {
        "ods:NEW": (720_000, [TAMESIDE, TRAFFORD], "assumption"),
        "ods:NEW2": (480_000, [TRAFFORD], "assumption"),
    }
    (of_year,) = read(merged, "contracts", roll_to=DAY, year="2013-14", as_of="2026-01-01")["items"]
    assert of_year["rolled_values"] == one["rolled_values"], "followed from the year asked about"


BODIES = ("ods:0", "ods:1", "ods:2", "ods:3", "ods:4")


def a_reference(events: list[Succession]) -> Reference:
    bodies = {body: Body(body, "ccg", body, True, date(2013, 4, 1), FOREVER) for body in BODIES}
    return Reference(
        as_of=date(2014, 1, 15), bodies=bodies, places={}, parents={}, overlaps=(), stages={}, pathways={}, rules=(),
        succession=tuple(events),
    )  # fmt: skip


def a_contract(shares: list[float | None], values: list[tuple[str, str, int]]) -> ContractView:
    return ContractView.model_validate(
        {
            "id": "c", "version": 1, "owner": "ods:0", "valid_from": "2013-04-01", "valid_to": "2019-04-01",
            "recorded_from": "2014-01-01T00:00:00Z", "title": "c", "provider": "ods:P1", "coordinator": "ods:0",
            "form": "block", "stages": ["s"], "places": ["p"],
            "associates": [{"organisation": BODIES[n + 1], "share": share} for n, share in enumerate(shares)],
            "values": [{"year": year, "money": money, "value_gbp": gbp} for year, money, gbp in values],
        }
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    weights=st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=3),
    values=st.lists(
        st.tuples(
            st.sampled_from(["2013-14", "2014-15", "2018-19"]),
            st.sampled_from(["contract-value", "plan"]),
            st.integers(0, 10**9),
        ),
        max_size=5,
        unique_by=lambda one: one[:2],
    ),
    splits=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 999_999), st.integers(1, 9)), max_size=6),
)
def test_every_value_by_year_and_kind_of_money_adds_up_to_the_pound(
    weights: list[int | None], values: list[tuple[str, str, int]], splits: list[tuple[int, int, int]]
) -> None:
    contract = a_contract([None if weight is None else weight / 100 for weight in weights], values)
    events = {
        (before, day): Succession(
            f"ods:{before}", "ods:4", "split", date(2015, 4, day), share / 1_000_000, "assumption"
        )
        for before, share, day in splits
    }
    world = a_reference(list(events.values()))
    totals: Counter[tuple[str, str]] = Counter()
    for one in rolled_values(world, world, contract, date(2016, 4, 1)):
        totals[one.year, one.money.value] += one.value_gbp
    assert totals == Counter({(year, money): gbp for year, money, gbp in values})


def test_an_associate_without_a_share_is_counted_with_the_coordinator_and_that_is_an_assumption() -> None:
    assert [(one.body, one.share, one.basis) for one in commissioners(a_contract([0.25, None], []))] == [
        ("ods:1", Fraction(1, 4), "published"), ("ods:0", Fraction(3, 4), "assumption"),
    ]  # fmt: skip
    assert [one.body for one in commissioners(a_contract([0.5, 0.3, 0.2], []))] == ["ods:1", "ods:2", "ods:3"]
    assert [one.basis for one in commissioners(a_contract([], []))] == ["published"]
