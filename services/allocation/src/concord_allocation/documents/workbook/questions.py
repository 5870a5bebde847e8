"""Answers to the questions that a plan can be asked, as sheets. Pure."""

from collections.abc import Callable
from typing import Any

from concord_allocation.documents.workbook.plans import sentence_sheet
from concord_allocation.documents.workbook.refusals import changes_sheet
from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import FIRST, Book, Sheet, letter
from concord_allocation.documents.writing import Formula, Value
from concord_contracts.allocation.answers import SplitRow
from concord_contracts.allocation.questions import (
    Alternative,
    AlternativesAnswer,
    Bar,
    FrontierAnswer,
    LeastChangeAnswer,
    LineFunded,
    MonteCarloAnswer,
    Move,
    NobodyWorseAnswer,
    PayerMove,
    PayerPosition,
    PayerShare,
    PlanFound,
    PriceRange,
    PurseNeed,
    QuestionAnswer,
    RangesAnswer,
    RegretAnswer,
    RingFenceCost,
    RingFencesAnswer,
    StateRegret,
    StepPrice,
    StepsAnswer,
    TargetAnswer,
    TornadoAnswer,
)

SMALL = 1e-6
"""Numbers of two solves, or shares of one, that lie closer than this are the same."""


def question_sheets(book: Book, answer: QuestionAnswer) -> dict[str, Value]:
    """Adds the sheets of an answer of any kind; gives its figures for the summary."""
    named = facts(answer, without=("left_out", "sentences"))
    named |= SHEETS[type(answer)](book, answer) or {}
    book.add(Sheet("Left out", "What there was no time for.", ["what"], [[words] for words in answer.left_out]))
    book.add(sentence_sheet(answer.sentences))
    return named


def _plan(book: Book, plan: PlanFound | None) -> dict[str, Value]:
    """The plan that a question found; its spend is what its payers pay."""
    if plan is None:
        return {}
    views = {"Plan by payer": plan.payers, "Plan by stage": plan.stages}
    sheets = []
    for name, rows in views.items():
        held = () if any(row.available_gbp is not None for row in rows) else ("available_gbp",)
        counted = () if any(row.benefit is not None for row in rows) else ("benefit",)
        sheets.append(
            book.add(
                table(
                    name,
                    "The plan that was found, in whole pounds, by year.",
                    SplitRow,
                    rows,
                    worked={"change_gbp": "{gbp}-{reference_gbp}"},
                    sums=("gbp", "reference_gbp", "change_gbp"),
                    without=(*held, *counted),
                ),
                keep=True,
            )
        )
        book.checks.hold(f"{name.lower()} adds up to its spend", sheets[-1].sum("gbp"), plan.spend_gbp)
    return {"plan.spend_gbp": Formula(f"={sheets[0].sum('gbp')}")}


def _target(book: Book, answer: TargetAnswer) -> dict[str, Value]:
    needs = book.add(
        table(
            "Needs",
            "What each chosen purse has and needs, by year.",
            PurseNeed,
            answer.needs,
            sums=("available_gbp", "needed_gbp", "more_gbp"),
        )
    )
    book.add(changes_sheet(answer.changes))
    named = _plan(book, answer.plan)
    if needs.rows:
        book.checks.hold("what the purses have", needs.sum("available_gbp"), answer.available_gbp)
    return named


COLUMNS = ("point", "first", "second", "exchange", "elsewhere_benefit", "proven", "all pay, GBP")


def _frontier(book: Book, answer: FrontierAnswer) -> dict[str, Value]:
    payers = list(dict.fromkeys((one.payer, one.name) for point in answer.points for one in point.payers))
    rows: list[list[Value]] = []
    for number, point in enumerate(answer.points, 1):
        paid = {one.payer: one.gbp for one in point.payers}
        figures = [point.first, point.second, point.exchange, point.elsewhere_benefit, point.proven]
        ends = [f"{letter(len(COLUMNS) + at)}{FIRST + number - 1}" for at in (0, len(payers) - 1)]
        all_pay = Formula(f"=SUM({':'.join(ends)})") if payers else None
        rows.append([number, *figures, all_pay, *(paid.get(payer) for payer, _ in payers)])
    named = [f"{name} ({payer}), GBP" for payer, name in payers]
    units = f"first in {answer.first_unit}, second in {answer.second_unit}"
    words = f"{units}; then what all payers pay, and what each does, over all years."
    book.add(Sheet("Points", words, [*COLUMNS, *named], rows))
    return {}


