"""`concord webhook`: have changes sent to an address, and look after it."""

from typing import Annotated

import typer

from concord_client.cli.options import Csv, Json, Key
from concord_client.cli.session import answer, checked, concord
from concord_client.show.webhooks import show_deliveries, show_webhook, show_webhooks
from concord_contracts.registry import WebhookDecision, WebhookDecisionKind, WebhookIn

app = typer.Typer(name="webhook", help="Changes sent to an address, signed.", no_args_is_help=True)


@app.command("list")
def list_all(as_json: Json = False, as_csv: Csv = False) -> None:
    """The subscriptions of the body acted for."""
    with concord() as services:
        found = services.registry.webhooks.all()
        answer(found, as_json, lambda console: show_webhooks(console, found), as_csv=as_csv)


@app.command("show")
def one(
    webhook: Annotated[str, typer.Argument(help="its id, from `concord webhook list`")], as_json: Json = False
) -> None:
    """One subscription: where it stands. Its secret is not shown again."""
    with concord() as services:
        found = services.registry.webhooks.one(webhook)
        answer(found, as_json, lambda console: show_webhook(console, found))


@app.command()
def create(
    address: Annotated[str, typer.Argument(help="https://...")],
    action: Annotated[list[str] | None, typer.Option(help="claims.confirm, or a family: claims")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="claim:ID, or a kind: claim")] = None,
    body: Annotated[list[str] | None, typer.Option(help="acted for, or named in what was touched")] = None,
    place: Annotated[list[str] | None, typer.Option(help="named in what was touched")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="send what lies after this; default from now on")] = None,
    reason: Annotated[str | None, typer.Option()] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Have changes sent to an address. The secret that signs them is shown once: keep it."""
    wanted = {"action": action or [], "subject": subject or [], "body": body or [], "place": place or []}
    sent = checked(WebhookIn, address=address, wanted=wanted, after=after, reason=reason)
    with concord() as services:
        made = services.registry.webhooks.create(sent, idempotency_key=key)
        answer(made, as_json, lambda console: show_webhook(console, made))


@app.command()
def decide(
    decision: Annotated[WebhookDecisionKind, typer.Argument()],
    webhook: Annotated[str, typer.Argument(help="its id, from `concord webhook list`")],
    reason: Annotated[str, typer.Option()],
    after: Annotated[int | None, typer.Option(min=0, help="of a replay: send again what lies after this")] = None,
    as_json: Json = False,
) -> None:
    """Pause, resume (also what was parked), rotate the secret, replay, or delete."""
    with concord() as services:
        why = checked(WebhookDecision, reason=reason, after=after)
        made = services.registry.webhooks.decide(webhook, decision.value, why)
        answer(made, as_json, lambda console: show_webhook(console, made))


@app.command()
def deliveries(
    webhook: Annotated[str, typer.Argument()],
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The last attempts to send, the latest first."""
    with concord() as services:
        found = services.registry.webhooks.deliveries(webhook, limit)
        answer(found, as_json, lambda console: show_deliveries(console, found), as_csv=as_csv)
