"""The tables of answers to questions, as people read them: which columns, in which order, what is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from rich.console import Console

from concord_client.show.page import add, figure, percent, say, table
from concord_contracts.allocation.questions import (
    Alternative,
    Bar,
    FrontierPoint,
    LineFunded,
    Move,
    PayerMove,
    PayerPosition,
    PayerShare,
    PriceRange,
    PurseNeed,
    RingFenceCost,
    StateRegret,
    StepPrice,
)

ROWS = 25
PER = 100_000
"""GBP that a price is told for."""
NEGLIGIBLE = 0.005
"""Units of benefit that a solver's rounding comes to."""


@dataclass(frozen=True)
class Shown:
    """A list as a table: headings with what stands below them; `keep` and `order` choose the rows.

    A heading in braces names a field of the whole answer, such as its unit. A column of empty cells is left out.
    """

    title: str
    columns: Mapping[str, Callable[[Any], str]]
    keep: Callable[[Any], bool] = lambda row: True
    order: Callable[[Any], Any] | None = None
    without: str = ""
    """What the rows are that are not kept."""


def show_table(console: Console, found: BaseModel, rows: Sequence[BaseModel]) -> None:
    """One list of an answer; `rows` are of a model in TABLES."""
    shown = TABLES[type(rows[0])]
    kept = [row for row in rows if shown.keep(row)]
    if shown.order is not None:
        kept.sort(key=shown.order)
    cells = {head: [cell(row) for row in kept[:ROWS]] for head, cell in shown.columns.items()}
    cells = {head: column for head, column in cells.items() if any(column)}
    said = {name: getattr(found, name) for name in type(found).model_fields}
    if kept:
        made = table(shown.title.format_map(said), *(head.format_map(said) for head in cells))
        for line in zip(*cells.values(), strict=True):
            add(made, *line)
        console.print(made)
    if len(kept) > ROWS:
        say(console, f"and {len(kept) - ROWS} more; --json and --xlsx have all.", "dim")
    if len(kept) < len(rows):
        say(console, f"Not shown: {len(rows) - len(kept)} ({shown.without}).", "dim")


def money(field: str, *, signed: bool = False) -> Callable[[Any], str]:
    """Whole pounds."""

    def cell(row: Any) -> str:
        value = getattr(row, field)
        return "" if value is None else f"{round(value):+,}" if signed and round(value) else f"{round(value):,}"

    return cell


def benefit(field: str) -> Callable[[Any], str]:
    """Units of benefit; what a solver's rounding comes to is nothing."""

    def cell(row: Any) -> str:
        value = getattr(row, field)
        if value is None:
            return ""
        return "0" if abs(value) < NEGLIGIBLE else figure(value)

    return cell


def text(field: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, field) or "")


def share(field: str) -> Callable[[Any], str]:
    return lambda row: percent(getattr(row, field))


def amount(field: str) -> Callable[[Any], str]:
    """In the row's own unit: whole pounds, else a figure."""

    def cell(row: Any) -> str:
        value = getattr(row, field)
        if value is None:
            return ""
        return f"{round(value):,}" if row.unit == "GBP" else figure(value)

    return cell


def without_end(field: str) -> Callable[[Any], str]:
    return lambda row: amount(field)(row) or "no end"


def unless_gbp(row: Any) -> str:
    return "" if row.unit == "GBP" else str(row.unit)


def doubt(row: Any) -> str:
    return "" if row.proven else "not proven"


def price(row: PriceRange) -> str:
    """For GBP 100,000, or for one of another unit."""
    return f"{row.price * PER:+,.4g}" if row.unit == "GBP" else f"{row.price:+,.4g} per {row.unit}"


def exchange(row: FrontierPoint) -> str:
    return "" if row.exchange is None else f"{row.exchange:.4g}"


def of_its_value(field: str) -> Callable[[Any], str]:
    return lambda row: f"{getattr(row, field):.0%}"


def or_no_plan(field: str) -> Callable[[Any], str]:
    return lambda row: benefit(field)(row) or "no plan"


def or_none(field: str) -> Callable[[Any], str]:
    """No plan is left, or the bound cannot be moved that way."""
    return lambda row: benefit(field)(row) or "none"


def rather(field: str, instead: str) -> Callable[[Any], str]:
    """Only where it differs from what stands in `instead`."""
    return lambda row: "" if getattr(row, field) == getattr(row, instead) else benefit(field)(row)


