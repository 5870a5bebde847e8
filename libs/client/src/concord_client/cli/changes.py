"""`concord changes`: what was recorded, in order, or as it happens."""

from typing import Annotated

import typer

from concord_client.cli.options import Json
from concord_client.cli.session import answer, concord
from concord_client.show.changes import say_change, show_changes
from concord_client.show.page import make_console


def register(app: typer.Typer) -> None:
    app.command("changes")(changes)


def changes(
    after: Annotated[int, typer.Option(min=0, help="the last sequence already read")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    action: Annotated[list[str] | None, typer.Option(help="claims.confirm, or a family: claims")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="claim:ID, or a kind: claim")] = None,
    body: Annotated[list[str] | None, typer.Option(help="acted for, or named in what was touched")] = None,
    place: Annotated[list[str] | None, typer.Option(help="named in what was touched")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="go on as changes are recorded, until stopped")] = False,
    as_json: Json = False,
) -> None:
    """What was recorded after a sequence, oldest first: who, what, which records it touched. --follow goes on."""
    wanted = {"action": action or [], "subject": subject or [], "body": body or [], "place": place or []}
    with concord() as services:
        if follow:
            console = make_console()
            for one in services.registry.follow(after, **wanted):
                if as_json:
                    typer.echo(one.model_dump_json())
                else:
                    say_change(console, one)
            return
        found = services.registry.changes(after, limit, **wanted)
        answer(found, as_json, lambda console: show_changes(console, found))
