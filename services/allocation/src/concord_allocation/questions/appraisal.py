"""The three tables of the governing-body paper, from three scenarios."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel

from concord_allocation.core.contracts import MOVES_WITH_ACTIVITY, notice_expires
from concord_allocation.core.words import amount_of, pounds
from concord_contracts.allocation import Answer, Contract, Problem
from concord_contracts.allocation.questions.appraisal import (
    Appraisal,
    OptionPosition,
    PayerPosition,
    StagePosition,
)

RISK = 0.05
STATUTORY = "statutory payer"
NOTHING = "nothing is paid"
TITLES = (
    "Table 1: payers, GBP thousand",
    "Table 2: stages of the recommended option",
    "Table 3: options, GBP thousand",
)

type Option = tuple[str, str, str, Answer]
"""(which of the three, id of its scenario, title, plan)."""


def what_differs(problems: Sequence[Problem]) -> str:
    """Which of places, years and unit of benefit are not the same in all; empty where all are."""
    alike: dict[str, Callable[[Problem], object]] = {
        "places": lambda problem: {line.place for line in problem.lines},
        "years": lambda problem: [year.key for year in problem.years],
        "unit of benefit": lambda problem: problem.benefit_unit,
    }
    return " and ".join(
        words for words, of in alike.items() if any(of(problem) != of(problems[0]) for problem in problems)
    )


def appraisal(problem: Problem, options: Sequence[Option]) -> Appraisal:
    """`problem`: the recommended option's, which is the last."""
    plan = options[-1][3]
    payers, stages = _payers(problem, plan), _stages(problem, plan)
    rows = [_option(*option) for option in options]
    first, last = rows[0], rows[-1]
    gain = last.benefit - first.benefit
    told = [
        f"The recommended option costs {pounds(abs(last.cost_gbp - first.cost_gbp))} "
        f"{'more' if last.cost_gbp >= first.cost_gbp else 'less'} than doing nothing and brings "
        f"{amount_of(abs(gain), last.benefit_unit)} {'more' if gain >= 0 else 'less'}.",
        f"{last.assumption_share:.0%} of its total rests on assumptions.",
    ]
    tables: tuple[Sequence[BaseModel], ...] = (payers, stages, rows)
    columns = (PAYERS, STAGES, OPTIONS)
    pages = [_page(title, table, names) for title, table, names in zip(TITLES, tables, columns, strict=True)]
    return Appraisal(
        payers=payers, stages=stages, options=rows, sentences=told, markdown="\n\n".join([*pages, *told]) + "\n"
    )


def _payers(problem: Problem, plan: Answer) -> list[PayerPosition]:
    passing = {purse.key for purse in problem.purses if not purse.recurrent}
    years = len(problem.years)
    rows = []
    for payer in problem.payers:
        bridges = [row for row in plan.bridges if row.payer == payer.key]
        split = [row for row in plan.splits.payer if row.key == payer.key]
        before, after = sum(row.reference_gbp for row in split), sum(row.gbp for row in split)

        def over_years(field: str, bridges: Sequence[BaseModel] = bridges, before: int = before) -> int | None:
            """None where the bridges do not lead to the whole baseline: the table would not add up."""
            if not bridges or _over_years(bridges, "baseline_gbp", years) != before:
                return None
            return _over_years(bridges, field, years)

        parts = [over_years(field) for field in ("tariff_uplift_gbp", "efficiency_gbp", "growth_gbp", "qipp_gbp")]
        uplift = None if parts[0] is None else (parts[0] or 0) - (parts[1] or 0) + (parts[2] or 0) - (parts[3] or 0)
        rows.append(
            PayerPosition(
                payer=payer.key,
                name=payer.name,
                outturn_gbp=over_years("outturn_gbp"),
                non_recurrent_gbp=over_years("non_recurrent_gbp"),
                full_year_effect_gbp=over_years("full_year_effect_gbp"),
                uplift_and_qipp_gbp=uplift,
                baseline_gbp=before,
                option_gbp=after,
                change_gbp=after - before,
                change=(after - before) / before if before else None,
                recurrent=not any(c.gbp and c.payer == payer.key and c.purse in passing for c in plan.cells),
            )
        )
    return rows


def _over_years(bridges: Sequence[BaseModel], field: str, years: int) -> int:
    return int(sum(getattr(b, field) * (1 if getattr(b, "year", None) else years) for b in bridges))


def _stages(problem: Problem, plan: Answer) -> list[StagePosition]:
    names = {payer.key: payer.name for payer in problem.payers}
    grades = {curve.key: curve.provenance.grade for curve in problem.curves}
    rows = []
    for stage in sorted({line.stage for line in problem.lines}):
        lines = {line.key: line for line in problem.lines if line.stage == stage}
        contracts = [contract for contract in problem.contracts if contract.line in lines]
        cells = [cell for cell in plan.cells if cell.line in lines and cell.gbp]
        rows.append(
            StagePosition(
                stage=stage,
                name=problem.names.get(stage, stage),
                statutory_commissioners=_each(names[line.statutory_payer] for line in lines.values()),
                providers=_each(contract.provider for contract in contracts),
                contract_forms=_each(contract.form.replace("_", " ") for contract in contracts),
                mechanisms=_each(_mechanism(cell.because) for cell in cells),
                gbp=sum(cell.gbp for cell in cells),
                releasable=_each(released(contract) for contract in contracts),
                source_grades=_each(grades.get(line.curve or "") or "not graded" for line in lines.values()),
            )
        )
    return rows


