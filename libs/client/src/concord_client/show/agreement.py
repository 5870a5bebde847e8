"""An agreement as tables: parties, stages, money, who still has to approve or sign, and what is wrong with the text."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, say, table
from concord_contracts.agreements import AgreementView, ApprovalView, Content, Fault, LegalBases, VersionView

PLACES_NAMED = 3


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
    if content.allocation is not None:
        cited = content.allocation
        words = f"Rests on scenario {cited.scenario}, answer {cited.answer_digest[:12]}"
        say(console, f"{words}; allocation told: {agreement.citation}", "dim")
    console.print(parties_table(content, agreement.current))
    console.print(stages_table(content))
    if content.contributions:
        console.print(contributions_table(content))
    show_faults(console, agreement.current.faults)
    if agreement.transitions:
        say(console, "Next: " + ", ".join(agreement.transitions), "dim")
    say(console, f"Digest of the text: {agreement.current.digest}", "dim")


def show_version(console: Console, version: VersionView) -> None:
    """One text: its parties, stages and money, who decided about it, what is wrong with it."""
    say(console, f"{version.content.title}: version {version.number}, of {version.created_at:%Y-%m-%d}", "bold")
    say(console, f"Whole life: GBP {in_pounds(version.whole_life_pence)}; written by {version.created_by}")
    console.print(parties_table(version.content, version))
    console.print(stages_table(version.content))
    if version.content.contributions:
        console.print(contributions_table(version.content))
    for words, bodies in (("approve", version.awaiting_approval), ("sign", version.awaiting_signature)):
        if bodies:
            say(console, f"Still to {words}: {', '.join(bodies)}")
    show_faults(console, version.faults)
    say(console, f"Digest of the text: {version.digest}", "dim")


def show_legal_bases(console: Console, found: LegalBases) -> None:
    """A row for each law."""
    made = table(f"Legal bases in force on {found.as_of}", "Basis:20", "In words:34", "May join:20", "Law")
    for one in found.items:
        doubt = "" if one.verified else " (awaits its source)"
        add(made, one.key, one.words, ", ".join(one.joined_by), f"{one.citation}{doubt}")
    console.print(made)


def parties_table(content: Content, version: VersionView, names: Mapping[str, str] | None = None) -> Table:
    """Who is party, and what each has done. `names` of bodies, by id."""
    made = table("Parties", "Body", "Role", "Approved by", "Signed by")
    for party in content.parties:
        body = party.organisation
        approved = [_approved(one) for one in version.approvals if one.organisation == body]
        signed = [f"{s.name}, {s.office}" for s in version.signatures if s.organisation == body]
        name = named(body, names)
        add(made, name, party.role, "; ".join(approved) or "-", "; ".join(signed) or "-")
    return made


def _approved(one: ApprovalView) -> str:
    """Who decided when, by which minute, and by whose limit where the body publishes one."""
    own = " within the body's own limit" if one.authority and one.authority.record else ""
    return f"{one.role} {one.decided_on} ({one.minute}){own}"


def stages_table(content: Content, names: Mapping[str, str] | None = None) -> Table:
    """Stages, how each stands to the money, and where. `names` of stages and places, by key."""
    made = table("Stages", "Stage:40", "Handling", "Commitment", "Places")
    for scope in content.stages:
        where = [named(place, names) for place in scope.places]
        places = ", ".join(where) if len(where) <= PLACES_NAMED else f"{len(where)} places"
        add(made, named(scope.stage, names), scope.handling.replace("_", " "), scope.commitment, places)
    return made


def named(key: str, names: Mapping[str, str] | None) -> str:
    """The name of a body, stage or place; a stage without one is its key in words."""
    return (names or {}).get(key) or (key if ":" in key or "-" in key else key.replace("_", " "))


def contributions_table(content: Content, names: Mapping[str, str] | None = None) -> Table:
    """What each party puts in, a column a year. `names` of bodies, by id."""
    years = sorted({each.year for each in content.contributions})
    made = table("Contributions, GBP", "Party", "Purse", *(f">{year}" for year in years), "Recurrent")
    rows: dict[tuple[str, str, bool], dict[str, int]] = {}
    for each in content.contributions:
        by_year = rows.setdefault((each.party, each.purse, each.recurrent), {})
        by_year[each.year] = by_year.get(each.year, 0) + each.amount_pence
    for (party, purse, recurrent), by_year in rows.items():
        amounts = (in_pounds(by_year[year]) if year in by_year else "-" for year in years)
        add(made, named(party, names), purse, *amounts, "yes" if recurrent else "no")
    return made


def in_pounds(pence: int) -> str:
    """`1,234.50`, and `1,234` where there are no pence."""
    whole, rest = divmod(pence, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"


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
