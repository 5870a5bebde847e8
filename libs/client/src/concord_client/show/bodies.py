"""Organisations as tables: dated names and codes, relations, who followed whom."""

from collections.abc import Iterable
from datetime import date

from rich.console import Console

from concord_client.show.page import add, listed, percent, say, say_more, table
from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import (
    Holding,
    Holdings,
    Organisation,
    Organisations,
    PowerView,
    RelationTypes,
    RolledPart,
)


def period(valid_from: date, valid_to: date) -> str:
    """`2013-04-01 to 2018-03-31`, or `from 2013-04-01`; the last day is named as people do."""
    if valid_to >= FOREVER:
        return f"from {valid_from}"
    return f"{valid_from} until before {valid_to}"


def show_body(console: Console, found: Organisation) -> None:
    """One body, with everything dated about it."""
    kind = found.body.kind.replace("_", " ")
    legal = "legal person" if found.body.legal_person else "not a legal person"
    say(console, f"{found.body.name} ({found.body.id})", "bold")
    say(console, f"{kind}, {legal}, {period(found.valid_from, found.valid_to)}")
    made = table("Names and codes", "What:20", "Says:50", "When")
    for name, start, end in found.names:
        add(made, "name", name, period(start, end))
    for scheme, code, start, end in found.codes:
        add(made, scheme, code, period(start, end))
    console.print(made)
    if found.relations:
        made = table("Relations", "It", "To:50", "When")
        for relation, other, start, end in found.relations:
            add(made, relation.replace("_", " "), f"{other.name} ({other.id})", period(start, end))
        console.print(made)
    if found.predecessors or found.successors:
        made = table("Who followed whom", "How", "Whom:56", "On", ">Share")
        for other, how, on, share in found.predecessors:
            add(made, f"{how} from", f"{other.name} ({other.id})", on, percent(share))
        for other, how, on, share in found.successors:
            add(made, f"{how} to", f"{other.name} ({other.id})", on, percent(share))
        console.print(made)
    if found.powers:
        show_powers(console, found.powers)


def show_powers(console: Console, found: Iterable[PowerView]) -> None:
    """Who can do what about whose plans."""
    made = table("Powers", "Who:16", "Over whom:16", "Power", "Stage:12", "In words")
    for one in found:
        stage = "every stage" if one.stage == "*" else one.stage
        add(made, one.holder, one.over or "whoever", one.power.replace("_", " "), stage, one.words)
    console.print(made)


def show_relation_types(console: Console, found: RelationTypes) -> None:
    made = table("What one body can be to another", "Type:24", "In words:34", "From the other side")
    for one in found.items:
        add(made, one.type, one.name, f"{one.inverse_name} ({one.inverse})")
    console.print(made)


def show_parts(console: Console, title: str, parts: Iterable[RolledPart]) -> None:
    made = table(title, "Body:60", ">Share", "The share is")
    for part in parts:
        add(made, f"{part.body.name} ({part.body.id})", percent(part.share), part.basis)
    console.print(made)


def show_bodies(console: Console, found: Organisations) -> None:
    """A page of bodies; rolled, each with those it stands for."""
    if not found.items:
        say(console, f"No organisation in being on {found.as_of} is like that.")
        return
    if found.roll_to is None:
        made = table(f"In being on {found.as_of}", "Id:18", "Name:42", "Kind:16", "When")
        for one in found.items:
            add(made, one.id, one.name, one.kind.replace("_", " "), period(one.valid_from, one.valid_to))
    else:
        title = f"Those of {found.as_of} as they stand on {found.roll_to}"
        made = table(title, "Id:16", "Name:34", "Stands for")
        for one in found.items:
            whom = [f"{of.body.name} {percent(of.share)}{_doubt(of.basis)}" for of in one.rolled_from]
            add(made, one.id, one.name, listed(whom, most=20))
    console.print(made)
    say_more(console, found.next_cursor)


def show_holdings(console: Console, found: Holdings) -> None:
    """What a body still holds, and who stands in its place."""
    ends = f"ends on {found.ends}" if found.ends else "has no known end"
    say(console, f"{found.body.name} ({found.body.id}) {ends}; what it holds on {found.as_of} or after", "bold")
    if found.successors:
        show_parts(console, "Who follows, once all that is known has happened", found.successors)
    if not found.counts:
        say(console, "It holds nothing.")
        return
    counts = [f"{count.records} {count.kind} as {count.held_as}" for count in found.counts]
    say(console, listed(counts, most=20))
    made = table("What it holds", "What", "Held as:14", "Says:46", "When")
    for one in found.items:
        words = f"{one.words}{_who(one)} [{one.id}]"
        add(made, one.kind, one.held_as, words, period(one.valid_from, one.valid_to))
    console.print(made)
    say_more(console, found.next_cursor)


def _who(one: Holding) -> str:
    if one.holder is None:
        return ""
    return f" ({one.holder.name or ('details erased' if one.holder.erased else 'name not public')})"


def _doubt(basis: str) -> str:
    return "" if basis == "published" else f" [{basis}]"
