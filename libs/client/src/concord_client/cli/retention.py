"""`concord retention`: which scenarios the rule would remove, removing exactly those, and what stays of them."""

from typing import Annotated

import typer

from concord_client.cli.options import Csv, Cursor, Json, Key, KnownAt, Limit, moment
from concord_client.cli.session import answer, checked, concord
from concord_client.show.scenarios import show_due, show_removed
from concord_contracts.allocation.retention import RemovalIn

app = typer.Typer(help="How long scenarios are kept, what goes.", no_args_is_help=True, rich_markup_mode=None)


@app.command("due")
def due(as_json: Json = False) -> None:
    """What the rule would remove of your body's scenarios; nothing is changed. Signed in as a records-manager."""
    with concord() as services:
        found = services.allocation.retention_due()
        answer(found, as_json, lambda console: show_due(console, found))


@app.command("remove")
def remove(
    digest: Annotated[str, typer.Argument(help="of the list that `concord retention due` showed")],
    reason: Annotated[str, typer.Option(help="for the journal")],
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Remove exactly what was listed. Problems and answers go for good; a tombstone of each stays."""
    wanted = checked(RemovalIn, digest=digest, reason=reason)
    with concord() as services:
        done = services.allocation.remove_due(wanted, idempotency_key=key)
        answer(done, as_json, lambda console: show_removed(console, done.removed))


@app.command("removed")
def removed(
    limit: Limit = 100,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What was removed: ids, digests, when and by which rule."""
    with concord() as services:
        page = services.allocation.removed_scenarios(limit=limit, cursor=cursor, known_at=moment(known_at))
        answer(page, as_json, lambda console: show_removed(console, page.items, page.next_cursor), as_csv=as_csv)
