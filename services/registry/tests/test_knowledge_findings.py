"""What follows from records beside the map: pure rules, on the small world and on records made up here."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from concord_contracts.registry import RecordView
from concord_kit.markdown_text import plain
from concord_kit.positions import Position
from concord_registry.coverage import cover
from concord_registry.knowledge import jsna, reports
from concord_registry.knowledge.contracts import months_before, notice_by, on_the_day
from concord_registry.knowledge.findings import findings_above, knowledge_findings
from concord_registry.knowledge.known import NOTHING, Knowledge
from concord_registry.knowledge.measured import Measured, after_period
from concord_registry.knowledge.network_coverage import network_coverage
from concord_registry.knowledge.reference_groups import is_specialised
from concord_registry.knowledge.showing import typed
from concord_registry.knowledge.standards import stages_without, standards
from concord_registry.knowledge.topics import TOPICS, Held, content_of
from concord_registry.pathway_facts import Actual, Comparator, PathwayFacts
from concord_registry.world import Reference
from services.registry.tests.test_knowledge import SENT, TAMESIDE, TRAFFORD
from services.registry.tests.worlds import DAY

AT = Position(DAY, datetime(2014, 1, 15, tzinfo=UTC), 7)


def a(topic: str, record: str = "r1", /, **changed: Any) -> Any:
    sent = TOPICS[topic].sent.model_validate(SENT[topic] | changed)
    view: RecordView = typed(Held(topic, record, 1, TRAFFORD, sent.valid_from, sent.valid_to, content_of(sent)))
    return view


def found(reference: Reference, place: str = "ccg-02A", *kinds: str, **known: Any) -> list[tuple[str, str | None, str]]:
    all_of_them = knowledge_findings(reference, Knowledge(**known), "lung", place)
    assert len({one.key for one in all_of_them}) == len(all_of_them)
    return [(one.kind.value, one.stage, one.severity) for one in all_of_them if not kinds or one.kind in kinds]


def lead(name: str = "lead", **changed: Any) -> Any:
    given = {"role": "whole-pathway-lead", "level": "local", "person": "p1", "skills": ["clinical", "commissioning"]}
    return a("role-holders", name, **(given | changed))


def test_nothing_known_finds_nothing(small_world: Reference) -> None:
    assert knowledge_findings(small_world, NOTHING, "lung", "ccg-02A") == []


def test_a_lead_is_vacant_before_after_and_soon_and_not_while_it_is_held(small_world: Reference) -> None:
    def local(*roles: Any, erased: frozenset[str] = frozenset()) -> list[str]:
        knowledge = Knowledge(role_holders=roles, erased=erased)
        listed = knowledge_findings(small_world, knowledge, "lung", "ccg-02A")
        return [one.severity + ": " + one.words for one in listed if (one.kind, one.level) == ("vacancy", "local")]

    assert local(lead()) == []
    assert local(lead(pathway="breast"))[0].startswith("low: No whole-pathway lead")
    assert local(lead(valid_to="2014-01-01")) == [
        "medium: Nobody has been whole-pathway lead for this place since 1 January 2014."
    ]
    assert "until 28 February 2014, and nobody follows" in local(lead(valid_to="2014-03-01"))[0]
    assert local(lead(valid_to="2014-03-01"), lead("next", valid_from="2014-03-01")) == []
    assert local(lead(valid_to="2014-05-01")) == []
    assert "were erased" in local(lead(), erased=frozenset({"p1"}))[0]
    assert local(lead(person=None))[0].startswith("medium: Nobody")
    for place, level in (("gm", "regional"), ("england", "national")):
        (above,) = findings_above(small_world, Knowledge(role_holders=[lead()]), "lung", place)
        assert (above.level, above.severity) == (level, "low")
        held = Knowledge(role_holders=[lead(level=level, place=place)])
        assert findings_above(small_world, held, "lung", place) == []


def test_a_body_needs_clinical_and_commissioning_skill(small_world: Reference) -> None:
    def mix(*skills: list[str]) -> list[Any]:
        roles = [lead(f"r{number}", skills=some) for number, some in enumerate(skills)]
        return found(small_world, "ccg-02A", "skill-mix", role_holders=roles)

    assert mix(["clinical"], ["commissioning"]) == mix(["clinical", "commissioning"]) == []
    assert mix(["clinical"], ["finance"]) == [("skill-mix", None, "medium")]
    assert mix([]) == [("skill-mix", None, "low")]


@pytest.mark.parametrize(
    ("renewals", "reviewed", "unread"),
    [
        ([], None, False),
        (["2013-10-01"], None, True),
        (["2013-10-01"], "2013-06-01", False),
        (["2013-06-01", "2013-10-01"], "2013-05-01", True),
        (["2013-06-01", "2013-10-01"], "2013-07-01", False),
        (["2013-10-01"], "2013-12-01", False),
        (["2014-02-01"], None, False),
    ],
)
def test_a_contract_rolled_over_unread(
    small_world: Reference, renewals: list[str], reviewed: str | None, unread: bool
) -> None:
    contract = a("contracts", renewals=renewals, last_reviewed=reviewed)
    assert on_the_day(contract, DAY, withheld=False).rolled_over_unread is unread
    kinds = {kind for kind, _, _ in found(small_world, contracts=[contract])}
    assert ("contract-rolled-over-unread" in kinds) is unread


def test_the_last_day_for_notice_is_told_a_quarter_ahead(small_world: Reference) -> None:
    assert notice_by(a("contracts")) == date(2014, 4, 1)
    assert notice_by(a("contracts", latest_notice_on="2014-01-31")) == date(2014, 1, 31)
    assert notice_by(a("contracts", valid_to="9999-12-31")) is None
    assert notice_by(a("contracts", latest_notice_on="2014-01-31", notice_given_on="2014-01-02")) is None
    assert months_before(date(2014, 3, 31), 1) == date(2014, 2, 28)
    for on, severity in (("2014-01-14", None), ("2014-01-15", "high"), ("2014-04-01", "medium"), ("2014-06-01", None)):
        told = found(small_world, "ccg-02A", "contract-notice-coming", contracts=[a("contracts", latest_notice_on=on)])
        assert [one[2] for one in told] == ([severity] if severity else []), on


def test_stages_without_contract_and_contracts_with_bodies_that_ended(small_world: Reference) -> None:
    here = found(small_world, "ccg-02A", "stage-without-contract", contracts=[a("contracts")])
    assert [stage for _, stage, _ in here] == ["prevention", "gp", "surgery", "support"]
    elsewhere = found(small_world, "la-Q", "stage-without-contract", contracts=[a("contracts")])
    assert elsewhere == [("stage-without-contract", None, "low")]
    later = replace(small_world, as_of=date(2014, 2, 1), bodies=dict(small_world.bodies))
    later.bodies[TAMESIDE] = replace(small_world.bodies[TAMESIDE], valid_to=date(2014, 2, 1))  # type: ignore[index]
    ended = found(later, "ccg-02A", "contract-with-ended-body", contracts=[a("contracts")])
    assert ended == [("contract-with-ended-body", None, "high")]


def test_plans_networks_and_risks(small_world: Reference) -> None:
    unplanned = found(small_world, "ccg-02A", "stage-without-plan", plans=[a("plans")])
    assert [stage for _, stage, _ in unplanned] == ["prevention", "surgery", "support"]
    assert found(small_world, "ccg-01Y", "stage-without-plan", plans=[a("plans")]) == []
    assert found(small_world, "la-Q", "no-network", networks=[a("networks")]) == [("no-network", None, "low")]
    two = [a("networks"), a("networks", "r2", name="Another", pathways=["*"])]
    assert found(small_world, "ccg-02A", "no-network", "network-overlap", networks=two)[0][0] == "network-overlap"
    late = a("risks", due="2014-01-14")
    assert found(small_world, "ccg-02A", "risk-overdue", risks=[late]) == [("risk-overdue", "imaging", "medium")]
    for kept in (a("risks", due="2014-01-15"), a("risks", due="2014-01-14", status="accepted")):
        assert found(small_world, "ccg-02A", "risk-overdue", risks=[kept]) == []


def test_which_tumour_groups_have_no_reference_group_and_which_places_no_network(small_world: Reference) -> None:
    group = a("networks", "g", name="Lung group", kind="clinical-reference-group", places=["england"])
    one = network_coverage(small_world, Knowledge(networks=[group]), AT, "gm")
    assert (one.without_reference_group, one.without_network) == (["breast"], ["ccg-01Y", "ccg-02A"])
    two = [group, a("networks"), a("networks", "n2", name="Trafford's", places=["ccg-02A"])]
    covered = network_coverage(small_world, Knowledge(networks=two), AT, "gm")
    assert covered.without_network == []
    assert [(each.networks, each.places) for each in covered.overlaps] == [
        (["Manchester Cancer", "Trafford's"], ["ccg-02A"])
    ]


def test_every_ccg_with_its_lead_its_authorisation_and_the_advice_of_a_year(small_world: Reference) -> None:
    known = Knowledge(
        role_holders=[a("role-holders", person="p1", valid_to="2014-04-01"), a("role-holders", "x", body=TAMESIDE)],
        authorisations=[a("authorisations")],
        advice=[a("advice", valid_from="2013-01-15"), a("advice", "b", valid_from="2013-01-16")],
    )
    told = reports.leads_by_ccg(small_world, known, AT, "gm")
    trafford = next(one for one in told.items if one.body.id == TRAFFORD)
    assert (trafford.lead, trafford.lead_until, trafford.authorisation) == (True, date(2014, 4, 1), "authorised")
    assert (trafford.advice_in_the_year, told.without_lead) == (1, [TAMESIDE])


def facts(*actuals: tuple[str, str, float]) -> PathwayFacts:
    comparator = Comparator(
        "62-day", "62 days", ("surgery",), ("*",), "at_least", 0.85, "share", None, None, ("waiting-62",), "standard",
        "published", "law", None, None, None, date(2009, 1, 1), date(2023, 10, 1),
    )  # fmt: skip
    held = tuple(Actual("62-day", place, period, value, "published", "law", None) for place, period, value in actuals)
    return PathwayFacts(comparators={"62-day": comparator}, actuals=held)


def group(name: str, pathways: list[str], stages: list[str]) -> Any:
    scope = {"kind": "clinical-reference-group", "places": ["england"], "pathways": pathways, "stages": stages}
    return a("networks", name, name=name, **scope)


def test_how_far_reference_groups_reach_by_tumour_group_and_stage(small_world: Reference) -> None:
    def covered(*groups: Any) -> dict[str, Any]:
        found = network_coverage(small_world, Knowledge(networks=groups), AT, "gm")
        return {one.pathway: one for one in found.tumour_groups}

    surgeons, everywhere = group("Surgeons", ["lung"], ["surgery"]), group("Imagers", ["*"], ["imaging"])
    both = covered(surgeons, everywhere)
    assert {key: one.reach.value for key, one in both.items()} == {
        "lung": "some-stages",
        "breast": "stages-of-every-cancer" if "imaging" in small_world.pathways["breast"].stages else "none",
    }
    of_lung = {one.stage: one.reference_groups for one in both["lung"].stages}
    assert (of_lung["surgery"], of_lung["imaging"], of_lung["gp"]) == (["Surgeons"], ["Imagers"], [])
    assert both["lung"].reference_groups == ["Imagers", "Surgeons"]
    whole = covered(group("Lung group", ["lung"], ["*"]))
    assert whole["lung"].reach.value == "whole-pathway"
    assert (whole["breast"].reach.value, whole["breast"].reference_groups) == ("none", [])


def test_a_specialised_stage_that_no_group_advises_on_is_found_for_england(small_world: Reference) -> None:
    rules = tuple(
        replace(one, office="specialised_by_provider") if one.commissioner == "nhs_england" else one
        for one in small_world.rules
    )
    world = replace(small_world, rules=rules)
    specialised = [key for key in world.pathways["lung"].stages if is_specialised(world, key, "lung")]
    assert specialised

    def what(*groups: Any, pathway: str = "lung", place: str = "england") -> list[tuple[str | None, str]]:
        above = findings_above(world, Knowledge(networks=groups, anything=False), pathway, place)
        return [(one.stage, one.severity) for one in above if one.kind.value == "no-reference-group"]

    assert what() == [], "nothing is recorded of any group"
    one = group("Lung group", ["lung"], ["support"])
    assert what(one) == [(stage, "medium") for stage in specialised]
    assert what(one, group("All", ["*"], specialised)) == []
    assert what(one, place="gm") == []
    assert what(one, pathway="breast")[0] == (None, "low")
    kept = knowledge_findings(world, Knowledge(networks=(one,), anything=False), "lung", "ccg-02A")
    assert kept == [], "what comes with the reference files leaves places alone"


def test_networks_that_share_no_stage_do_not_overlap(small_world: Reference) -> None:
    apart = a("networks", stages=["gp"]), a("networks", "r2", name="Another", pathways=["*"], stages=["surgery"])
    assert found(small_world, "ccg-02A", "network-overlap", networks=list(apart)) == []
    assert network_coverage(small_world, Knowledge(networks=apart), AT, "gm").overlaps == []


def test_a_standard_is_held_against_the_latest_measure_of_the_nearest_place(small_world: Reference) -> None:
    def verdict(*actuals: tuple[str, str, float], pathway: str = "lung") -> list[tuple[str | None, str]]:
        return [
            (one.measured_of, one.verdict) for one in standards(small_world, facts(*actuals), (), pathway, "ccg-02A")
        ]

    assert verdict() == [(None, "not known: no figure imported")]
    england = ("england", "since 2009-10", 0.9), ("england", "2013-14 Q4", 0.844)
    assert verdict(*england) == [("england", "missed in England; no figure imported here")]
    assert verdict(*england, ("ccg-02A", "2013-14", 0.85), ("ccg-01Y", "2013-14", 0.1)) == [("ccg-02A", "met")]
    assert verdict(*england, pathway="breast") == []
    assert stages_without(small_world, facts(), "breast") == list(small_world.pathways["breast"].stages)
    held = facts().comparators["62-day"].stages
    assert stages_without(small_world, facts(), "lung") == [
        stage for stage in small_world.pathways["lung"].stages if stage not in held
    ]


def measured(part: str, period: str, value: float, *, subject: str = TRAFFORD, file: int = 7) -> Measured:
    return Measured(subject, "waiting-62", part, period, value, None, None, file, f"file {file} in words")


def test_what_a_publisher_measured_of_the_commissioner_goes_before_the_comparators_own(
    small_world: Reference,
) -> None:
    def row(*files: Measured, place: str = "ccg-02A", on: date = DAY) -> Any:
        world, own = replace(small_world, as_of=on), facts(("ccg-02A", "2012-13", 0.5), ("england", "2012-13", 0.6))
        return standards(world, own, files, "lung", place)[0]

    whole = measured("ALL CARE / ALL CANCERS", "2013-12", 0.85)
    one = row(whole)
    assert (one.actual, one.period, one.measured_of, one.verdict) == (0.85, "2013-12", "ccg-02A", "met")
    assert (one.source, one.file, one.edition, one.part) == ("file-7", 7, "file 7 in words", "ALL CARE / ALL CANCERS")
    by_code = measured("", "2013-12", 0.7, subject="gss:E38000187")
    assert (row(by_code).actual, row(by_code, place="ccg-01Y").actual) == (0.7, 0.6), "nobody else's figure"
    assert (row(whole, place="ccg-01Y").edition, row().actual, row().source) == (None, 0.5, "law")
    lung = measured("ALL CARE / Lung", "2013-12", 0.8)
    assert row(whole, lung, measured("ADMITTED / Lung", "2013-12", 0.1)).actual == 0.8, "of the pathway itself"
    two_parts = measured("SURGERY", "2013-12", 0.1), measured("DRUGS", "2013-12", 0.2)
    assert row(*two_parts).actual == 0.5, "parts are not added up"
    later = measured("", "2014-01", 0.9), measured("", "2013-14 Q3", 0.91, file=9)
    assert row(whole, *later).actual == 0.91, "of two that end alike the later file's"
    assert row(whole, *later, on=date(2014, 1, 31)).actual == 0.91, "January is not over"
    assert row(whole, *later, on=date(2014, 2, 1)).actual == 0.9


def test_periods_end_when_they_do() -> None:
    ends = {"2021-12": date(2022, 1, 1), "2013-14": date(2014, 4, 1), "2013-14 Q4": date(2014, 4, 1),
            "2013-14 Q1": date(2013, 7, 1), "2010-11": date(2010, 12, 1), "2013-19": None}  # fmt: skip
    assert {period: after_period(period) for period in ends} == ends


def test_the_risk_register_puts_the_highest_first_and_closed_risks_last(small_world: Reference) -> None:
    risks = [
        a("risks", "low", likelihood=1),
        a("risks", "closed", likelihood=5, impact=5, status="closed"),
        a("risks", "high", impact=5, place="england", pathway="*"),
        a("risks", "other", pathway="breast"),
    ]
    told = reports.risk_register(small_world, Knowledge(risks=risks), facts(), (), AT, "lung", "ccg-02A")
    assert ([one.id for one in told.risks], told.worst) == (["high", "low", "closed"], 20)


def test_the_section_of_a_needs_assessment_says_what_is_not_known_and_escapes_what_it_shows(
    small_world: Reference,
) -> None:
    plans = [a("plans", title="Plan | <b>bold</b>", places=["gm"])]
    maps = [cover(small_world, [], "lung", ["la-P"])]
    told = jsna.section(small_world, Knowledge(plans=plans), facts(), (), [], AT, maps, "la-P")
    assert [one.persons for one in told.populations] == [220_000]
    assert any("nobody is named" in one for one in told.not_known)
    assert "Lung cancer: no plan is recorded for 4 of 6 stages." in told.not_known
    text = jsna.as_markdown(told)
    assert "<b>" not in text
    assert "| Plan | " not in text
    assert "| Thoracic surgery |" in text
    law = {one.stage: one.verified for one in told.pathways[0].stages}
    assert (law["imaging"], law["prevention"]) == (False, True)
    lines = {line.split(" | ")[0]: line for line in text.splitlines() if line.startswith("| ")}
    assert all(
        ("(source awaited)" in lines[f"| {one.name}"]) is (one.verified is False) for one in told.pathways[0].stages
    ), "what was not read is marked where a board reads it"


@pytest.mark.parametrize(("as_of", "age"), [(date(2015, 4, 1), "2 years"), (date(2014, 4, 1), "1 year"), (None, None)])
def test_a_needs_assessment_tells_how_old_its_figures_of_people_are(
    small_world: Reference, as_of: date | None, age: str | None
) -> None:
    at = replace(AT, as_of=as_of) if as_of else AT
    told = jsna.section(small_world, Knowledge(), facts(), (), [], at, [], "la-P")
    newest = told.populations[0].year
    said = [one for one in told.not_known if one.startswith("How many people live here")]
    text = jsna.as_markdown(told)
    if age is None:
        assert said == []
        assert f"| {plain(newest)} |" in text
    else:
        (words,) = said
        assert f"the newest figure is of {newest}, {age} before 1 April {at.as_of.year}." in words
        assert f"| {plain(newest)}, {age} before |" in text


@pytest.mark.parametrize(
    "address",
    [
        "/v1/clinical-leads?within=gm",
        "/v1/network-coverage?within=gm",
        "/v1/plan-coverage?pathway=lung&place=ccg-02A",
        "/v1/risk-register?pathway=lung&place=ccg-02A",
        "/v1/jsna?place=la-P&pathway=lung",
    ],
)
def test_reports_are_read_at_a_position_and_refuse_what_is_unknown(standing: Any, address: str) -> None:
    asked = f"{address}&as_of=2014-01-15"
    answer = standing.http.get(asked)
    assert (answer.status_code, answer.json()["as_of"]) == (200, "2014-01-15"), answer.text
    known_at = answer.json()["known_at"].replace("+", "%2B")
    assert standing.http.get(f"{asked}&known_at={known_at}").json() == answer.json()
    wrong = standing.http.get(asked.replace("gm", "nowhere").replace("lung", "toe"))
    assert wrong.json()["type"].endswith("unknown-code")


def test_the_section_comes_as_json_markdown_and_html(standing: Any) -> None:
    for accept, begins in (("text/markdown", "# Cancer: P"), ("text/html", "<!doctype html>")):
        answer = standing.http.get("/v1/jsna?place=la-P&as_of=2014-01-15", headers={"Accept": accept})
        assert answer.text.startswith(begins)
        assert answer.headers["content-type"].startswith(accept)
    assert standing.http.get("/v1/jsna?place=la-P", headers={"Accept": "image/png"}).status_code == 406
