"""Answers as a person reads them: within the page's width, whole, and in words."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

from rich.console import Console

from concord_client.show.claims import show_claims, show_mandates
from concord_client.show.coverage import show_coverage
from concord_client.show.page import WIDTH, figure, listed, make_console, shortened, thousands
from concord_client.show.plans import alike, binding_table, show_difference, show_outcome, split_table
from concord_client.show.public_page import as_markdown, sections
from concord_contracts.allocation import (
    BindingLimit,
    ConflictMember,
    Difference,
    DifferenceRow,
    Loosen,
    Loosening,
    PayerLoosening,
    Refusal,
    Relaxation,
    SolverFacts,
    SplitRow,
)
from concord_contracts.registry import (
    Citation,
    ClaimView,
    Coverage,
    Finding,
    FindingKind,
    Mandate,
    NamedBody,
    StageCoverage,
    Statutory,
)

FOREVER = date(9999, 12, 31)
COUNCIL = NamedBody(id="gss:E08000009", name="Trafford Metropolitan Borough Council", kind="council")


def page(show: Callable[[Console], None]) -> str:
    file = io.StringIO()
    show(make_console(file))
    text = file.getvalue()
    assert max(map(len, text.splitlines())) <= WIDTH
    return text


def joined(text: str) -> str:
    """A page's words without the line breaks that tables make."""
    return " ".join(text.split())


def finding(kind: FindingKind, place: str, words: str, **more: object) -> Finding:
    return Finding(
        kind=kind,
        pathway="lung",
        place=place,
        severity="high",
        why_severity="stated rule",
        words=words,
        closes_when="somebody is agreed",
        **more,
    )


