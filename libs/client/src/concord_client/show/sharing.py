"""Divisions as tables: a row for each party, a column for each rule."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, percent, pounds, say, shortened, table
from concord_client.show.plans import show_refusal
from concord_contracts.allocation import Refusal
from concord_contracts.allocation.sharing import (
    ClaimsAnswer,
    ClaimsRequest,
    Division,
    GainDivision,
    GameAnswer,
    Sharing,
    SharingOutcome,
)

COLUMNS = 4
"""Divisions beside each other on one page."""

WHOSE = {"plan": "", "registry": " Figures: the registry's.", "stated": " Figures: as stated, not the registry's."}

COMPLAINTS = ("Against going alone", "Paid?")
PAYMENTS_SHOWN = 12
SENTENCE_SHOWN = 400


def show_sharing(console: Console, found: SharingOutcome) -> None:
    """The divisions, who would complain, what can be paid, the annex."""
    if isinstance(found, Refusal):
        show_refusal(console, found)
        return
    for sentence in found.sentences:
        say(console, shortened(sentence, SENTENCE_SHOWN))
    say(console)
    names = {party.party: party.name for party in found.standing}
    for group, title in (("default", "Divisions of the cost, GBP"), ("annex", "Annex for analysts, GBP")):
        divisions = [division for division in found.divisions if division.group == group]
        for first in range(0, len(divisions), COLUMNS):
            _divisions(console, title, divisions[first : first + COLUMNS], names)
    _complaints(console, found)
    _gains(console, found.gain_divisions, f"Divisions of the gain, {found.benefit_unit}", names)
    _payments(console, found, names)
    say(console, f"digest {found.digest}, of the plan {found.answer_digest}", "dim")


def _column(name: str) -> str:
    """A number's column; a colon would be read as its width."""
    return f">{name.replace(':', ',')}"


def _divisions(console: Console, title: str, divisions: Sequence[Division], names: dict[str, str]) -> None:
    made = table(title, "Party:34", *(_column(division.name) for division in divisions))
    for row, party in enumerate(divisions[0].amounts):
        add(made, names[party.party], *(f"{division.amounts[row].gbp:,}" for division in divisions))
    add(made, "Total", *(f"{sum(a.gbp for a in division.amounts):,}" for division in divisions), style="bold")
    console.print(made)
    for division in divisions:
        assumed = " It rests on an assumption." if division.assumption else ""
        assumed += WHOSE[division.figures]
        say(console, f"{division.name}: {division.words}.{assumed}", "dim")
    say(console)


def _complaints(console: Console, found: Sharing) -> None:
    """The reasons why a division cannot be paid are among the sentences."""
    told = {one.name: (_told(one), _paid(one)) for one in found.divisions}
    heads = [(place, head) for place, head in enumerate(COMPLAINTS) if any(cells[place] for cells in told.values())]
    if heads:
        made = table("Who would complain, and whether it can be paid", "Division:30", *(head for _, head in heads))
        for name, cells in told.items():
            add(made, name, *(cells[place] for place, _ in heads))
        console.print(made)
    for core, what in ((found.costs_core, "Cost"), (found.gains_core, "Gain")):
        if core is not None:
            say(console, f"{what}: {core.words}.")


def _told(division: Division) -> str:
    told = [each.words for each in (division.cost_complaint, division.gain_complaint) if each is not None]
    return "; ".join(told)


def _paid(division: Division) -> str:
    paid = division.realisation
    return "" if paid is None else "yes" if paid.possible else "no: see above"


def _gains(console: Console, divisions: Sequence[GainDivision], title: str, names: dict[str, str]) -> None:
    if not divisions:
        return
    made = table(title, "Party:34", *(_column(division.name) for division in divisions))
    for row, value in enumerate(divisions[0].values):
        cells = []
        for division in divisions:
            each = division.values[row]
            span = (
                "" if each.least is None or each.greatest is None else f" ({each.least:,.2f} to {each.greatest:,.2f})"
            )
            cells.append(f"{each.value:,.2f}{span}")
        add(made, names.get(value.party, value.party), *cells)
    console.print(made)
    for division in divisions:
        complaint = "" if division.complaint is None else f" {division.complaint.words}."
        say(console, f"{division.name}: {division.words}.{complaint}", "dim")


def _payments(console: Console, found: Sharing, names: dict[str, str]) -> None:
    """The payments of the first division that is not the plan itself and can be paid."""
    for division in found.divisions:
        if division.realisation is not None and division.realisation.possible and division.realisation.schedule:
            rows = division.realisation.schedule
            made = table(f"Payments that realise: {division.name}", "Year", "Party:36", "Purse:26", "Fund", ">GBP")
            for row in rows[:PAYMENTS_SHOWN]:
                one = row.contribution
                add(
                    made,
                    one.year,
                    names.get(one.party, one.party),
                    one.purse,
                    row.fund or "direct",
                    f"{one.amount_pence // 100:,}",
                )
            console.print(made)
            if len(rows) > PAYMENTS_SHOWN:
                say(console, f"and {len(rows) - PAYMENTS_SHOWN} more; --json and --xlsx have all.", "dim")
            return


def show_game(console: Console, found: GameAnswer) -> None:
    """The divisions of a stated game."""
    _gains(console, found.divisions, f"Divisions, {found.unit}", {})
    if found.core is not None:
        say(console, f"{found.core.words}.")


def show_claims(console: Console, asked: ClaimsRequest, found: ClaimsAnswer) -> None:
    """Awards by claimant and rule."""
    made = table(
        f"{pounds(asked.estate)} between claims of {pounds(sum(asked.claims.values()))}",
        "Claimant",
        ">Claim",
        *(f">{rule.replace('_', ' ')}" for rule in found.rules),
    )
    for key in sorted(asked.claims):
        add(made, key, f"{asked.claims[key]:,.2f}", *(f"{awards[key]:,.2f}" for awards in found.rules.values()))
    console.print(made)
    if asked.claims:
        say(console, f"Of all claims {percent(asked.estate / (sum(asked.claims.values()) or 1))} can be met.", "dim")
