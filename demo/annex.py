"""The facts of the governing-body paper, taken from the map and the answers; nothing is computed twice."""

from collections import Counter, defaultdict
from datetime import date

from concord_client.show.page import percent
from concord_client.show.plans import alike
from concord_contracts.agreements import OptionRow, PaperAnnex, PayerRow, StageRow
from concord_contracts.allocation import Answer, Line
from concord_contracts.registry import StageCoverage
from demo import days
from demo.case import Case, ccg_place, council_place
from demo.questions import pooled_lines
from demo.walk import Walk

OUTTURN_YEAR = "2013-14"
NOTE_LENGTH = 600
BINDING_SHOWN = 4
CANDIDATES_SHOWN = 2
WORTH_SAYING_GBP = 1000
GROUPS_SHOWN = 10


def paper_annex(walk: Walk) -> PaperAnnex:
    """The paper for the partners of the pool, drafted from the chosen answer."""
    quits = walk.case.quits
    providers = "the stop-smoking provider or a trust" if quits else "a trust"
    outcome = "Four-week quits" if quits else "Referrals that convert"
    unequal = "Smoking and late presentation are" if quits else "Late presentation is"
    return PaperAnnex(
        approve=f"entry into the {walk.case.host_name} pooled fund under section 75 "
        "of the NHS Act 2006, with its contributions",
        delegate="management of the fund to the pool manager within the contributions and risk shares of the text",
        note=f"{walk.case.lead_name}'s lead for {walk.case.groups_words}' own stages under section 14Z3, "
        "a separate text, from which it coordinates the whole pathway: what NHS England and the councils commission "
        "stays with them. "
        f"Imaging is planned beside the fund; {walk.case.in_view_words} are in view only",
        author=f"commissioning manager, {walk.case.council_name}",
        clinical_lead=f"clinical lead for cancer, {walk.case.ccgs[walk.case.host_ccgs[-1]]}",
        conflicts_of_interest=f"Members who hold posts with {providers} leave for this item",
        outturn_year=OUTTURN_YEAR,
        outturn_is="stand-in",
        baseline_year=days.YEARS[0],
        payers=payer_rows(walk),
        payers_note="Outturn was not published by place and stage: the first column is derived by a stated rule, "
        "and the steps from it to the baseline are not known",
        stages=stage_rows(walk),
        options=options(walk),
        options_note=f"Cost and benefit of all {walk.case.area_name} over {' and '.join(days.YEARS)} together, "
        "by assumed curves. Contract notice, drugs that must be funded, capacity and waiting times are not modelled",
        gives_way=gives_way(walk),
        binds=binds(walk),
        candidates=candidates(walk),
        quality=f"{outcome} and patients with a named navigator are reported each quarter; a fall of one tenth "
        "comes back to this board.",
        equality=f"{unequal} commonest in the poorest wards; uptake is reported by ward.",
        privacy="The partners exchange counts only. No patient is identifiable; counts of 1 to 5 are suppressed.",
        engagement=f"Service users of the former cancer network; "
        f"Healthwatch {walk.case.host_name} to be asked before the review.",
        assumptions=", ".join(f"{part.what} {percent(part.share)}" for part in walk.chosen_answer.assumptions.parts),
        timetable=[
            f"{written(days.DECIDED)}: the council gives 28 clear days' notice of a key decision (SI 2012/2089)",
            f"{written(days.APPROVED)}: governing bodies and cabinet decide",
            f"{written(days.SENT)}: sent for signature",
            f"{written(days.STARTS)}: in force",
            f"{written(days.REVIEW)}: reviewed",
        ],
    )


