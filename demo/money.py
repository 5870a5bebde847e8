"""Part 2: the baseline and the what-ifs, each with its difference, what binds, candidates, assumptions and check."""

from concord_client.show.plans import (
    show_difference,
    show_outcome,
    show_reasons,
    show_scenario,
)
from concord_contracts.allocation import (
    Answer,
    Change,
    Difference,
    Problem,
    Refusal,
    Scenario,
    WhatIfRequest,
    WhatIfResult,
)
from concord_contracts.allocation.scenarios import PreparedWhatIf, ScenarioRequest
from demo import days, questions, sizes
from demo.case import Case, in_words
from demo.expect import StepFailed, expect
from demo.walk import Walk

ROUNDED_QALY = 0.01
"""Plans are in whole pounds: a few pounds left over by rounding buy no more than this on the steepest curve."""
NO_RULE = "no commissioner named nationally"
"""What allocation notes on a line whose payer the rule book does not name."""


def ask_the_baseline(walk: Walk) -> None:
    """How should 2014-15 be split between the payers, under the law of the day and the usual limits?"""
    with walk.working("assembling and solving the baseline from registry, agreements and reference figures"):
        walk.base = walk.people.at(walk.case.lead, "commissioner").allocation.create_scenario(
            the_question(walk.case, days.DECIDED)
        )
    walk.base_answer = plan_of(walk.base)
    walk.base_problem = walk.people.at(walk.case.lead, "commissioner").allocation.problem(walk.base.id)
    walk.case = walk.case.with_money({line.stage for line in walk.base_problem.lines})
    show_scenario(walk.console, walk.base)
    walk.say("What is thin in the money here:")
    walk.say_list(thin_money(walk.base_problem))
    walk.say(
        "A plan is no budget: it goes as far as assumed curves and the limits above let it. It knows no contract's "
        "notice, no drug that must be funded, no machine or post that takes time, and no waiting time."
    )
    stored = walk.people.at(walk.case.lead, "commissioner").allocation.scenario(walk.base.id)
    expect(stored.outcome == walk.base.outcome, "the scenario reads back as it was answered")
    check_plan(walk.base_answer)
    expect(not walk.base_answer.contributions, "before any agreement there is no pooled money")


def thin_money(problem: Problem) -> list[str]:
    """What the problem itself marks as assumed: spend, what purses hold, and whose lines the law gives to nobody."""
    spend = [payment.gbp for line in problem.lines for payment in line.reference]
    stand_ins = [line for line in problem.lines if line.provenance.basis == "assumption"]
    gbp = sum(payment.gbp for line in stand_ins for payment in line.reference)
    held = [purse for purse in problem.purses if purse.provenance.basis == "assumption"]
    councils = {purse.owner for purse in held if purse.kind == "ring_fence"}
    nobody = {line.stage for line in problem.lines if NO_RULE in (line.provenance.note or "")}
    words = [
        f"{len(stand_ins)} of {len(problem.lines)} lines, GBP {gbp:,} of {sum(spend):,}, are stand-ins by a rule: "
        "nobody published spend by place and stage",
        f"{len(held)} of {len(problem.purses)} purses hold what a rule gives them, not a printed budget",
    ]
    if councils:
        words.append(f"the public health money of {in_words(len(councils))} councils is a rule's share of their grants")
    if nobody:
        words.append(
            f"no commissioner is named nationally for {len(nobody)} stages with money: the present payer stays"
        )
    return words


def the_question(case: Case, as_of: object) -> ScenarioRequest:
    return ScenarioRequest.model_validate(
        {
            "title": f"{case.pathway_words.capitalize()} in {case.area_name}, 2014-15 and 2015-16",
            "pathways": [case.pathway],
            "places": [case.area],
            "years": days.YEARS,
            "as_of": as_of,
        }
    )


def ask_grant_cut(walk: Walk) -> None:
    prepared = prepared_question(walk, "grant-cut")
    result = ask(walk, "a", prepared.question, questions.grant_cut(prepared))
    expect(difference_of(result).benefit_change <= 0, "a smaller grant buys no more benefit")


def say_that_no_council_pays(walk: Walk) -> None:
    """Instead of the grant's cut: there is no grant in this pathway, and no second text to agree."""
    owners = {purse.owner for purse in walk.base_problem.purses}
    expect(not any(owner.startswith("gss:") for owner in owners), "no council's purse is in the plan")
    walk.say(
        f"No council pays for a stage of {walk.case.pathway_words} in the figures: its public health money is planned "
        "under other pathways. So no grant is cut here, nothing is pooled under section 75 (which needs a council's "
        "functions beside the groups'), and one text is agreed instead of two: a lead under section 14Z3."
    )


def rest_on_the_baseline(walk: Walk) -> None:
    """A lead changes who acts, not whose money it is: the text rests on the baseline itself."""
    walk.chosen, walk.chosen_answer = walk.base, walk.base_answer
    walk.say(
        f"{walk.case.lead_name} is to act for {walk.case.groups_words}; each group's money still pays for its own "
        "patients only. No split changes, so the text rests on the baseline as it was answered."
    )
    expect(not walk.chosen_answer.contributions, "nothing is pooled")


def ask_headroom(walk: Walk) -> None:
    prepared = prepared_question(walk, "headroom")
    result = ask(walk, "b", prepared.question, questions.headroom(prepared))
    expect(
        difference_of(result).available_change_gbp == sum(part.gbp for part in prepared.amounts),
        "what is asked is added, in one year",
    )
    recurrent = {purse.key for purse in walk.base_problem.purses if purse.recurrent}
    if any(part.purse not in recurrent for part in prepared.amounts):
        expect(bool(plan_of(result.scenario).exits), "the second year's exit is shown")
    else:
        walk.say(
            "The figures keep no headroom for this pathway, so the sum goes to the groups' programmes for one year; "
            "what it started must end or be paid otherwise in the second."
        )