TABLES: Mapping[type[BaseModel], Shown] = {
    PurseNeed: Shown(
        "What the purses hold and need, GBP; what lacks most first",
        {"Purse:48": text("name"), "Year": text("year"), ">Holds": money("available_gbp"),
         ">Needs": money("needed_gbp"), ">Lacks": money("more_gbp")},
        keep=lambda row: row.available_gbp or row.needed_gbp,
        order=lambda row: -row.more_gbp,
        without="purses in years in which they hold and need nothing",
    ),
    FrontierPoint: Shown(
        "Points",
        {">First, {first_unit}": lambda row: figure(row.first),
         ">Second, {second_unit}": lambda row: figure(row.second), ">First per unit of second": exchange, "": doubt},
    ),
    PriceRange: Shown(
        "Where prices hold",
        {"Limit:44": text("label"), "Unit": unless_gbp, ">Bound": amount("bound"), ">From": without_end("low"),
         ">To": without_end("high"), ">{benefit_unit} for 100k": price, "": doubt},
    ),
    StepPrice: Shown(
        "What a step brings, {benefit_unit}",
        {"Limit:36": text("label"), "Unit": unless_gbp, ">Bound": amount("bound"), ">Step": amount("step"),
         ">Looser": or_none("more"), ">Tighter": or_none("less"),
         ">Looser, as chosen": rather("held_more", "more"), ">Tighter, as chosen": rather("held_less", "less")},
    ),
    RingFenceCost: Shown(
        "Ring-fences",
        {"Purse:46": text("name"), ">GBP": money("gbp"), ">Lines left out": money("lines_left_out"),
         ">Costs, {benefit_unit}": benefit("cost")},
        order=lambda row: -row.cost,
    ),
    Bar: Shown(
        "Figures at their low and high, widest swing first; {benefit_unit}",
        {"Figure:40": text("figure"), ">Low": of_its_value("low"), ">High": of_its_value("high"),
         ">At low": or_no_plan("at_low"), ">At high": or_no_plan("at_high"), ">Swing": benefit("swing"),
         ">Moves GBP": lambda row: f"{row.moved_gbp:,}" if row.moved_gbp else ""},
    ),
    LineFunded: Shown(
        "Lines that do not always get money, or not always last year's; least often first",
        {"Line:56": text("name"), ">Funded": share("funded"), ">Kept": share("kept"), "": text("robustness")},
        keep=lambda row: row.funded < 1 or row.kept < 1,
        order=lambda row: (row.funded, row.kept),
        without="lines that always get last year's money at least",
    ),
    PayerShare: Shown(
        "Payers' shares of all spend",
        {"Payer:40": text("name"), ">In the plan": share("base"),
         ">5% of draws below": lambda row: percent(row.share.p5), ">Median": lambda row: percent(row.share.p50),
         ">5% above": lambda row: percent(row.share.p95)},
        order=lambda row: -row.base,
    ),
    StateRegret: Shown(
        "States, {benefit_unit}; where the plan falls short most first",
        {"State:52": text("state"), ">Best": benefit("best"), ">Plan misses": benefit("plan_regret"),
         ">Robust plan misses": benefit("robust_regret")},
    ),
    Alternative: Shown(
        "How far each direction can go",
        {"Direction:46": text("words"), "Unit": unless_gbp, ">In the plan": amount("now"), ">Least": amount("least"),
         ">Greatest": amount("greatest"), "": doubt},
    ),
    Move: Shown(
        "What must be paid differently, GBP",
        {"Year": text("year"), "Line:33": text("line"), "Purse:20": text("purse"), "Fund": text("fund"),
         ">Offered": money("offered_gbp"), ">Plan": money("plan_gbp"), ">Change": money("change_gbp", signed=True)},
    ),
    PayerMove: Shown(
        "Payers over all years, GBP",
        {"Payer:44": text("name"), ">Offered": money("offered_gbp"), ">Plan": money("plan_gbp"),
         ">Change": money("change_gbp", signed=True)},
        keep=lambda row: row.change_gbp,
        without="payers who pay what was offered",
    ),
    PayerPosition: Shown(
        "Payers over all years: GBP, and {benefit_unit} of the lines they are responsible for",
        {"Payer:36": text("name"), ">Paid": money("spend_before_gbp"), ">Pays": money("spend_after_gbp"),
         ">Benefit": benefit("benefit_before"), ">Then": benefit("benefit_after"),
         ">Gain": lambda row: figure(round(row.benefit_after - row.benefit_before, 2), 2)},
        order=lambda row: row.benefit_before - row.benefit_after,
    ),
}  # fmt: skip
"""By what a row is. A list of any other model is shown with all its columns."""
