"""`concord mandate ...`: who may act for whom."""

from typing import Annotated

import typer

from concord_client.cli.claim import From, On, Reason, Until
from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import answer, checked, concord
from concord_client.show import claims as show
from concord_contracts.registry import MandateEnd, MandateIn

app = typer.Typer(help="Who may act for whom.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_mandates(
    holder: Annotated[str | None, typer.Option(help="who may act")] = None,
    body: Annotated[str | None, typer.Option(help="acted for")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Mandates in force on a day."""
    with concord() as services:
        found = services.registry.claims.mandates(
            holder, body, limit=limit, cursor=cursor, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show.show_mandate_page(console, found), as_csv=as_csv)


@app.command()
def grant(
    holder: Annotated[str, typer.Argument(help="who may act, e.g. ods:0AJ or gss:E55000002")],
    action: Annotated[list[str], typer.Option(help="e.g. claims.confirm, or a family: claims.*")],
    since: From,
    until: Until = None,
    pathway: Annotated[list[str] | None, typer.Option(help="only claims of these")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="only claims of these")] = None,
    place: Annotated[list[str] | None, typer.Option(help="only claims of these and what lies in them")] = None,
    limit_gbp: Annotated[int | None, typer.Option(help="most whole-life pounds of one commitment")] = None,
    reason: Annotated[str | None, typer.Option()] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """The body acted for lets another act for it. The responsibility stays where it is."""
    ends = {"valid_to": until.date()} if until else {}
    mandate = checked(
        MandateIn, holder=holder, actions=action, pathways=pathway or [], stages=stage or [], places=place or [],
        limit_gbp=limit_gbp, valid_from=since.date(), reason=reason, **ends,
    )  # fmt: skip
    with concord() as services:
        made, _ = services.registry.claims.grant_mandate(mandate, idempotency_key=key)
        answer(made, as_json, lambda console: show.show_mandates(console, [made]))


@app.command("end")
def end_mandate(
    mandate: Annotated[str, typer.Argument(help="id of the mandate")],
    reason: Reason,
    if_match: Annotated[str, typer.Option("--if-match", help="its version, as `list --json` shows it")] = '"1"',
    on: On = None,
    as_json: Json = False,
) -> None:
    """The body acted for takes its mandate back; it counts at once."""
    with concord() as services:
        ended = services.registry.claims.end_mandate(
            mandate, checked(MandateEnd, reason=reason, on=day(on)), if_match=if_match
        )
        answer(ended, as_json, lambda console: show.show_mandates(console, [ended]))