def _mechanism(because: str) -> str:
    """What lets a payer pay, by the rule of its payment: the law's own payer, or the kind of the arrangement."""
    rule = because.partition(": ")[0]
    return rule if rule == STATUTORY else rule.partition(" ")[0].replace("_", " ")


def released(contract: Contract) -> str:
    """When what of a contract can be released; of a block its notice first, and nothing before that expires."""
    steps = {step.day.isoformat(): step.share for step in contract.releasable}
    ends = f"ends {contract.ends}" if contract.ends else ""
    if contract.form == "block":
        expires = notice_expires(contract.model_dump(mode="json"))
        if expires is None:
            return f"no notice given: nothing before it {ends}" if ends else "no notice given: nothing"
        after = {max(day, expires): share for day, share in sorted(steps.items())} or {expires: 1.0}
        told = [f"notice expires {expires}", *_shares(after)]
    elif steps:
        told = _shares(steps)
    else:
        told = ["with activity" if contract.form in MOVES_WITH_ACTIVITY else "nothing before it ends"]
    return "; ".join(part for part in [*told, ends] if part)


def _shares(steps: Mapping[str, float]) -> list[str]:
    return [f"{share:.0%} from {day}" for day, share in sorted(steps.items())]


def _each(words: Iterable[str]) -> list[str]:
    return sorted(set(words))


def _option(option: str, scenario: str, title: str, plan: Answer) -> OptionPosition:
    waiting = sum(row.waiting or 0.0 for row in plan.demands)
    known = [row for row in plan.demands if row.waiting is not None]
    return OptionPosition(
        option=option,
        scenario=scenario,
        title=title,
        cost_gbp=plan.totals.spend_gbp,
        activity=round(sum(row.cases for row in plan.activity), 1),
        benefit=plan.totals.benefit,
        benefit_unit=plan.totals.benefit_unit,
        effect_on_62_days=f"{waiting:,.0f} patients left waiting at the ends of years" if known else "not in the model",
        risk_five_percent_gbp=round(RISK * plan.totals.spend_gbp),
        assumption_share=plan.assumptions.share,
        answer_digest=plan.digest,
    )


PAYERS = {
    "name": "Payer",
    "outturn_gbp": "Outturn",
    "non_recurrent_gbp": "Non-recurrent",
    "full_year_effect_gbp": "Full-year effect",
    "uplift_and_qipp_gbp": "Uplift and QIPP",
    "baseline_gbp": "Baseline",
    "option_gbp": "Option",
    "change_gbp": "Change",
    "change": "Change %",
    "recurrent": "Recurrent?",
}
STAGES = {
    "name": "Stage",
    "statutory_commissioners": "Statutory commissioner",
    "providers": "Provider",
    "contract_forms": "Contract form",
    "mechanisms": "Mechanism",
    "gbp": "GBP thousand",
    "releasable": "Releasable when",
    "source_grades": "Source grade",
}
OPTIONS = {
    "option": "Option",
    "title": "What it is",
    "cost_gbp": "Cost",
    "activity": "Activity, cases",
    "benefit": "Benefit",
    "benefit_unit": "in",
    "effect_on_62_days": "62-day effect",
    "risk_five_percent_gbp": "Risk at 5%",
    "assumption_share": "Rests on assumptions",
}
"""Columns of the governing-body paper's tables, in its words; money is in GBP thousand."""


def _page(title: str, rows: Sequence[BaseModel], columns: Mapping[str, str]) -> str:
    """A table in Markdown; a column that nothing is stated in is left out and named below."""
    stated = {name: any(_told(row, name) not in (None, []) for row in rows) for name in columns}
    names = [name for name in columns if stated[name]]
    head = f"| {' | '.join(columns[name] for name in names)} |"
    lines = [f"| {' | '.join(_cell(name, _told(row, name)) for name in names)} |" for row in rows]
    missing = [columns[name] for name in columns if not stated[name]]
    note = ["", f"Not stated in the problem: {', '.join(missing)}."] if missing else []
    return "\n".join([f"**{title}**", "", head, "|" + "---|" * len(names), *lines, *note])


def _told(row: BaseModel, name: str) -> object:
    """What a column says of a row; where a stage gets nothing, there is no rule by which anybody pays."""
    if isinstance(row, StagePosition) and name == "mechanisms" and not row.gbp:
        return NOTHING
    return getattr(row, name)


def _cell(name: str, value: object) -> str:
    match value:
        case None | []:
            return "not stated"
        case bool():
            return "yes" if value else "no"
        case int():
            thousands = (abs(value) + 500) // 1000
            return f"{'-' if value < 0 and thousands else ''}{thousands:,}"
        case float():
            if name in ("change", "assumption_share"):
                return f"{round(value, 3) + 0.0:.1%}"  # + 0.0: never -0.0
            return f"{round(value, 1) + 0.0:,.1f}"
        case list():
            return ", ".join(str(item) for item in value[:3]) + (f" and {len(value) - 3} more" if value[3:] else "")
    return str(value).replace("|", "/")
