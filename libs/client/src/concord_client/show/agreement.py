"""An agreement as tables: parties, stages, money, who still has to approve or sign, and what is wrong with the text."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, listed, say, table
from concord_contracts.agreements import AgreementView, Content, Fault, VersionView


def show_agreement(console: Console, agreement: AgreementView) -> None:
    """State first, then the current text and what is still missing."""
    say(console, agreement.title, "bold")
    say(
        console,
        f"{agreement.id}: {agreement.state} on {agreement.as_of}; {agreement.basis}; "
        f"{agreement.in_force_from} until {agreement.in_force_until}; version {agreement.current.number} of "
        f"{len(agreement.versions)}; activation {agreement.activation}",
    )
    content = agreement.current.content
    console.print(parties_table(content, agreement.current))
    console.print(stages_table(content))
    if content.contributions:
        console.print(contributions_table(content))
    show_faults(console, agreement.current.faults)
    if agreement.transitions:
        say(console, "Next: " + ", ".join(agreement.transitions), "dim")
    say(console, f"Digest of the text: {agreement.current.digest}", "dim")


def parties_table(content: Content, version: VersionView) -> Table:
    made = table("Parties", "Body", "Role", "Approved by", "Signed by")
    for party in content.parties:
        body = party.organisation
        approved = [f"{a.role} {a.decided_on} ({a.minute})" for a in version.approvals if a.organisation == body]
        signed = [f"{s.name}, {s.office}" for s in version.signatures if s.organisation == body]
        add(made, body, party.role, "; ".join(approved) or "-", "; ".join(signed) or "-")
    return made


def stages_table(content: Content) -> Table:
    made = table("Stages", "Stage", "Handling", "Places", "Commitment")
    for scope in content.stages:
        add(made, scope.stage, scope.handling, listed(scope.places), scope.commitment)
    return made


def contributions_table(content: Content) -> Table:
    made = table("Contributions", "Party", "Purse", "Year", ">GBP", "Recurrent")
    for each in content.contributions:
        amount = f"{each.amount_pence / 100:,.2f}"
        add(made, each.party, each.purse, each.year, amount, "yes" if each.recurrent else "no")
    return made


def show_faults(console: Console, faults: Iterable[Fault]) -> None:
    given = list(faults)
    if not given:
        say(console, "No fault found in the text.", "green")
        return
    made = table("Faults in the text", "Where", "Rule", "In words", "Instead")
    for fault in given:
        rule = f"{fault.rule} ({fault.citation})" if fault.citation else fault.rule
        add(made, fault.pointer, rule, fault.words, fault.instead or "")
    console.print(made)
