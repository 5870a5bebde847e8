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
        if isinstance(value, str | int | float) or (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            shown = ", ".join(value) if isinstance(value, list) else value
            say(console, f"  {name.replace('_', ' ')}: {shown}", "dim")
