"""Changes on a page."""

from rich.console import Console

from concord_client.show.page import add, listed, say, table
from concord_contracts.registry import Change, Changes, Touched


def show_changes(console: Console, found: Changes) -> None:
    """A row each, and where to go on."""
    made = table("Changes, oldest first", ">Seq", "Recorded:19", "What:20", "For:14", "Touched")
    for one in found.items:
        add(made, one.seq, f"{one.at:%Y-%m-%d %H:%M:%S}", one.action, one.acting_for or "", _touched(one))
    console.print(made)
    more = "" if found.next_after >= found.head_seq else "; there is more"
    say(console, f"Read up to {found.next_after} of {found.head_seq}{more}.", "dim")


def say_change(console: Console, one: Change) -> None:
    """One line as it comes."""
    who = f" for {one.acting_for}" if one.acting_for else ""
    say(console, f"{one.seq}  {one.at:%Y-%m-%d %H:%M:%S}  {one.action}{who}: {_touched(one)}")


def _touched(one: Change) -> str:
    if not one.touched:
        return one.subject
    more = f" and {one.touched_count - 2} more" if one.touched_count > 2 else ""
    return "; ".join(_said(each) for each in one.touched[:2]) + more


def _said(one: Touched) -> str:
    where = listed([*one.stages, *one.pathways, *one.places])
    about = f" ({', '.join(one.bodies[:2])})" if one.bodies else ""
    return f"{one.kind.value} {where or one.id}: {one.words}{about}"