def lead_annex(walk: Walk) -> PaperAnnex:
    """The paper for the groups where there is no pool: who leads, with what money, out of the baseline."""
    case = walk.case
    return PaperAnnex(
        approve=f"{case.lead_name}'s lead for {case.groups_words}' own stages of {case.pathway_words} under section "
        "14Z3 of the NHS Act 2006",
        delegate="planning, specifying and contracting of the delegated stages to the lead, within the listed money",
        note="What NHS England commissions stays with it; no council pays for a stage of this pathway in the figures, "
        "so nothing is pooled",
        author=f"commissioning manager, {case.lead_name}",
        clinical_lead=f"clinical lead for cancer, {case.lead_name}",
        conflicts_of_interest="Members who hold posts with a provider of the pathway leave for this item",
        outturn_year=OUTTURN_YEAR,
        outturn_is="stand-in",
        baseline_year=days.YEARS[0],
        payers=lead_rows(walk),
        payers_note=lead_note(walk),
        stages=[led_row(walk, stage) for stage in (*case.delegated, *case.in_view) if stage in planned_stages(walk)],
        options=options(walk),
        options_note=f"Cost and benefit of all {case.area_name} over {' and '.join(days.YEARS)} together, by assumed "
        "curves. Contract notice, drugs that must be funded, capacity and waiting times are not modelled",
        binds=[shortened(found[0].words) for found in alike(each for each in walk.chosen_answer.binding if each.bound)][
            :BINDING_SHOWN
        ],
        candidates=[
            shortened(candidate.words)
            for found in (walk.chosen_answer.candidate_investments, walk.chosen_answer.candidate_releases)
            for candidate in found[:CANDIDATES_SHOWN]
        ],
        quality="Waiting times and one named contact for each patient are reported at each board.",
        equality="Uptake and stage at diagnosis are reported by ward.",
        privacy="The groups exchange counts only. No patient is identifiable; counts of 1 to 5 are suppressed.",
        engagement=f"Service users of the former cancer network; Healthwatch in {case.area_name} to be asked before "
        "the review.",
        assumptions=", ".join(f"{part.what} {percent(part.share)}" for part in walk.chosen_answer.assumptions.parts),
        timetable=[
            f"{written(days.APPROVED)}: governing bodies decide",
            f"{written(days.SENT)}: sent for signature",
            f"{written(days.STARTS)}: in force",
            f"{written(days.REVIEW)}: reviewed",
        ],
    )


def lead_rows(walk: Walk) -> list[PayerRow]:
    """The lead and the groups that put most at its disposal in the first year, `GROUPS_SHOWN` of them."""
    before, option = _groups_money(walk)
    shown = sorted(walk.case.ccgs, key=lambda body: (body != walk.case.lead, -option[body], body))[:GROUPS_SHOWN]
    return [
        PayerRow(
            payer=body,
            name=walk.case.names[body],
            outturn_gbp=before[body],
            baseline_gbp=before[body],
            option_gbp=option[body],
            recurrent=True,
        )
        for body in shown
    ]


def lead_note(walk: Walk) -> str:
    """What the first table leaves out, and what its first column is."""
    _, option = _groups_money(walk)
    shown = {row.payer for row in lead_rows(walk)}
    rest = [body for body in walk.case.ccgs if body not in shown]
    more = (
        f"The other {len(rest)} groups, each listed in the text, put GBP {sum(option[body] for body in rest):,} at the "
        "lead's disposal. "
        if rest
        else ""
    )
    return more + "Outturn was not published by place and stage: the first column is derived by a stated rule"


def _groups_money(walk: Walk) -> tuple[Counter[str], Counter[str]]:
    """Group -> what it paid for the delegated stages of its place last year, and what it plans in the first year."""
    stages = {*walk.case.delegated, *walk.case.navigation}
    owner = {purse.key: purse.owner for purse in walk.base_problem.purses}
    before: Counter[str] = Counter()
    for line in walk.base_problem.lines:
        for payment in line.reference:
            body = owner[payment.purse]
            if line.stage in stages and body in walk.case.ccgs and line.place == ccg_place(body):
                before[body] += payment.gbp
    option: Counter[str] = Counter()
    for cell in walk.chosen_answer.cells:
        own = cell.payer in walk.case.ccgs and cell.place == ccg_place(cell.payer)
        if own and cell.stage in stages and cell.year == days.YEARS[0]:
            option[cell.payer] += cell.gbp
    return before, option