def ask_boundary_shift(walk: Walk) -> None:
    prepared = prepared_question(walk, "boundary-shift")
    result = ask(walk, "c", prepared.question, questions.boundary_shift(prepared))
    difference = difference_of(result)
    expect(difference.available_change_gbp == 0, "a shift between payers adds no money")


def ask_more_referrals(walk: Walk) -> None:
    prepared = prepared_question(walk, "referrals")
    ask(walk, "d", prepared.question, questions.more_referrals(walk.case, prepared))


def ask_the_impossible(walk: Walk) -> None:
    """A question without an answer: the conflict in words and the least relaxation."""
    prepared, cut = prepared_question(walk, "infeasible"), prepared_question(walk, "grant-cut")
    ask_for = questions.cut_but_keep_the_service if walk.case.pooled else questions.cut_but_keep_every_group
    changes = ask_for(walk.case, cut, walk.base_problem)
    asked = questions.impossible_question(walk.case, prepared)
    walk.say(asked, "bold")
    with walk.working("asking what cannot be"):
        result = walk.people.at(walk.case.lead, "commissioner").allocation.what_if(
            walk.base.id, WhatIfRequest(changes=changes, title=asked)
        )
    outcome = result.scenario.outcome
    expect(isinstance(outcome, Refusal), "no plan keeps a cut purse and last year's service")
    if isinstance(outcome, Refusal):
        walk.refusal, walk.refusal_scenario = outcome, result.scenario
        show_outcome(walk.console, outcome)
        expect(len(outcome.conflict) >= 2, "the conflict names what cannot hold together")
        expect(bool(outcome.relaxation), "the least relaxation is offered")
        by_law = {member.key for member in outcome.conflict if member.statutory}
        expect(not by_law & {step.key for step in outcome.relaxation}, "what the law sets is not relaxed")


def ask_the_pool(walk: Walk) -> None:
    """What if Manchester pooled? The answer the two texts are drafted from."""
    council = walk.people.at(walk.case.host, "commissioner")
    bases = council.agreements.legal_bases(as_of=days.STARTS)
    pool_basis = next(basis for basis in bases.items if basis.key == "s75_pool")
    question = f"{walk.case.host_name} pools {asked_words(walk)}: who pays what, and what does it buy?"
    result = ask(walk, "pool", question, questions.pool(walk.case, walk.base_problem, walk.base_answer, pool_basis))
    walk.chosen = result.scenario
    walk.chosen_answer = plan_of(result.scenario)
    expect(difference_of(result).benefit_change >= -ROUNDED_QALY, "being allowed to pool never makes the pathway worse")
    givers = {row.payer for row in walk.chosen_answer.contributions if row.gbp > 0}
    expect(
        givers == {walk.case.host, *walk.case.host_ccgs},
        f"each of the {in_words(len(walk.case.host_ccgs) + 1)} partners pays into the pool",
    )
    given = {row.purse for row in walk.chosen_answer.contributions if row.gbp > 0}
    lasting = {purse.key for purse in walk.base_problem.purses if purse.recurrent}
    expect(given <= lasting, "what is pooled is recurrent money")


def asked_words(walk: Walk) -> str:
    return walk.case.pooled_words.replace("stop smoking", "stop-smoking")


def ask(walk: Walk, name: str, question: str, changes: list[Change]) -> WhatIfResult:
    """Ask, show difference and reasons, and hold the answer to its own check."""
    walk.say(question, "bold")
    with walk.working("solving"):
        request = WhatIfRequest(changes=changes, title=question)
        result = walk.people.at(walk.case.lead, "commissioner").allocation.what_if(walk.base.id, request)
    answer = plan_of(result.scenario)
    show_difference(walk.console, difference_of(result))
    show_reasons(walk.console, answer)
    check_plan(answer)
    walk.what_ifs[name] = result
    return result


def check_plan(answer: Answer) -> None:
    """Each answer proves itself: the independent check, totals that add up, a stated share of assumptions."""
    expect(answer.status == "optimal", "the plan is proven best")
    expect(answer.check.passed and not answer.check.violations, "the independent check passes")
    expect(sum(cell.gbp for cell in answer.cells) == answer.totals.spend_gbp, "the cells add up to the total")
    for split in (answer.splits.payer, answer.splits.stage, answer.splits.place, answer.splits.purse):
        expect(sum(row.gbp for row in split) == answer.totals.spend_gbp, "every split adds up to the total")
    expect(0 <= answer.assumptions.share <= 1, "the share resting on assumptions is stated")
    expect(bool(answer.binding), "what binds is named")
    expect(bool(answer.candidate_investments) and bool(answer.candidate_releases), "candidates are named")


def plan_of(scenario: Scenario) -> Answer:
    """The scenario's plan. Raises StepFailed where it is a refusal."""
    outcome = scenario.outcome
    if isinstance(outcome, Refusal):
        raise StepFailed(f"{scenario.title}: {outcome.words}")
    return outcome


def difference_of(result: WhatIfResult) -> Difference:
    if result.difference is None:
        raise StepFailed(f"{result.scenario.title}: no difference, for one of the two has no plan")
    return result.difference


def prepared_question(walk: Walk, key: str) -> PreparedWhatIf:
    """A question of the reference data, with its published or assumed size."""
    for each in walk.people.at(walk.case.lead, "commissioner").allocation.prepared_what_ifs().items:
        if each.key == key:
            return sizes.fitted(walk.case, each, walk.base_problem.purses)
    raise StepFailed(f"the reference data holds no question {key}")