def _ranges(book: Book, answer: RangesAnswer) -> dict[str, Value]:
    words = f"From low to high, a unit more of the bound changes the best benefit by price ({answer.benefit_unit})."
    book.add(table("Ranges", words, PriceRange, answer.ranges))
    return {}


def _steps(book: Book, answer: StepsAnswer) -> dict[str, Value]:
    words = f"What moving one bound by a step changes of the best benefit ({answer.benefit_unit}), options chosen anew."
    book.add(table("Steps", words, StepPrice, answer.steps))
    return {}


def _fences(book: Book, answer: RingFencesAnswer) -> dict[str, Value]:
    words = "What each fence costs in all, alone; together they cost what the summary says, which is not their sum."
    book.add(table("Fences", words, RingFenceCost, answer.fences))
    return {}


def _tornado(book: Book, answer: TornadoAnswer) -> dict[str, Value]:
    words = "Each figure at its low and high (multiples of its value), the plan made anew; widest swing first."
    book.add(table("Figures", words, Bar, answer.bars))
    return {}


def _monte_carlo(book: Book, answer: MonteCarloAnswer) -> dict[str, Value]:
    words = "Of the draws with a plan, the share in which a line gets money, and at least last year's."
    book.add(table("Lines", words, LineFunded, answer.lines))
    words = "Each payer's share of all spend in the plan (base) and over the draws; quantiles of several do not add up."
    payers = book.add(table("Payers", words, PayerShare, answer.payers, sums=("base",)))
    if payers.rows:
        book.checks.hold("payers' shares of the plan", payers.sum("base"), 1.0, SMALL)
    return {}


def _regret(book: Book, answer: RegretAnswer) -> dict[str, Value]:
    words = "Best benefit if one knew the state, and how far the plan and the robust plan fall short of it."
    states = book.add(table("States", words, StateRegret, answer.states))
    named = _plan(book, answer.plan)
    for column in ("plan_regret", "robust_regret") if states.rows else ():
        greatest = f"MAX({states.range(column)})"
        book.checks.hold(f"largest {column.replace('_', ' ')}", greatest, getattr(answer, column), 2 * SMALL)
    return named


def _alternatives(book: Book, answer: AlternativesAnswer) -> dict[str, Value]:
    words = f"How far each direction goes while the plan keeps {answer.kept_benefit:,.6g} {answer.benefit_unit}."
    book.add(table("Directions", words, Alternative, answer.alternatives))
    return {}


def _least_change(book: Book, answer: LeastChangeAnswer) -> dict[str, Value]:
    change = {"change_gbp": "{plan_gbp}-{offered_gbp}"}
    sums = ("offered_gbp", "plan_gbp", "change_gbp")
    moves = book.add(
        table(
            "Moves",
            "What must be paid differently from the offer.",
            Move,
            answer.moves,
            worked=change,
            sums=sums,
            instead={"fund": "direct"},
        )
    )
    words = "The offer and the plan by payer, over all years."
    payers = book.add(table("Payers", words, PayerMove, answer.payers, worked=change, sums=sums))
    rows: list[list[Value]] = [[words] for words in answer.in_the_way]
    book.add(Sheet("In the way", "Limits that the offer cannot keep together.", ["words"], rows))
    named = _plan(book, answer.plan)
    if moves.rows:
        book.checks.hold("moves up and down", moves.moved("change_gbp"), answer.distance_gbp)
    if payers.rows:
        book.checks.hold("the offer", payers.sum("offered_gbp"), answer.offered_gbp)
    return named


def _nobody_worse(book: Book, answer: NobodyWorseAnswer) -> dict[str, Value]:
    words = "What each payer spends, and the benefit of the lines it is responsible for, over all years."
    book.add(
        table(
            "Payers",
            words,
            PayerPosition,
            answer.payers,
            worked={
                "spend_change_gbp": "{spend_after_gbp}-{spend_before_gbp}",
                "benefit_change": "{benefit_after}-{benefit_before}",
            },
            sums=("spend_before_gbp", "spend_after_gbp", "spend_change_gbp"),
        )
    )
    book.add(changes_sheet(answer.changes))
    return _plan(book, answer.plan)


SHEETS: dict[type[QuestionAnswer], Callable[[Book, Any], dict[str, Value]]] = {
    TargetAnswer: _target,
    FrontierAnswer: _frontier,
    RangesAnswer: _ranges,
    StepsAnswer: _steps,
    RingFencesAnswer: _fences,
    TornadoAnswer: _tornado,
    MonteCarloAnswer: _monte_carlo,
    RegretAnswer: _regret,
    AlternativesAnswer: _alternatives,
    LeastChangeAnswer: _least_change,
    NobodyWorseAnswer: _nobody_worse,
}
