"""Places as tables: people, footprints, what lies in what."""

from rich.console import Console

from concord_client.show.page import add, listed, percent, say, say_more, table
from concord_contracts.registry import People, PeopleFrom, PlaceAnswer, PlaceOverlaps, Places, Populations


def show_place(console: Console, found: PlaceAnswer) -> None:
    """One place on the day."""
    place = found.place
    whose = f", of {place.body}" if place.body else ""
    say(console, f"{place.name} ({place.key}), {place.kind}{whose}, on {found.as_of}", "bold")
    if place.parents:
        say(console, f"lies in {', '.join(place.parents)}")
    if place.children:
        say(console, f"holds {listed(place.children, most=12)}")
    if place.populations:
        made = table("People", "Year", "Basis:12", ">People", "Where it comes from")
        for figure in place.populations:
            source = figure.source or ""
            add(made, figure.year, figure.basis, f"{figure.persons:,}", _joined(source, figure.assumption))
        console.print(made)
    if place.footprint:
        made = table("Footprint", "Place:60", ">Share")
        for key, share in place.footprint:
            add(made, key, percent(share))
        console.print(made)


def show_places(console: Console, found: Places) -> None:
    """A row each."""
    if not found.items:
        say(console, f"No place in being on {found.as_of} is like that.")
        return
    made = table(f"Places on {found.as_of}", "Place:16", "Name:32", "Kind:7", "Of:13", "Lies in:18")
    for one in found.items:
        add(made, one.key, one.name, one.kind, one.body or "", listed(one.parents, most=2))
    console.print(made)


def show_overlaps(console: Console, found: PlaceOverlaps) -> None:
    """A page of places that share ground with one."""
    place = found.place
    if not found.items:
        say(console, f"No other place shares ground with {place.name} ({place.key}) on {found.as_of}.")
        return
    made = table(
        f"Places that share ground with {place.name} ({place.key}) on {found.as_of}",
        "Place:50", "Kind", f">of {place.key}", ">of the other", "Counted by",
    )  # fmt: skip
    for one in found.items:
        by = " / ".join(dict.fromkeys((one.share_by, one.share_of_other_by)))
        add(made, f"{one.name} ({one.place})", one.kind, percent(one.share), percent(one.share_of_other), by)
    console.print(made)
    say_more(console, found.next_cursor)


def show_people(console: Console, found: Populations) -> None:
    """A page of figures, and what they all come to."""
    if not found.items:
        say(console, "There is no such figure.")
    if found.note:
        say(console, found.note.capitalize() + ".", "dim")
    if not found.items:
        return
    rolled = found.roll_to is not None
    title = f"People, as those of the bodies of {found.roll_to}" if rolled else "People"
    made = table(title, "Of:40", "Year", "Basis", "Ages", ">People", "Stands for" if rolled else "Rests on")
    for one in found.items:
        whom = [f"{_whose(of)} {of.persons:,}{_doubt(of.basis)}" for of in one.rolled_from]
        last = listed(whom, most=20) if rolled else _joined(one.figure_basis, one.source)
        add(made, _of(one), one.year, one.basis, ages(one.age_from, one.age_to), f"{one.persons:,}", last)
    console.print(made)
    sums = table("All of them", "Kind of place:20", "Year", "Basis", "Ages", ">People", ">Figures")
    for total in found.totals:
        band = ages(total.age_from, total.age_to)
        add(sums, total.kind, total.year, total.basis, band, f"{total.persons:,}", total.places)
    console.print(sums)
    if found.rule:
        say(console, found.rule, "dim")
    say_more(console, found.next_cursor)


def ages(age_from: int | None, age_to: int | None) -> str:
    """`18-24`, `85+`, or `all`."""
    if age_from is None:
        return "all"
    return f"{age_from}+" if age_to is None else f"{age_from}-{age_to}"


def _of(one: People) -> str:
    if one.body is None:
        return one.place or ""
    return f"{one.body.name} ({one.place or one.body.id})"


def _whose(of: PeopleFrom) -> str:
    return of.place or (of.body.id if of.body else "")


def _doubt(basis: str) -> str:
    return "" if basis == "published" else f" [{basis}]"


def _joined(*words: str | None) -> str:
    return "; ".join(word for word in words if word)
