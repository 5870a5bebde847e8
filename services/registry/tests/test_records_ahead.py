"""What records will bring about is foreseen on the day and in the place where it happens, and nothing is missed."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from concord_registry.finding_scope import Spot
from concord_registry.found import Found
from concord_registry.knowledge.days import days_of_records
from concord_registry.knowledge.findings import findings_above, knowledge_findings
from concord_registry.knowledge.known import Knowledge, KnownThroughout
from concord_registry.world import Reference
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry
from services.registry.tests.test_finding_lists import ahead, changes
from services.registry.tests.test_knowledge import TAMESIDE, TRAFFORD, entered
from services.registry.tests.test_knowledge_findings import a
from services.registry.tests.worlds import DAY

SPOTS = (Spot("ccg-02A", "lung"), Spot("la-Q", "lung"), Spot("gm", "lung", whole=False), Spot("england", "lung", False))
SPAN = 150
"""Days looked at: more than the quarter in which ends are told."""

days = st.integers(-100, SPAN + 100).map(lambda number: DAY + timedelta(number))
places = st.sampled_from(["ccg-02A", "gm", "england", "la-Q"])
bodies = st.sampled_from([TRAFFORD, TAMESIDE])


@st.composite
def of_a_topic(draw: st.DrawFn, number: int) -> tuple[str, Any]:
    """A record of a period drawn, with the dates that rules look at."""
    start = draw(days)
    period: dict[str, Any] = {"valid_from": start, "valid_to": start + timedelta(draw(st.integers(1, 300)))}
    topic = draw(st.sampled_from(["role-holders", "signing-authorities", "contracts", "plans", "networks", "risks"]))
    match topic:
        case "role-holders":
            level = draw(st.sampled_from(["local", "regional", "national"]))
            place = {"local": "ccg-02A", "regional": "gm", "national": "england"}[level]
            given = {"person": draw(st.sampled_from([None, "p1"])), "place": place, "body": draw(bodies)}
            given |= draw(st.sampled_from([{}, {"role": "whole-pathway-lead", "level": level}]))
        case "signing-authorities":
            given = {"body": draw(bodies), "decision": draw(st.sampled_from(["enter_agreement", "vary"]))}
        case "contracts":
            given = {"places": [draw(places)], "notice_months": draw(st.integers(0, 6)), "stages": ["imaging"]}
            given |= {"renewals": [start + timedelta(40)], "latest_notice_on": draw(st.sampled_from([None, start]))}
        case "plans" | "networks":
            given = {"places": [draw(places)]}
        case _:
            given = {"place": draw(places), "due": draw(days), "status": draw(st.sampled_from(["open", "accepted"]))}
    return topic, a(topic, f"r{number}", **(period | given))


def on(world: Reference, known: KnownThroughout, day: date, spot: Spot) -> dict[str, str]:
    """Key -> severity of what is found of the records, with every place looked at anew."""
    reference, knowledge = replace(world, as_of=day), known.on(day)
    find = knowledge_findings if spot.whole else findings_above
    return {one.key: one.severity for one in find(reference, knowledge, spot.pathway, spot.place)}


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_no_finding_changes_on_a_day_or_in_a_place_that_no_record_names(
    small_world: Reference, data: st.DataObject
) -> None:
    made = [data.draw(of_a_topic(number)) for number in range(data.draw(st.integers(1, 5)))]
    by_topic: dict[str, list[Any]] = {topic: [one for of, one in made if of == topic] for topic, _ in made}
    known = KnownThroughout(by_topic, anything=True)
    named = list(days_of_records(small_world, known, DAY, DAY + timedelta(SPAN)))
    for spot in SPOTS:
        reached = {day for day, touched in named if touched.reaches(spot, small_world)}
        read = [
            (day, on(small_world, known, day, spot)) for day in (DAY + timedelta(number) for number in range(SPAN + 1))
        ]
        changed = {day for (_, before), (day, after) in itertools.pairwise(read) if before != after}
        assert changed <= reached, spot


def lapsed(world: Reference, knowledge: Knowledge, day: date, kind: str) -> list[Found]:
    found = knowledge_findings(replace(world, as_of=day), knowledge, "lung", "ccg-02A")
    return [one for one in found if one.kind == kind]


def test_an_authority_that_ends_is_told_a_quarter_before_and_graver_once_it_has_ended(small_world: Reference) -> None:
    ends, week = date(2014, 6, 1), timedelta(7)
    one = a("signing-authorities", valid_to=ends)

    def told(day: date, *more: Any) -> list[tuple[str, str]]:
        found = lapsed(small_world, Knowledge(signing_authorities=[one, *more]), day, "authority-without-successor")
        return [(each.severity, each.key) for each in found]

    assert told(ends - timedelta(91)) == []
    ((soon, key),), ((after, same),) = told(ends - timedelta(90)), told(ends)
    assert (soon, after, key) == ("medium", "high", same)
    assert told(ends + week, a("signing-authorities", "next", valid_from=ends)) == []
    assert len(told(ends, a("signing-authorities", "other", valid_from=ends, decision="vary"))) == 1
    late = a("signing-authorities", "late", valid_from=ends + week)
    assert told(ends, late) != [] == told(ends + week, late)


def test_what_ended_is_told_apart_from_what_was_never_entered(small_world: Reference) -> None:
    def read(day: date, *stages: str) -> Iterator[tuple[str, str | None, str, str]]:
        contracts = [a("contracts", "c1", title="Scans", valid_to="2014-03-01")]
        contracts += [a("contracts", "c2", title="Drugs", stages=["gp"])] if stages else []
        known = KnownThroughout({"contracts": contracts, "plans": [a("plans", valid_to="2014-03-01")]}, anything=True)
        for kind in ("stage-without-contract", "stage-without-plan"):
            yield from (
                (one.kind.value, one.stage, one.severity, one.words)
                for one in lapsed(small_world, known.on(day), day, kind)
            )

    before, after = list(read(date(2014, 2, 28))), list(read(date(2014, 3, 1)))
    opened = [one for one in after if one not in before]
    assert [one[:3] for one in opened] == [
        ("stage-without-contract", "imaging", "medium"),
        ("stage-without-plan", "gp", "medium"),
        ("stage-without-plan", "imaging", "medium"),
    ]
    assert opened[0][3].endswith("here: Scans ran until 28 February 2014.")
    assert opened[1][3].endswith("here: Plan ran until 28 February 2014.")
    assert set(before) < set(after), "nothing closes when the last of them ends"
    assert opened[0] in read(date(2014, 3, 1), "gp")


def test_a_network_that_a_council_loses_is_foreseen_wherever_it_reached(registry: Registry, application: Any) -> None:
    more = {
        "relation_types.csv": "network_of,is the network of,has_network,has the network,\n",
        "relations.csv": "concord:phe,network_of,gss:Q,2013-04-01,2014-10-01,law,\n",
    }
    files = worlds.FILES | {name: worlds.FILES[name] + line for name, line in more.items()}
    worlds.load_into(application.state.concord.database, files)
    entered(registry, "plans")
    for place in ("la-Q", "ccg-01Y"):
        found = ahead(registry, place=place, until="2014-12-31")
        assert [(one["on"], one["finding"]["kind"]) for one in found["items"]] == [("2014-10-01", "no-network")]


def test_what_records_bring_about_is_foreseen_with_its_day_and_happens(registry: Registry) -> None:
    lead = {"role": "whole-pathway-lead", "level": "local"}
    person = registry.http.post("/v1/people", json={"name": "Ada"}, headers=registry.as_body(TRAFFORD)).json()["id"]
    role = entered(registry, "role-holders", **lead, person=person, valid_to="2014-09-01")
    scans = entered(registry, "contracts", valid_to="2014-07-01", notice_months=1)
    entered(registry, "contracts", stages=["gp"], notice_months=None, title="Referral")
    plan = entered(registry, "plans", valid_to="2014-08-01")
    authority = entered(registry, "signing-authorities", valid_to="2014-10-01")
    entered(registry, "risks", due="2014-05-31")
    found = ahead(registry, place="ccg-02A", until="2014-12-31")
    told = [
        (one["on"], one["change"], one["finding"]["kind"], one["finding"]["stage"], one["last_day"])
        for one in found["items"]
    ]
    for expected in (
        ("2014-06-03", "opened", "vacancy", None, "2014-06-02"),
        ("2014-03-04", "opened", "contract-notice-coming", None, "2014-03-03"),
        ("2014-07-01", "opened", "stage-without-contract", "imaging", "2014-06-30"),
        ("2014-08-01", "opened", "stage-without-plan", "gp", "2014-07-31"),
        ("2014-07-03", "opened", "authority-without-successor", None, "2014-07-02"),
        ("2014-10-01", "worsened", "authority-without-successor", None, "2014-09-30"),
        ("2014-06-01", "opened", "risk-overdue", "imaging", "2014-05-31"),
    ):
        assert expected in told, expected
    ending = {one["finding"]["kind"]: one["records_ending"] for one in found["items"] if one["records_ending"]}
    assert ending["stage-without-contract"] == [scans["id"]]
    assert ending["stage-without-plan"] == [plan["id"]]
    assert ending["authority-without-successor"] == [authority["id"]]
    assert role["id"] in {record for one in found["items"] for record in one["finding"]["records"]}
    day_by_day = [
        (day, *one)
        for before, day in itertools.pairwise(["2014-01-15", *found["days"]])
        for one in changes(registry, **{"from": before, "to": day})
    ]
    assert day_by_day == [one[:4] for one in told], "what is foreseen is what happens"
