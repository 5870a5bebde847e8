"""Who stood on a later day in the place of whom an answer names, below whatever else is shown of it."""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel
from rich.console import Console

from concord_client.show.page import add, percent, pounds, say, table
from concord_contracts.registry import Claims, RolledPart, RolledPlace, RolledValue


def show_rolled(console: Console, answer: BaseModel) -> None:
    """Nothing where nobody asked. Who is still in their own place is only counted; claims show it each for itself."""
    roll_to = getattr(answer, "roll_to", None)
    if roll_to is None or isinstance(answer, Claims):
        return
    parts = {one.model_dump_json(): one for one in _parts(answer)}.values()
    moved = [one for one in parts if one.of != _follower(one)]
    if moved:
        made = table(f"In whose place on {roll_to}", "Of:18", "Stands:46", ">Share", "The share is:12")
        for one in moved:
            add(made, one.of, _who(one), percent(one.share), one.basis)
        console.print(made)
    stayed = len({one.of for one in parts} - {one.of for one in moved})
    if stayed:
        say(console, f"{stayed} of those named {'stands' if stayed == 1 else 'stand'} unchanged on {roll_to}.", "dim")
    values = [one for record in getattr(answer, "items", ()) for one in getattr(record, "rolled_values", ())]
    if values:
        _show_values(console, values, f"What of the contracts' values falls to whom on {roll_to}")


def _show_values(console: Console, values: Iterable[RolledValue], title: str) -> None:
    made = table(title, "Year", "Kind of money", "Commissioner:46", ">Value", "Made of", "It is")
    for one in values:
        who = f"{one.body.name} ({one.body.id})"
        add(made, one.year, one.money.value, who, pounds(one.value_gbp), " ".join(one.of), one.basis)
    console.print(made)


def _parts(value: object) -> Iterator[RolledPart | RolledPlace]:
    """Wherever an answer tells them: once for all of it, or with each item."""
    if isinstance(value, RolledPart | RolledPlace):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)


def _follower(one: RolledPart | RolledPlace) -> str | None:
    """The body, or of a place the place, that stands there now."""
    return one.place if isinstance(one, RolledPlace) else one.body.id


def _who(one: RolledPart | RolledPlace) -> str:
    name = f"{one.body.name} ({one.body.id})"
    if isinstance(one, RolledPlace):
        return f"{one.place or 'no place on the map'}, of {name}"
    return name
