"""The two texts, drafted from the chosen answer: the lead for the twelve groups, and Manchester's pooled fund."""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from concord_contracts.agreements import (
    AllocationCitation,
    BasisKey,
    Clause,
    Content,
    Contribution,
    Handling,
    Party,
    PartyRole,
    RingFence,
    RiskLayer,
    StageScope,
)
from concord_contracts.allocation import Answer, Scenario
from demo import days
from demo.case import Case, ccg_place, council_place, in_words

MILLIONTH = Decimal("0.000001")


def lead_text(case: Case, scenario: Scenario, answer: Answer, *, led_too: Sequence[str] = ()) -> Content:
    """The lead commissions the pathway for all groups of the area, by section 14Z3.

    `led_too`: stages of others that somebody wants under the lead.
    """
    places = [ccg_place(body) for body in case.ccgs]
    outside = [ccg_place(body) for body in case.ccgs if not (case.pooled and body in case.host_ccgs)]
    return Content(
        title=f"Lead commissioning of the {case.pathway_words} pathway: {case.lead_name} for {case.groups_words}",
        basis=BasisKey.S14Z3,
        pathway=case.pathway,
        parties=[
            Party(organisation=body, role=PartyRole.LEAD if body == case.lead else PartyRole.PARTNER)
            for body in case.ccgs
        ],
        stages=[
            *(_scope(stage, Handling.DELEGATED, places) for stage in (*case.delegated, *led_too)),
            *(_scope(stage, Handling.DELEGATED, outside) for stage in case.navigation if outside),
            *(
                StageScope(stage=stage, handling=Handling.IN_VIEW, places=places)
                for stage in case.in_view
                if stage not in (*case.delegated, *led_too)
            ),
        ],
        functions_reserved=["each group keeps its own budget, and decides on reconfiguration and consultation"],
        leads_pathway_for=places,
        contributions=lead_contributions(case, answer),
        clauses=_clauses(lead_clauses(case)),
        starts=days.STARTS,
        ends=days.ENDS,
        review_by=days.REVIEW,
        notice_months=6,
        allocation=citation(scenario, answer),
    )


def pool_text(case: Case, scenario: Scenario, answer: Answer, *, pooled_too: Sequence[str] = ()) -> Content:
    """The council and its groups pool its stages of the pathway and their navigation, by section 75.

    `pooled_too`: further stages of the groups that somebody wants in the pool.
    """
    at_council = [council_place(case.host)]
    at_ccgs = [ccg_place(body) for body in case.host_ccgs]
    contributions = pool_contributions(case, answer)
    return Content(
        title=f"{case.host_name} pooled fund for {case.pooled_words} in {case.pathway_words}",
        basis=BasisKey.S75_POOL,
        pathway=case.pathway,
        parties=[
            Party(organisation=case.host, role=PartyRole.HOST),
            *(Party(organisation=body, role=PartyRole.PARTNER) for body in case.host_ccgs),
        ],
        stages=[
            *(_scope(stage, Handling.POOLED, at_council) for stage in case.council_stages),
            *(_scope(stage, Handling.POOLED, at_ccgs) for stage in (*case.navigation, *pooled_too)),
            *(_scope(stage, Handling.ALIGNED, at_ccgs) for stage in case.aligned),
            *(_scope(stage, Handling.IN_VIEW, at_ccgs) for stage in case.in_view),
        ],
        functions_reserved=["fees and charges of the council", "decisions on service closures"],
        contributions=contributions,
        risk=risk_layers(contributions),
        clauses=_clauses(pool_clauses(case)),
        starts=days.STARTS,
        ends=days.ENDS,
        review_by=days.REVIEW,
        notice_months=6,
        allocation=citation(scenario, answer),
    )


def pool_contributions(case: Case, answer: Answer) -> list[Contribution]:
    """What each purse pays into the pool, as the answer has it: pounds in the plan, pence in the text."""
    return [
        Contribution(
            party=row.payer,
            purse=row.purse,
            year=row.year,
            amount_pence=signed(row.gbp) * 100,
            recurrent=True,
            ring_fence=RingFence.PUBLIC_HEALTH_GRANT if row.payer == case.host else None,
            for_stages=list(case.council_stages) if row.payer == case.host else [],
        )
        for row in sorted(answer.contributions, key=lambda row: (row.payer != case.host, row.payer, row.year))
        if signed(row.gbp) > 0
    ]


def lead_contributions(case: Case, answer: Answer) -> list[Contribution]:
    """Each group's planned money for the delegated stages of its own place, year by year."""
    planned: Counter[tuple[str, str, str]] = Counter()
    for cell in answer.cells:
        own = cell.payer in case.ccgs and cell.place == ccg_place(cell.payer)
        delegated = cell.stage in (*case.delegated, *case.navigation)
        if own and delegated and cell.fund is None:
            planned[cell.payer, cell.purse, cell.year] += cell.gbp
    return [
        Contribution(party=party, purse=purse, year=year, amount_pence=signed(gbp) * 100, recurrent=True)
        for (party, purse, year), gbp in sorted(planned.items())
        if signed(gbp) > 0
    ]


