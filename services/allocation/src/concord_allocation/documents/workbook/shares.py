"""Divisions of a plan's cost and gain as sheets: coalitions, divisions, complaints, cores, the payments. Pure."""

from concord_allocation.documents.workbook.plans import sentence_sheet
from concord_allocation.documents.workbook.rows import facts, table
from concord_allocation.documents.workbook.sheets import Book, Sheet, quoted, totalled
from concord_allocation.documents.writing import Value
from concord_contracts.allocation.answers import ConflictMember, Relaxation
from concord_contracts.allocation.sharing import (
    Amount,
    ClaimsAnswer,
    CoalitionValue,
    Core,
    Division,
    GainDivision,
    GainValue,
    GameAnswer,
    Realisation,
    ScheduledContribution,
    Sharing,
    Standing,
)

A_MILLIONTH = 1e-6


def sharing_sheets(book: Book, found: Sharing) -> dict[str, Value]:
    """Adds the sheets of a division of cost and gain; gives its figures for the summary."""
    standing = book.add(
        table(
            "Standing",
            "Each party by itself and in the plan.",
            Standing,
            found.standing,
            sums=("fallback_gbp", "plan_gbp", "own_lines_gbp", "benefit_of_own_lines_change"),
        )
    )
    if standing.rows:
        book.checks.hold("what the parties pay in the plan", standing.sum("plan_gbp"), found.cost_gbp)
    amounts = _divisions(book, found.divisions)
    for division in found.divisions:
        added = amounts.sum_where("gbp", division=quoted(division.key))
        book.checks.hold(f"division {division.key} adds up to the cost", added, found.cost_gbp)
    _payments(book, found)
    _cores(book, {"costs": found.costs_core, "gains": found.gains_core})
    gains = _gain_divisions(book, found.gain_divisions)
    for gain in found.gain_divisions:
        added = gains.sum_where("value", division=quoted(gain.key))
        book.checks.hold(f"gain {gain.key} adds up to the gain", added, found.gain, _near(found.gain))
    words = "What some parties have by themselves: benefit gained, and what their lines cost."
    book.add(table("Coalitions", words, CoalitionValue, found.coalitions))
    book.add(sentence_sheet(found.sentences))
    return facts(found, without=("outcome", "sentences", "costs_core", "gains_core"))


def game_sheets(book: Book, found: GameAnswer) -> dict[str, Value]:
    """Divisions of a game that somebody else valued."""
    _cores(book, {"game": found.core})
    _gain_divisions(book, found.divisions)
    return {"unit": found.unit}


def claims_sheets(book: Book, found: ClaimsAnswer) -> dict[str, Value]:
    """An estate by each rule: a row a claimant, a column a rule; every rule gives the whole estate."""
    claimants = list(dict.fromkeys(key for awards in found.rules.values() for key in awards))
    rows: list[list[Value]] = [[key, *(awards.get(key) for awards in found.rules.values())] for key in claimants]
    rules = list(found.rules)
    sheet = book.add(totalled("Awards", "The estate divided by each rule.", ["claimant", *rules], rows, rules))
    for rule in rules[1:] if rows else ():
        estate = sum(found.rules[rules[0]].values())
        book.checks.hold(f"{rule} gives as much as {rules[0]}", sheet.sum(rule), estate, _near(estate))
    return {"rules": len(rules)}


def _near(amount: float | None) -> float:
    return A_MILLIONTH * max(1.0, abs(amount or 0.0))


def _divisions(book: Book, divisions: list[Division]) -> Sheet:
    rows = [(division, amount) for division in divisions for amount in division.amounts]
    amounts = table(
        "Amounts",
        "What each party puts in by each division; change_gbp is against the fallback plan.",
        Amount,
        [amount for _, amount in rows],
        before={"division": [division.key for division, _ in rows]},
    )
    words = "Each way to divide the cost, with the coalition it treats worst. total_gbp adds up Amounts."
    total = {"total_gbp": amounts.sum_where("gbp", division="{key}")}
    book.add(table("Divisions", words, Division, divisions, without=("amounts", "realisation"), worked=total))
    return book.add(amounts, keep=True)


def _payments(book: Book, found: Sharing) -> None:
    """What realises each division, as contributions that an agreement takes; or what stands in the way."""
    paid = [(division, division.realisation) for division in found.divisions if division.realisation]
    book.add(
        table(
            "Can be paid",
            "Whether payments give each party exactly its part.",
            Realisation,
            [realised for _, realised in paid],
            before={"division": [division.key for division, _ in paid]},
            without=("schedule", "conflict", "relaxation"),
        )
    )
    rows = [(division, row) for division, realised in paid for row in realised.schedule]
    schedule = book.add(
        table(
            "Schedule",
            "Payments by year, purse and fund that realise each division, as an agreement takes them.",
            ScheduledContribution,
            [row for _, row in rows],
            before={"division": [division.key for division, _ in rows]},
            worked={"gbp": "{contribution.amount_pence}/100"},
            instead={"fund": "direct"},
        )
    )
    for division, realised in paid:
        # What is paid into a fund may stay there, or pay for more than is divided: only direct payments must agree.
        if realised.schedule and all(row.fund is None for row in realised.schedule):
            added = schedule.sum_where("gbp", division=quoted(division.key))
            book.checks.hold(f"payments of {division.key} add up to the cost", added, found.cost_gbp)
    _in_the_way(book, [(division, realised) for division, realised in paid if not realised.possible])


def _in_the_way(book: Book, refused: list[tuple[Division, Realisation]]) -> None:
    conflict = [(division.key, row) for division, realised in refused for row in realised.conflict]
    words = "Why a division cannot be paid: things that cannot all hold."
    of = {"division": [key for key, _ in conflict]}
    book.add(table("In the way", words, ConflictMember, [row for _, row in conflict], before=of))
    loosened = [(division.key, row) for division, realised in refused for row in realised.relaxation]
    words = "The least that limits must give way for a division to be paid."
    of = {"division": [key for key, _ in loosened]}
    book.add(table("Least loosening", words, Relaxation, [row for _, row in loosened], before=of))


def _cores(book: Book, cores: dict[str, Core | None]) -> None:
    known = {name: core for name, core in cores.items() if core is not None}
    book.add(
        table(
            "Core",
            "Whether some division leaves no coalition with a reason to complain.",
            Core,
            known.values(),
            before={"of": list(known)},
            without=("coalitions",),
        )
    )
    rows: list[list[Value]] = [[name, "; ".join(one)] for name, core in known.items() for one in core.coalitions]
    book.add(Sheet("Least complaint", "Coalitions that hold it where it is.", ["of", "coalition"], rows))


def _gain_divisions(book: Book, divisions: list[GainDivision]) -> Sheet:
    rows = [(division, value) for division in divisions for value in division.values]
    gains = table(
        "Gains",
        "Each party's part of what is gained; least and greatest where it is a range.",
        GainValue,
        [value for _, value in rows],
        before={"division": [division.key for division, _ in rows]},
    )
    words = "Each way to divide what is gained, with the coalition it treats worst. total adds up Gains."
    total = {"total": gains.sum_where("value", division="{key}")}
    book.add(table("Divisions of gain", words, GainDivision, divisions, without=("values",), worked=total))
    return book.add(gains, keep=bool(divisions))
