"""What each finding says, and what closes it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from concord_contracts.registry import ClaimStatus, Commitment, FindingKind, Role
from concord_registry.coverage import Map, cover, local_position
from concord_registry.found import Found
from concord_registry.world import Claim, Reference
from services.registry.tests.worlds import a_claim


def mapped(reference: Reference, claims: Iterable[Claim], place: str = "ccg-02A") -> Map:
    return cover(reference, claims, "lung", [place])


def findings(
    reference: Reference, claims: Iterable[Claim], kind: FindingKind, stage: str | None = None, place: str = "ccg-02A"
) -> list[Found]:
    return [
        one
        for one in mapped(reference, claims, place).findings
        if one.kind is kind and (stage is None or one.stage == stage)
    ]


def position(reference: Reference, claims: Iterable[Claim], stage: str, place: str = "ccg-02A") -> str:
    found = mapped(reference, claims, place)
    return next(local_position(reference, cell) for cell, _ in found.cells if cell.stage.key == stage)


def silent(**given: object) -> Claim:
    """A report of 2014 that says nobody is named for support."""
    values: dict[str, object] = {
        "id": "n1",
        "organisation": None,
        "stage": "support",
        "pathway": "*",
        "place": "england",
        "asserted_by": "report-2014",
        "stated_on": date(2014, 1, 1),
    }
    return a_claim(**(values | given))


def test_where_a_report_names_nobody_the_gap_says_so_and_leaves_the_local_position_open(small_world: Reference) -> None:
    (gap,) = findings(small_world, [silent()], FindingKind.GAP, "support")
    assert "No commissioner named nationally (Macmillan, 2014); local position unconfirmed." in gap.words
    assert "The rule book names nobody" in gap.words
    assert gap.severity == "high"
    assert gap.why_severity.startswith("high:")
    assert position(small_world, [silent()], "support").startswith("no commissioner named nationally (Macmillan, 2014)")


@pytest.mark.parametrize(
    ("commitment", "open_"),
    [
        (Commitment.AGREED, True),
        (Commitment.FUNDED, True),
        (Commitment.CONTRACTED, False),
        (Commitment.MOBILISED, False),
    ],
)
def test_a_service_gap_closes_only_when_contracted(small_world: Reference, commitment: Commitment, open_: bool) -> None:
    agreed = a_claim(
        stage="support", status=ClaimStatus.CONFIRMED, agreement="a1", commitment=commitment, asserted_by="ods:02A"
    )
    gaps = findings(small_world, [silent(), agreed], FindingKind.GAP, "support")
    assert bool(gaps) is open_
    if open_:
        assert gaps[0].commitment is commitment
        assert gaps[0].words.startswith("Agreed since 1 April 2013")
        assert "still to be contracted" in gaps[0].words
        assert "still to be contracted" in position(small_world, [silent(), agreed], "support")


def test_a_leadership_gap_closes_at_agreed_for_the_place_and_for_the_area_once_one_body_leads_everywhere(
    small_world: Reference,
) -> None:
    def lead(place: str, body: str) -> Claim:
        return a_claim(
            id=f"lead-{place}", role=Role.LEADS, organisation=body, stage="*", place=place,
            status=ClaimStatus.CONFIRMED, agreement="a1", commitment=Commitment.AGREED,
        )  # fmt: skip

    def levels(*claims: Claim) -> set[str | None]:
        return {one.level for one in findings(small_world, claims, FindingKind.NO_PATHWAY_LEAD)}

    assert levels() == {"local", "regional", "national"}
    assert levels(lead("ccg-02A", "ods:02A")) == {"regional", "national"}
    assert levels(lead("ccg-02A", "ods:02A"), lead("ccg-01Y", "ods:01Y")) == {"regional", "national"}
    assert levels(lead("ccg-02A", "ods:02A"), lead("ccg-01Y", "ods:02A")) == {"national"}


def test_two_commissioners_are_a_duplicate_until_an_agreement_covers_them(small_world: Reference) -> None:
    ccg, council = a_claim(), a_claim(id="c2", organisation="gss:P", asserted_by="gss:P")
    (found,) = findings(small_world, [ccg, council], FindingKind.DUPLICATE)
    assert found.words.endswith("P Council — against — NHS Trafford CCG.")
    pool = a_claim(
        id="c3", organisation="gss:P", on_behalf_of=("ods:02A",), status=ClaimStatus.CONFIRMED, agreement="a1",
        commitment=Commitment.AGREED,
    )  # fmt: skip
    assert not findings(small_world, [ccg, council, pool], FindingKind.DUPLICATE)


def test_different_functions_of_a_stage_may_lie_with_different_bodies(small_world: Reference) -> None:
    plans = a_claim(function="strategic")
    buys = a_claim(id="c2", organisation="gss:P", asserted_by="gss:P", function="operational")
    everything = a_claim(id="c3", organisation="ods:X24", asserted_by="ods:X24")
    assert not findings(small_world, [plans, buys], FindingKind.DUPLICATE)
    assert findings(small_world, [plans, everything], FindingKind.DUPLICATE)


def test_an_office_is_its_legal_person_and_no_second_commissioner(small_world: Reference) -> None:
    claims = [
        a_claim(stage="gp", organisation="ods:X24", asserted_by="ods:X24"),
        a_claim(id="c2", stage="gp", organisation="ods:Q46", asserted_by="ods:X24"),
    ]
    assert not findings(small_world, claims, FindingKind.DUPLICATE)
    assert not findings(small_world, claims, FindingKind.DEPARTS_FROM_RULE)


def test_a_specific_claim_silences_a_general_one_only_by_displacing_it_undisputed(small_world: Reference) -> None:
    general = a_claim(id="g", organisation="gss:P", place="england", asserted_by="report-2014")
    specific = a_claim()
    assert findings(small_world, [general, specific], FindingKind.DUPLICATE)
    displacing = a_claim(displaces="g")
    assert not findings(small_world, [general, displacing], FindingKind.DUPLICATE)
    assert findings(small_world, [general, displacing], FindingKind.GAP, "imaging", "ccg-01Y") == []
    contested = a_claim(displaces="g", status=ClaimStatus.DISPUTED)
    assert findings(small_world, [general, contested], FindingKind.DEPARTS_FROM_RULE)


def test_two_bodies_each_naming_another_leave_a_stage_assumed_elsewhere(small_world: Reference) -> None:
    one = a_claim(stage="support", organisation="gss:P", asserted_by="ods:02A", status=ClaimStatus.ASSUMED)
    other = a_claim(id="c2", stage="support", organisation="ods:02A", asserted_by="gss:P", status=ClaimStatus.ASSUMED)
    (found,) = findings(small_world, [one, other], FindingKind.ASSUMED_ELSEWHERE)
    assert "NHS Trafford CCG believes it is P Council" in found.words
    assert found.bodies == ("gss:P", "ods:02A")
    assert not findings(small_world, [one], FindingKind.ASSUMED_ELSEWHERE)


def test_a_body_that_disputes_weighs_more_than_documents_that_disagree(small_world: Reference) -> None:
    document = a_claim(organisation="gss:P", status=ClaimStatus.DISPUTED, asserted_by="report-2014")
    body = a_claim(
        id="c2", status=ClaimStatus.DISPUTED, disputed_by="gss:P", disputed_reason="never agreed", asserted_by="ods:02A"
    )
    (by_document,) = findings(small_world, [document], FindingKind.DISPUTED)
    (by_body,) = findings(small_world, [body], FindingKind.DISPUTED)
    assert (by_document.severity, by_body.severity) == ("medium", "high")
    assert "P Council disputes" in by_body.words
    assert "never agreed" in by_body.words
    stage = small_world.stages["imaging"].name
    assert by_document.words.startswith(f"{stage}: commissioned by P Council, says ")
    assert stage in by_body.words


def test_a_review_due_today_is_not_yet_stale(small_world: Reference) -> None:
    assert not findings(small_world, [a_claim(review_by=date(2014, 1, 15))], FindingKind.STALE)
    (found,) = findings(small_world, [a_claim(review_by=date(2014, 1, 14))], FindingKind.STALE)
    assert "14 January 2014" in found.words


def test_a_hand_over_names_both_sides_and_weighs_more_across_to_local_government(small_world: Reference) -> None:
    found = findings(small_world, [], FindingKind.HAND_OVER)
    assert [(one.stage, one.next_stage, one.severity) for one in found] == [
        ("prevention", "gp", "medium"),
        ("gp", "imaging", "low"),
        ("imaging", "surgery", "low"),
    ]
    assert found[0].words == "Prevention (P Council) hands over to General practice (NHS England)."


def test_a_hand_over_weighs_less_where_an_agreement_joins_the_two_sides(small_world: Reference) -> None:
    pool = a_claim(
        stage="support", organisation="gss:P", on_behalf_of=("ods:02A",), status=ClaimStatus.CONFIRMED, agreement="a1",
        commitment=Commitment.AGREED,
    )  # fmt: skip
    without_surgery = tuple(rule for rule in small_world.rules if rule.stage != "surgery")
    found = findings(replace(small_world, rules=without_surgery), [pool], FindingKind.HAND_OVER)
    last = found[-1]
    assert (last.stage, last.next_stage, last.bodies) == ("imaging", "support", ("gss:P", "ods:02A"))
    assert (last.severity, last.why_severity) == ("low", "low: an agreement in force joins the two sides")


def test_a_planning_population_is_advice_and_is_met_by_planning_together(small_world: Reference) -> None:
    (found,) = findings(small_world, [], FindingKind.BELOW_PLANNING_POPULATION)
    assert found.stage == "imaging"
    assert "230,000 people" in found.words
    assert "never decides who is responsible" in found.why_severity
    together = a_claim(
        on_behalf_of=("ods:01Y",), status=ClaimStatus.CONFIRMED, agreement="a1", commitment=Commitment.AGREED
    )
    assert not findings(small_world, [together], FindingKind.BELOW_PLANNING_POPULATION)


def test_a_council_without_a_part_in_the_pathway_is_idle(small_world: Reference) -> None:
    without_prevention = cover(small_world, [], "lung", ["la-Q"])
    assert not [one for one in without_prevention.findings if one.kind is FindingKind.IDLE_BODY]
    rules = tuple(rule for rule in small_world.rules if rule.stage != "prevention")
    stripped = replace(small_world, rules=rules)
    (idle,) = [one for one in cover(stripped, [], "lung", ["la-Q"]).findings if one.kind is FindingKind.IDLE_BODY]
    assert idle.bodies == ("gss:Q",)


def test_a_function_is_filled_by_whoever_answers_for_it(small_world: Reference) -> None:
    assert findings(small_world, [], FindingKind.GAP, "registration")
    provides = a_claim(
        stage="registration", role=Role.PROVIDES, organisation="concord:phe", place="england", asserted_by="report-2014"
    )
    assert not findings(small_world, [provides], FindingKind.GAP, "registration")
    bought_by_nobody = a_claim(role=Role.PROVIDES, asserted_by="report-2014", place="england")
    assert findings(small_world, [bought_by_nobody], FindingKind.GAP, "imaging")


def nurses(reference: Reference) -> Reference:
    """The world with nurse specialists as a stage of lung cancer, which the law leaves to the CCG."""
    stage = replace(reference.stages["imaging"], key="nurse_specialists", name="Nurse specialists", order=60)
    lung = replace(reference.pathways["lung"], stages=(*reference.pathways["lung"].stages, "nurse_specialists"))
    (rule,) = [one for one in reference.rules if one.key == "r-imaging"]
    return replace(
        reference,
        stages={**reference.stages, "nurse_specialists": stage},
        pathways={**reference.pathways, "lung": lung},
        rules=(*reference.rules, replace(rule, key="r-nurses", stage="nurse_specialists")),
    )


def test_nurse_specialists_must_have_a_funder_whoever_commissions_them(small_world: Reference) -> None:
    world = nurses(small_world)
    buys = a_claim(stage="nurse_specialists")
    funds = a_claim(id="c2", stage="nurse_specialists", role=Role.FUNDS)
    (found,) = findings(world, [], FindingKind.NO_FUNDER)
    assert (found.stage, found.severity) == ("nurse_specialists", "high")
    (found,) = findings(world, [buys], FindingKind.NO_FUNDER)
    assert found.severity == "medium"
    assert not findings(world, [buys, funds], FindingKind.NO_FUNDER)
    assert findings(world, [buys, replace(funds, status=ClaimStatus.ASSUMED)], FindingKind.NO_FUNDER)
    for commitment, open_ in ((Commitment.AGREED, True), (Commitment.FUNDED, False)):
        agreed = replace(funds, status=ClaimStatus.CONFIRMED, agreement="a1", commitment=commitment)
        assert bool(findings(world, [buys, agreed], FindingKind.NO_FUNDER)) is open_


def test_every_finding_of_a_map_has_a_key_of_its_own(small_world: Reference) -> None:
    contested = a_claim(stage="support", status=ClaimStatus.DISPUTED, asserted_by="report-2014", place="england")
    leads = [
        a_claim(id=f"lead-{body}", role=Role.LEADS, stage="*", organisation=body, asserted_by=body)
        for body in ("ods:02A", "gss:P")
    ]
    found = cover(small_world, [contested, *leads], "lung", ["ccg-02A", "ccg-01Y", "la-Q"]).findings
    keys = [one.key for one in found]
    assert len(keys) == len(set(keys)) > 20
