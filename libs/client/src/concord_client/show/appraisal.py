"""An options appraisal as the governing-body paper has it: payers, stages, options side by side; GBP thousand."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, listed, percent, say, table, thousands
from concord_contracts.allocation.questions.appraisal import Appraisal, PayerPosition

STATUTORY = "statutory payer"
"""Who pays by law alone is told by the table."""

STEPS = {
    "outturn_gbp": ">Outturn",
    "non_recurrent_gbp": ">Non-rec.",
    "full_year_effect_gbp": ">Full year",
    "uplift_and_qipp_gbp": ">Uplift, QIPP",
}
"""From outturn to baseline, where the problem says how it was built."""


def show_appraisal(console: Console, found: Appraisal) -> None:
    for sentence in found.sentences:
        say(console, sentence)
    say(console)
    _payers(console, found.payers)
    made = table("Stages of the recommended option", "Stage:34", "Statutory commissioner:32", ">GBP k", "Grade")
    for stage in found.stages:
        add(
            made,
            stage.name,
            listed(stage.statutory_commissioners, 2),
            thousands(stage.gbp),
            ", ".join(stage.source_grades),
        )
    console.print(made)
    for stage in found.stages:
        said = (("by", stage.providers), ("as", stage.contract_forms), ("through", stage.mechanisms))
        words = "; ".join(
            [f"{how} {listed(what)}" for how, what in said if what] + ["nothing is paid"] * (not stage.gbp)
        )
        if stage.providers or stage.releasable or set(stage.mechanisms) - {STATUTORY}:
            say(console, f"{stage.name}: {words}; releasable {listed(stage.releasable) or 'not stated'}")
    unit = found.options[0].benefit_unit if found.options else ""
    made = table("Options, GBP thousand", "Option:34", ">Cost", ">Cases", f">{unit}", "62-day effect:14", ">Risk (5%)")
    for one in found.options:
        cells = (thousands(one.cost_gbp), f"{one.activity:,.0f}", f"{one.benefit:,.1f}", one.effect_on_62_days)
        add(made, f"{one.option}: {one.title}", *cells, thousands(one.risk_five_percent_gbp))
    console.print(made)
    shares = "; ".join(f"{one.option} {percent(one.assumption_share)}" for one in found.options)
    say(console, f"Rests on assumptions: {shares}.", "dim")


def _payers(console: Console, payers: Sequence[PayerPosition]) -> None:
    steps = {name: head for name, head in STEPS.items() if any(getattr(row, name) is not None for row in payers)}
    if steps:
        built = table("From outturn to baseline, GBP thousand over all years", "Payer:34", *steps.values(), ">Baseline")
        for row in payers:
            parts = [getattr(row, name) for name in steps]
            if any(part is not None for part in parts):
                told = ["-" if part is None else thousands(part) for part in parts]
                add(built, row.name, *told, thousands(row.baseline_gbp))
        console.print(built)
    made = table("Payers, GBP thousand over all years", "Payer:34", ">Baseline", ">Option", ">Change", ">%", "Rec.")
    for row in payers:
        percents = None if row.change is None else round(row.change * 100, 1)
        change = "-" if percents is None else f"{percents:+.1f}" if percents else "0.0"
        money = (thousands(row.baseline_gbp), thousands(row.option_gbp), thousands(row.change_gbp, signed=True), change)
        add(made, row.name, *money, "yes" if row.recurrent else "no")
    console.print(made)