def signed(planned_gbp: int) -> int:
    """The planned pounds in round hundreds, always a little below: what is signed must stay possible to plan."""
    return max(planned_gbp - 1, 0) // 100 * 100


def risk_layers(contributions: Sequence[Contribution]) -> list[RiskLayer]:
    """The first 5% of a year's fund by contributions; whatever exceeds it equally, so that nobody carries it alone."""
    year = min(each.year for each in contributions)
    put_in = {each.party: 0 for each in contributions}
    for each in contributions:
        if each.year == year:
            put_in[each.party] += each.amount_pence
    by_contribution = shares(put_in)
    equally = shares(dict.fromkeys(put_in, 1))
    return [
        RiskLayer(
            up_to_pence=max(1, sum(put_in.values()) // 20), over_shares=by_contribution, under_shares=by_contribution
        ),
        RiskLayer(over_shares=equally, under_shares=by_contribution),
    ]


def shares(weights: dict[str, int]) -> dict[str, str]:
    """Shares of 1 in six decimals that sum to exactly 1; the last decimal goes to the heaviest."""
    total = sum(weights.values())
    given = {body: (Decimal(w) / total).quantize(MILLIONTH, ROUND_HALF_EVEN) for body, w in weights.items()}
    heaviest = max(given, key=lambda body: (given[body], body))
    given[heaviest] += 1 - sum(given.values())
    return {body: str(share) for body, share in sorted(given.items())}


def citation(scenario: Scenario, answer: Answer) -> AllocationCitation:
    """What the text says about the answer it rests on."""
    return AllocationCitation(
        scenario=scenario.id,
        problem_digest=answer.problem_digest,
        answer_digest=answer.digest,
        benefit=f"{answer.totals.benefit:.1f} {answer.totals.benefit_unit}",
        assumption_share=f"{answer.assumptions.share:.6f}",
    )


def _scope(stage: str, handling: Handling, places: list[str]) -> StageScope:
    return StageScope(stage=stage, handling=handling, places=places)


def _clauses(texts: dict[str, str]) -> list[Clause]:
    return [Clause(item=item, text=text) for item, text in texts.items()]


def lead_clauses(case: Case) -> dict[str, str]:
    """What the lead agreement must contain, item by item."""
    return {
        "functions": (
            f"The lead plans, specifies and contracts the delegated stages for {case.groups_words}. Each group "
            "keeps every function not listed, and the duty to consult the people of its area."
        ),
        "parties": (
            f"{case.lead_name} exercises the functions for the {in_words(len(case.ccgs) - 1)} others and for itself."
        ),
        "payments": (
            "Each group puts its planned money for the delegated stages at the lead's disposal, as listed; the "
            "money of one group pays for its own patients only. The lead's team is paid from running costs, by "
            "registered list."
        ),
        "duration_and_end": (
            "From 1 April 2014 for two years, reviewed every January, varied in writing, ended by any group "
            "with six months' notice to a 31 March."
        ),
        "liability": ("The arrangement does not affect the liability of any group for the exercise of its functions."),
        "accountability": (
            "The lead reports to a cancer commissioning board that meets every two months and on which every group has "
            "one vote; decisions that change a group's spending need that group's consent."
        ),
    }


def pool_clauses(case: Case) -> dict[str, str]:
    """What the pooled fund must contain, item by item."""
    return {
        "aims": (
            f"{'Fewer smokers, earlier' if case.quits else 'Earlier'} presentation, and one named person beside each "
            f"patient with suspected {case.pathway_words}; measured by {'four-week quits, ' if case.quits else ''}"
            "referrals that convert, and patients with a navigator from the first appointment."
        ),
        "contributions": (
            "As listed by partner, purse and year. They are varied by written agreement of all partners "
            "before 31 January for the year after. The council's contribution is public health grant and pays"
            " for its own stages only."
        ),
        "functions": (
            f"The council's public health functions of {case.council_words}, and the groups' "
            "functions of arranging navigation as part of care for their patients. Imaging is planned beside "
            f"the fund and paid by each group; {case.in_view_words} are in view only."
        ),
        "people_and_services": (
            f"Residents of {case.host_name} for {case.council_words}; people registered with the"
            f" {case.partners_words} and referred with suspected {case.pathway_words} for navigation."
        ),
        "resources": (
            f"The council provides {'the stop-smoking service' if case.quits else 'its services'} and premises; the "
            "groups provide the navigators' posts within their provider contracts. No staff transfer."
        ),
        "duration_and_end": (
            "From 1 April 2014 for two years, reviewed by 15 January 2015, varied in writing, ended by any "
            "partner with six months' notice; unspent money returns by contribution, the grant to the "
            "council's reserve."
        ),
        "management": (
            "A joint board meets every two months and sees spend, outcomes and navigated patients against plan; "
            "the host reports quarterly and yearly."
        ),
        "pool_manager": (f"{case.council_name} hosts the fund; its director of public health is the pool manager."),
    }
