"""From figures, map and agreements to a problem: what goes in where, and what is refused."""

import json

import pytest

from concord_allocation.assembly.assemble import assemble
from concord_allocation.assembly.faults import CannotAssemble
from concord_contracts.agreements import Contribution
from concord_contracts.allocation import Limit, Line, Problem, Purse
from services.allocation.tests.worlds import (
    AGREEMENT,
    CCG,
    COUNCIL,
    NHSE,
    make_amounts,
    make_cell,
    make_cells,
    make_figures,
    make_line,
    make_mechanism,
    make_place,
    make_world,
)


def line_of(problem: Problem, stage: str) -> Line:
    (found,) = [line for line in problem.lines if line.stage == stage]
    return found


def purse_of(problem: Problem, key: str) -> Purse:
    (found,) = [purse for purse in problem.purses if purse.key == key]
    return found


def limit_of(problem: Problem, beginning: str) -> Limit:
    (found,) = [limit for limit in problem.limits if limit.key.startswith(beginning)]
    return found


def faults_of(**world: object) -> list[tuple[str | None, str]]:
    with pytest.raises(CannotAssemble) as refused:
        assemble(make_world(**world))  # type: ignore[arg-type]
    return [(fault.pointer, fault.kind) for fault in refused.value.faults]


def test_the_map_says_who_must_pay_and_by_which_rule() -> None:
    problem = assemble(make_world())
    payers = {line.stage: line.statutory_payer for line in problem.lines}
    assert payers == {
        "prevention": COUNCIL, "imaging": CCG, "follow_up": CCG, "nurses": CCG, "navigation": CCG, "surgery": NHSE,
    }  # fmt: skip
    assert line_of(problem, "surgery").citation == "the rule on surgery"
    assert line_of(problem, "surgery").procedure_class == "surgery"


def test_places_and_stages_bring_their_names() -> None:
    names = assemble(make_world()).names
    assert names["imaging"] == "Imaging"
    assert names["ccg-02A"] == "Ccg-02A"
    assert "follow_up" not in names  # the map has no name for it here, so it stands for itself


def test_a_rule_from_memory_says_so() -> None:
    assert line_of(assemble(make_world()), "follow_up").citation.endswith("(from memory, source awaited)")


def test_where_the_law_names_nobody_the_present_payer_is_kept_and_marked() -> None:
    nurses = line_of(assemble(make_world()), "nurses")
    assert nurses.statutory_payer == CCG
    assert nurses.provenance.basis == "assumption"
    assert "no commissioner named nationally; present payer assumed" in (nurses.provenance.note or "")


def test_a_change_of_the_law_changes_the_payer() -> None:
    moved = [cell for cell in make_cells() if cell.allocation_stage != "surgery"] + [
        make_cell("surgery", "ccg-02A", CCG)
    ]
    assert line_of(assemble(make_world(cells=moved)), "surgery").statutory_payer == CCG


def test_two_statutory_payers_of_one_line_are_a_fault() -> None:
    cells = [*make_cells(), make_cell("imaging", "ccg-02A", NHSE)]
    assert faults_of(cells=cells) == [(None, "several-statutory-payers")]


def test_one_line_for_two_stages_of_the_map_takes_the_stricter_procedure_class() -> None:
    cells = [*make_cells(), make_cell("imaging", "ccg-02A", CCG, procedure_class="endoscopy")]
    assert line_of(assemble(make_world(cells=cells)), "imaging").procedure_class == "endoscopy"


def test_a_purse_that_also_pays_for_other_places_takes_part_with_their_share_left_out() -> None:
    purse = purse_of(assemble(make_world()), "nhse-specialised")
    assert purse.amount_gbp == {"2014-15": 800_000, "2015-16": 800_000}
    assert "50.0% of the purse" in (purse.provenance.note or "")
    assert purse.office == "Cheshire, Warrington and Wirral"


def test_money_outside_the_baseline_is_there_but_empty() -> None:
    headroom = purse_of(assemble(make_world()), "ccg-headroom")
    assert headroom.amount_gbp == {"2014-15": 0, "2015-16": 0}
    assert headroom.scope.stages == ["imaging"]
    assert not headroom.recurrent


def test_a_ring_fence_is_the_scope_of_its_purse() -> None:
    grant = purse_of(assemble(make_world()), "council-grant")
    assert grant.scope.stages == ["prevention"]
    assert grant.kind == "ring_fence"


def test_the_baseline_is_affordable_to_the_pound() -> None:
    problem = assemble(make_world())
    for purse in problem.purses:
        paid = sum(part.gbp for line in problem.lines for part in line.reference if part.purse == purse.key)
        assert paid <= purse.amount_gbp["2014-15"]


def test_curves_scale_with_the_baseline_or_with_people() -> None:
    problem = assemble(make_world())
    curves = {curve.key: curve for curve in problem.curves}
    surgery, navigation = line_of(problem, "surgery"), line_of(problem, "navigation")
    widths = [segment.width_gbp for segment in curves[surgery.curve or ""].segments]
    assert [width * surgery.curve_scale for width in widths if width] == pytest.approx([640_000, 160_000, 240_000])
    assert curves[navigation.curve or ""].segments[0].width_gbp == 5400
    assert navigation.curve_scale == 2.0


def test_a_line_per_head_needs_a_population() -> None:
    places = [make_place("ccg-02A", "ccg").model_copy(update={"populations": []}), make_place("la-trafford", "council")]
    assert faults_of(places=places) == [(None, "population-unknown")]