def planned_stages(walk: Walk) -> set[str]:
    return {line.stage for line in walk.base_problem.lines}


def led_row(walk: Walk, stage: str) -> StageRow:
    """A stage of the pathway in the whole area: led, or in view."""
    law = {each.stage: each for each in walk.before.stages}.get(stage)
    lines = [line for line in walk.base_problem.lines if line.stage == stage]
    row = stage_row(walk.case, stage, lines, walk.chosen_answer, law)
    return row.model_copy(update={"mechanism": "lead, s.14Z3" if stage in walk.case.delegated else "in view"})


def payer_rows(walk: Walk) -> list[PayerRow]:
    """What each partner pays for the pooled stages: last year's split, and its contribution in the first year.

    No step between outturn and baseline is known to the reference data, so none is claimed.
    """
    before: Counter[str] = Counter()
    owner = {purse.key: purse.owner for purse in walk.base_problem.purses}
    for line in pooled_lines(walk.case, walk.base_problem):
        for payment in line.reference:
            before[owner[payment.purse]] += payment.gbp
    option: Counter[str] = Counter()
    paid_from: dict[str, set[str]] = defaultdict(set)
    for row in walk.chosen_answer.contributions:
        paid_from[row.payer].add(row.purse)
        if row.year == days.YEARS[0]:
            option[row.payer] += row.gbp
    return [
        PayerRow(
            payer=body,
            name=walk.case.names[body],
            outturn_gbp=before[body],
            baseline_gbp=before[body],
            option_gbp=option[body],
            recurrent=all(purse.recurrent for purse in walk.base_problem.purses if purse.key in paid_from[body]),
        )
        for body in (walk.case.host, *walk.case.host_ccgs)
    ]


def binds(walk: Walk) -> list[str]:
    """What holds the plan back: the partners' own purses that hold money first, then one of each other kind."""
    partners = {walk.case.host, *walk.case.host_ccgs}
    purses = {purse.key for purse in walk.base_problem.purses if purse.owner in partners}
    binding = [limit for limit in walk.chosen_answer.binding if limit.bound]
    own = alike(limit for limit in binding if limit.limit in purses)
    others = alike(limit for limit in binding if limit.limit not in purses)
    return [shortened(group[0].words) for group in (*own, *others)][:BINDING_SHOWN]


def candidates(walk: Walk) -> list[str]:
    """What more or less money would do for the partners' own purses and lines; else for anybody's."""
    partners = {walk.case.host, *walk.case.host_ccgs}
    places = {council_place(walk.case.host), *(ccg_place(body) for body in walk.case.host_ccgs)}
    theirs = {purse.key for purse in walk.base_problem.purses if purse.owner in partners}
    theirs |= {line.key for line in walk.base_problem.lines if line.place in places}
    words = []
    for found in (walk.chosen_answer.candidate_investments, walk.chosen_answer.candidate_releases):
        own = [candidate for candidate in found if candidate.key in theirs]
        words += [shortened(candidate.words) for candidate in (own or found)[:CANDIDATES_SHOWN]]
    return words


def stage_rows(walk: Walk) -> list[StageRow]:
    """Pooled, aligned and in view: what each stage costs in Manchester, and who answers for it by law."""
    problem = walk.base_problem
    by_law = {stage.stage: stage for stage in walk.before.stages}
    at_ccgs = {ccg_place(body) for body in walk.case.host_ccgs}
    pooled = {line.key for line in pooled_lines(walk.case, problem)}
    stages = [*walk.case.council_stages, *walk.case.navigation, *walk.case.aligned, *walk.case.in_view]
    rows = []
    for stage in stages:
        here = [line for line in problem.lines if line.stage == stage and (line.key in pooled or line.place in at_ccgs)]
        rows.append(stage_row(walk.case, stage, here, walk.chosen_answer, by_law.get(stage)))
    return rows


