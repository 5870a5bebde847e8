"""A refusal in words: what was refused, every fault, and the members that say how to go on."""

from rich.console import Console

from concord_client.errors import ConcordError, ConcordProblem, ConcordUnreachable, where
from concord_client.show.page import add, say, table


def show_failure(console: Console, failure: ConcordError) -> None:
    """Say what went wrong and, where we know, what to do next."""
    if not isinstance(failure, ConcordProblem):
        say(console, str(failure), "bold red")
        if isinstance(failure, ConcordUnreachable) and failure.idempotency_key:
            say(console, f"It may have been done. Repeat it with --key {failure.idempotency_key}: it counts once.")
        return
    say(console, f"{failure.title} ({failure.status}, {failure.slug})", "bold red")
    if failure.detail and failure.detail != failure.title:
        say(console, failure.detail)
    if failure.errors:
        faults = table("", "Where", "What is wrong")
        for fault in failure.errors:
            add(faults, where(fault), fault.detail)
        console.print(faults)
    for name, value in failure.extras.items():
        if (shown := in_words(value)) is not None:
            say(console, f"  {name.replace('_', ' ')}: {shown}", "dim")


def in_words(value: object) -> str | None:
    """A member a person can read: a number, a text, a list of texts; None for anything else."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,}"
    return value if isinstance(value, str) else None
