"""`concord changes`: what was recorded, in order, or as it happens."""

from enum import StrEnum
from typing import Annotated

import typer

from concord_client.cli.options import Csv, Json, Limit
from concord_client.cli.session import answer, concord
from concord_client.show.changes import say_change, show_changes
from concord_client.show.page import make_console


class Journal(StrEnum):
    """Services that keep a journal."""

    REGISTRY = "registry"
    ALLOCATION = "allocation"
    AGREEMENTS = "agreements"


def register(app: typer.Typer) -> None:
    app.command("changes")(changes)


def changes(
    after: Annotated[int, typer.Option(min=0, help="the last sequence already read")] = 0,
    limit: Limit = 50,
    action: Annotated[list[str] | None, typer.Option(help="claims.confirm, or a family: claims")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="claim:ID, or a kind: claim")] = None,
    body: Annotated[list[str] | None, typer.Option(help="acted for, or named in what was touched")] = None,
    place: Annotated[list[str] | None, typer.Option(help="named in what was touched")] = None,
    service: Annotated[Journal, typer.Option(help="whose journal; those of the other two are for auditors")] = (
        Journal.REGISTRY
    ),
    follow: Annotated[bool, typer.Option("--follow", help="go on as changes are recorded, until stopped")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What was recorded after a sequence, oldest first: who, what, which records it touched. --follow goes on."""
    wanted = {"action": action or [], "subject": subject or [], "body": body or [], "place": place or []}
    chosen = any(wanted.values())
    if service is not Journal.REGISTRY and (chosen or follow):
        raise typer.BadParameter("--action, --subject, --body, --place and --follow go with the registry's journal")
    with concord() as services:
        if service is not Journal.REGISTRY:
            holder = services.allocation if service is Journal.ALLOCATION else services.agreements
            recorded = holder.changes(after, limit)
            answer(recorded, as_json, lambda console: show_changes(console, recorded), as_csv=as_csv)
            return
        if follow:
            console = make_console()
            for one in services.registry.follow(after, **wanted):
                if as_json:
                    typer.echo(one.model_dump_json())
                else:
                    say_change(console, one)
            return
        found = services.registry.changes(after, limit, **wanted)
        answer(found, as_json, lambda console: show_changes(console, found), as_csv=as_csv)
