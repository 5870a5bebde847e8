"""Subscriptions and attempts on a page."""

from rich.console import Console

from concord_client.show.page import add, say, table
from concord_contracts.registry import Deliveries, Webhook, Webhooks


def show_webhooks(console: Console, found: Webhooks) -> None:
    """A row each."""
    if not found.items:
        say(console, "No subscriptions.")
        return
    made = table("Changes are sent to", "Id:36", "Address", "State", ">Arrived up to")
    for one in found.items:
        add(made, one.id, one.address, _state(one), one.sent_seq)
    console.print(made)


def show_webhook(console: Console, one: Webhook) -> None:
    """One, with the secret where it is new."""
    say(console, f"{one.id}: {_state(one)}, {one.address}, arrived up to {one.sent_seq}")
    if one.secret:
        say(console, f"Secret, shown this once: {one.secret}", "bold")


def _state(one: Webhook) -> str:
    words = one.state.value
    if one.attempts:
        words += f", {one.attempts} failed attempts"
    return f"{words} ({one.last_error})" if one.last_error else words


def show_deliveries(console: Console, found: Deliveries) -> None:
    """A row for each attempt."""
    made = table("Attempts, the latest first", "At:19", ">After", ">Up to", ">Changes", "Became", ">ms", "Why")
    for one in found.items:
        when = f"{one.at:%Y-%m-%d %H:%M:%S}"
        add(made, when, one.after, one.upto, one.changes, one.outcome, one.duration_ms, one.error or "")
    console.print(made)