def test_demand_that_must_be_met_is_a_floor_on_cases_that_grows_with_referrals() -> None:
    demand = limit_of(assemble(make_world()), "demand.")
    assert demand.at_least == 4900
    assert demand.demand_driven
    assert demand.terms[0].select.lines == ["ccg-02A.lung.imaging"]


def test_cases_later_in_the_pathway_are_bound_to_earlier_ones() -> None:
    link = limit_of(assemble(make_world()), "link.")
    assert [term.coefficient for term in link.terms] == [1.0, -0.03]
    assert link.at_most == 0
    assert link.source == "annual-report"


def test_planning_rules_become_paces_of_change_and_can_be_left_out() -> None:
    paces = {pace.key: pace for pace in assemble(make_world()).pace_of_change}
    assert (paces["pace-first"].max_up, paces["pace-first"].max_down, paces["pace-first"].years) == (
        0.25, 0.10, ["2014-15"],
    )  # fmt: skip
    assert paces["nurses-kept"].max_down == 0
    assert paces["nurses-kept"].select.stages == ["nurses"]
    assert paces["nurses-kept"].source == "assumption: a judgement"
    kept = assemble(make_world(without=["pace-first"])).pace_of_change
    assert [pace.key for pace in kept] == ["nurses-kept"]


def test_cash_prices_follow_the_published_tariff_from_the_reference_year_on() -> None:
    problem = assemble(make_world(price_basis="cash"))
    assert line_of(problem, "surgery").cost_factor == pytest.approx({"2014-15": 0.985, "2015-16": 0.985})
    assert line_of(problem, "prevention").cost_factor == {}
    assert line_of(assemble(make_world()), "surgery").cost_factor == {}


def test_an_agreement_in_force_becomes_mechanism_fund_and_signed_contribution() -> None:
    problem = assemble(make_world(mechanisms={"2014-15": [make_mechanism()]}))
    (mechanism,) = problem.mechanisms
    (fund,) = problem.funds
    signed = limit_of(problem, "signed.")
    assert (mechanism.kind, mechanism.years, mechanism.agreement) == ("s75_pool", ["2014-15"], AGREEMENT)
    assert mechanism.lines.lines == ["la-trafford.lung.prevention"]
    assert [part.purse for part in fund.contributors] == ["ccg-programme"]
    assert (signed.at_least, signed.years) == (20_000, ["2014-15"])
    assert signed.terms[0].select.funds == [fund.key]


def test_a_lead_agreement_that_moves_no_money_gives_nobody_a_right_to_pay() -> None:
    problem = assemble(make_world(mechanisms={"2014-15": [make_mechanism(kind="s14Z3", contributions=[])]}))
    assert (problem.mechanisms, problem.funds) == ([], [])


def test_contributions_in_kind_are_not_money() -> None:
    in_kind = Contribution(
        party=CCG, purse="ccg-programme", year="2014-15", amount_pence=100, kind="in-kind", ring_fence="none"
    )
    assert assemble(make_world(mechanisms={"2014-15": [make_mechanism(contributions=[in_kind])]})).funds == []


def test_a_pool_that_reaches_beyond_the_chosen_places_forces_no_contribution() -> None:
    wide = make_mechanism(cells=[("map_prevention", "la-trafford"), ("map_prevention", "la-elsewhere")])
    problem = assemble(make_world(mechanisms={"2014-15": [wide]}))
    assert problem.funds
    assert not [limit for limit in problem.limits if limit.key.startswith("signed.")]


def test_an_agreement_over_an_area_reaches_the_places_below_it() -> None:
    area = make_mechanism(cells=[("map_prevention", "trafford")])
    problem = assemble(make_world(mechanisms={"2014-15": [area]}))
    assert problem.mechanisms[0].lines.lines == ["la-trafford.lung.prevention"]


def test_every_fault_is_named_at_once() -> None:
    figures = make_figures(purse_amounts=make_amounts("ccg-programme", 1, years=["2013-14"]))
    found = faults_of(figures=figures, without=["no-such-rule"], mechanisms={"2014-15": [make_mechanism(kind="loan")]})
    assert set(found) == {("/years", "year-unknown"), ("/without/0", "unknown-rule"), (None, "unknown-mechanism")}
    assert found.count(("/years", "year-unknown")) == 6


def test_places_without_money_are_a_fault() -> None:
    assert ("/places", "no-lines") in faults_of(places=[make_place("ccg-other", "ccg")])


def test_the_order_of_the_tables_changes_nothing() -> None:
    figures = make_figures()
    tables = [name for name in figures.__dataclass_fields__ if name != "paid"]
    turned = make_figures(**{name: list(reversed(getattr(figures, name))) for name in tables})
    cells = list(reversed(make_cells()))
    assert assemble(make_world()) == assemble(make_world(figures=turned, cells=cells))


def test_the_document_survives_json() -> None:
    problem = assemble(make_world(mechanisms={"2014-15": [make_mechanism()]}))
    assert Problem.model_validate(json.loads(problem.model_dump_json(exclude_none=True))) == problem


def test_keys_longer_than_a_key_may_be_stay_distinct() -> None:
    long_name = "x" * 60
    figures = make_figures(
        lines=[make_line("ccg-02A", f"{long_name}{end}", "ccg-programme", 1) for end in "ab"], curves=[],
        activity=[
            row.model_copy(update={"line": f"ccg-02A/lung/{long_name}{end}", "must_meet": True})
            for row, end in zip(make_figures().activity, "ab", strict=True)
        ],
        unit_costs=[
            make_figures().unit_costs[0].model_copy(update={"stage": f"{long_name}{end}"}) for end in "ab"
        ],
    )  # fmt: skip
    keys = [limit.key for limit in assemble(make_world(figures=figures)).limits]
    assert len(set(keys)) == 2