def stage_row(case: Case, stage: str, lines: list[Line], answer: Answer, law: StageCoverage | None) -> StageRow:
    keys = {line.key for line in lines}
    gbp = sum(cell.gbp for cell in answer.cells if cell.line in keys and cell.year == days.YEARS[0])
    grades = sorted({line.provenance.grade or line.provenance.basis for line in lines})
    return StageRow(
        stage=stage,
        name=law.name if law else stage,
        statutory_commissioner=commissioners(law),
        provider="not recorded",
        contract_form="not recorded",
        mechanism=mechanism(case, stage),
        amount_gbp=gbp,
        releasable_when="after the contract's notice; not recorded",
        source_grade=", ".join(grades) or "-",
    )


def commissioners(law: StageCoverage | None) -> str:
    """The kind of body the law names; who it is in each place is on the map."""
    if law is None or law.statutory is None or not law.statutory.commissioners:
        return "nobody named nationally"
    kinds = sorted({body.kind.replace("_", " ") for body in law.statutory.commissioners})
    return {"ccg": "CCG", "nhs england": "NHS England"}.get(kinds[0], kinds[0])


def mechanism(case: Case, stage: str) -> str:
    if stage in case.aligned:
        return "aligned"
    return "in view" if stage in case.in_view else "pooled, s.75"


def options(walk: Walk) -> list[OptionRow]:
    """Do nothing, the best without a pool, and the pool; cost over the planning years, whole of Greater Manchester."""
    base, chosen = walk.base_answer, walk.chosen_answer
    unit = base.totals.benefit_unit
    unmodelled = "not modelled"
    last = (
        OptionRow(
            option="Recommended: lead and pool",
            cost_gbp=chosen.totals.spend_gbp,
            activity=f"{chosen.totals.benefit:,.0f} {unit}",
            effect_62_day=unmodelled,
            risk="other stages give way, as below; over- and underspend shared as below; the ring-fence stays",
        )
        if walk.case.pooled
        else None
    )
    planned = (
        "Minimum: a lead, each purse planned again, no pool"
        if last
        else "Recommended: a lead, each purse planned \
again"
    )
    return [
        OptionRow(
            option="Do nothing: last year's split",
            cost_gbp=base.totals.reference_gbp,
            activity=f"{base.totals.reference_benefit:,.0f} {unit}",
            effect_62_day=unmodelled,
            risk="gaps stay open; nobody leads the whole pathway",
        ),
        OptionRow(
            option=planned,
            cost_gbp=base.totals.spend_gbp,
            activity=f"{base.totals.benefit:,.0f} {unit}",
            effect_62_day=unmodelled,
            risk="no group may pay for the council's stages"
            if last
            else "each group bears its own over- and underspend",
        ),
        *([last] if last else []),
    ]


def gives_way(walk: Walk) -> list[str]:
    """What the partners' groups pay less for than in the minimum option, stage by stage, year by year."""
    change: dict[str, Counter[str]] = defaultdict(Counter)
    for answer, sign in ((walk.chosen_answer, 1), (walk.base_answer, -1)):
        for cell in answer.cells:
            if cell.payer in walk.case.host_ccgs:
                change[cell.stage][cell.year] += sign * cell.gbp
    names = {stage.stage: stage.name for stage in walk.before.stages}
    less = {stage: years for stage, years in change.items() if sum(years.values()) <= -WORTH_SAYING_GBP}
    return [
        f"{names.get(stage, stage)}: "
        + " and ".join(f"GBP {-gbp:,} less in {year}" for year, gbp in sorted(years.items()) if gbp < 0)
        + f" from the {walk.case.partners_words} than without the pool"
        for stage, years in sorted(less.items(), key=lambda item: sum(item[1].values()))
    ]


def written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def shortened(words: str) -> str:
    return words if len(words) <= NOTE_LENGTH else words[: NOTE_LENGTH - 1] + "…"