def prevention() -> StageCoverage:
    claim = ClaimView(
        id="1",
        version=1,
        role="commissions",
        organisation_said="nobody",
        stage="prevention",
        pathway="*",
        place="england",
        status="stated",
        asserted_by="macmillan-opm-2014",
        quotation="prevention and screening drives are being neglected " * 12,
        valid_from=date(2013, 4, 1),
        valid_to=FOREVER,
        recorded_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return StageCoverage(
        stage="prevention",
        name="Prevention: stopping smoking",
        kind="stage",
        order=1,
        place="ccg-02A",
        statutory=Statutory(
            rule="r",
            commissioners=[COUNCIL],
            population_basis="resident",
            procedure_class="none",
            citation=Citation(text="NHS Act 2006 s.2B", verified=False),
            valid_from=date(2013, 4, 1),
            valid_to=FOREVER,
        ),
        local_position="unconfirmed",
        claims=[claim],
        findings=[],
    )


def test_the_map_names_law_claim_finding_and_hand_over():
    gap = "nobody commissions navigation"
    findings = [finding(FindingKind.GAP, place, gap, stage="care_coordination") for place in ("ccg-02A", "ccg-01G")]
    findings.append(finding(FindingKind.HAND_OVER, "ccg-02A", "council to CCG", stage="prevention", next_stage="mdt"))
    coverage = Coverage(
        as_of=date(2014, 1, 15),
        known_at=datetime(2026, 1, 1, tzinfo=UTC),
        seq=9,
        pathway="lung",
        pathway_name="Lung cancer",
        places=["ccg-02A"],
        stages=[prevention()],
        findings=findings,
        fragmentation=[],
        etag='W/"1"',
    )
    text = joined(page(lambda console: show_coverage(console, coverage)))
    assert "Metropolitan" in text
    assert "source awaited" in text
    assert "neglected" in text
    assert text.count(gap) == 1, "the same finding in two places is one line"
    assert "Hand-overs between commissioners From Held by To Held by" in text
    assert "mdt" in text


def test_what_is_said_comes_with_the_day_on_which_it_was_said() -> None:
    claim = prevention().claims[0].model_copy(update={"stated_on": date(2014, 10, 1)})
    cell = prevention().model_copy(update={"claims": [claim]})
    coverage = Coverage(
        as_of=date(2026, 11, 28), known_at=datetime(2026, 1, 1, tzinfo=UTC), seq=9, pathway="lung", etag='W/"1"',
        pathway_name="Lung cancer", places=["ccg-02A"], stages=[cell], findings=[], fragmentation=[],
    )  # fmt: skip
    assert "[macmillan-opm-2014, said 1 October 2014]" in joined(page(lambda console: show_coverage(console, coverage)))
    assert " said 1 October 2014 " in page(lambda console: show_claims(console, [claim], "Said"))
    leaflet = as_markdown(sections(coverage, {}))
    assert "(said on 1 October 2014)" in leaflet.replace("\\", "")


def test_a_refusal_shows_the_conflict_and_the_least_relaxation():
    member = ConflictMember(
        key="b",
        limit="grant",
        label="public health grant, Trafford",
        kind="purse",
        bound=400000,
        unit="GBP",
        statutory=True,
        source="s",
        words="the grant holds GBP 400,000",
    )
    step = Relaxation(
        key="q", limit="quits", label="quits kept", by=12, unit="quit", by_gbp=2820, weight=1, words="12 fewer quits",
        side="lower", payer="ods:trafford", payer_name="Trafford Council",
    )  # fmt: skip
    solver = SolverFacts(solver="HiGHS", versions={}, options={}, rows=1, columns=1, iterations=1, seconds=0.1)
    refusal = Refusal(
        status="infeasible",
        reason="conflict",
        problem_digest="0" * 64,
        digest="0" * 64,
        words="No plan keeps every limit.",
        conflict=[member],
        relaxation=[step],
        relaxation_gbp=2820,
        relaxation_by_payer=[
            PayerLoosening(payer="ods:trafford", name="Trafford Council", gbp=2820, weighted_gbp=2820)
        ],
        changes=[Loosen(rows=[Loosening(row="q", side="lower", by=12)])],
        solver=solver,
        sentences=[],
    )
    text = joined(page(lambda console: show_outcome(console, refusal)))
    assert "No plan keeps every limit." in text
    assert "the grant holds GBP 400,000" in text
    assert "[by law]" in text
    assert "quits kept Trafford Council 12 quit" in text
    assert "Trafford Council 2,820" in text
    assert "what-if SCENARIO --as-proposed" in text


def test_a_difference_shows_only_what_changes_and_counts_the_rest():
    rows = [
        DifferenceRow(
            year="2014-15", key=str(n), name=f"payer {n}", before_gbp=0, after_gbp=n * 1000, change_gbp=n * 1000
        )
        for n in range(20)
    ]
    difference = Difference(
        benefit_before=10,
        benefit_after=9,
        benefit_change=-1,
        benefit_unit="QALY",
        spend_change_gbp=0,
        available_change_gbp=-500,
        payers=rows,
        purses=[],
        stages=[],
        lines=[],
        binding_added=[],
        binding_removed=[],
        prices_changed=[],
        sentences=[],
    )
    text = page(lambda console: show_difference(console, difference))
    assert "payer 19" in text
    assert "payer 0" not in text
    assert "and 7 smaller ones" in text
    assert "+28" in text, "the smaller ones' sum is shown: 1 + 2 + ... + 7"
    assert "-GBP 500" in text


def binding(key: str, price: float, *, bound: float = 100, unit: str = "GBP", proof: str = "re-solved") -> BindingLimit:
    return BindingLimit(
        key=key, limit=key, label=key, kind="purse", year="2014-15", bound=bound, unit=unit, price_more=price,
        price_less=price, proof=proof, statutory=False, source="a test", words=key,
    )  # fmt: skip


def test_what_binds_is_shown_as_a_board_can_use_it():
    groups = alike(
        [
            binding("cases", 900, unit="scan"),
            binding("empty purse", 50, bound=0),
            binding("unproved", 40, proof="one valid price"),
            binding("like, unproved", 20, proof="one valid price"),
            binding("like", 20),
            binding("dear", 30),
        ]
    )
    shown = [[limit.key for limit in group] for group in groups]
    assert shown == [["dear"], ["like", "like, unproved"], ["unproved"], ["empty purse"], ["cases"]]


def test_a_price_has_the_sign_of_what_it_does_to_benefit():
    """An equality may cost more the more of it there is: the sign stood twice."""
    table = binding_table([binding("demand", -70, unit="case"), binding("cap", 50, unit="tonne")], "QALY")
    text = joined(page(lambda console: console.print(table)))
    assert "-700.00 +700.00" in text
    assert "+500.00 -500.00" in text


def test_a_small_plan_without_a_reference_is_told_in_pounds_alone():
    rows = [
        SplitRow(year="2014-15", key=key, name=key, gbp=gbp, reference_gbp=0, change_gbp=gbp, available_gbp=None,
                 benefit=None)
        for key, gbp in (("north", 1500), ("south", 0))
    ]  # fmt: skip
    text = joined(page(lambda console: console.print(split_table("By place", rows, compared=False))))
    assert text.endswith("north 1,500 1 with nothing 0 Total 1,500")
    assert "By place, GBP Who or what 2014-15" in text
    assert [figure(value) for value in (0, 0.108662, 3.5, 1330.227)] == ["0.0", "0.1087", "3.5", "1,330.2"]


def test_thousands_keep_small_differences_visible():
    assert [thousands(gbp, signed=True) for gbp in (0, 1, -1, 1500, -1499, 2_000_000)] == [
        "0",
        "+<1",
        "-<1",
        "+2",
        "-1",
        "+2,000",
    ]


def test_long_text_is_cut_at_a_word_and_long_lists_are_counted():
    assert shortened("one two three four", 10) == "one two …"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert listed(["a", "b", "c", "d"]) == "a, b, c, d"


def test_a_mandates_limit_is_shown_as_what_it_is() -> None:
    mandate = Mandate(
        holder="ods:0AJ", body="ods:02A", actions=["agreements.*"], limit_gbp=250_000,
        valid_from=date(2013, 4, 1), valid_to=date(2014, 4, 1),
    )  # fmt: skip
    assert "250,000 at a" in page(lambda console: show_mandates(console, [mandate]))
