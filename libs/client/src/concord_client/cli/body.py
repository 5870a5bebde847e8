"""`concord body`: who exists, what followed whom, and how the bodies of another date divide what these have."""

from typing import Annotated

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.bodies import show_bodies, show_body, show_holdings, show_powers, show_relation_types

app = typer.Typer(help="Organisations: names, codes, relations, and who followed whom.", no_args_is_help=True)

Body = Annotated[str, typer.Argument(help="an organisation, for instance ods:02A")]


@app.command("show")
def show(
    body: Body, roll_to: RollTo = None, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False
) -> None:
    """One body with its dated names, codes, relations, predecessors and successors; who stands in its place then."""
    with concord() as services:
        found = services.registry.organisation(body, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_body(console, found))


@app.command("list")
def listing(
    q: Annotated[str | None, typer.Argument(help="part of a name, or a code")] = None,
    kind: Annotated[str | None, typer.Option(help="for instance ccg, council, commissioning_hub")] = None,
    roll_to: RollTo = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Bodies in being on the day; with --roll-to those that stand in their place then, with shares."""
    with concord() as services:
        found = services.registry.organisations(
            q,
            kind=kind,
            roll_to=day(roll_to),
            limit=limit,
            cursor=cursor,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_bodies(console, found), as_csv=as_csv)


@app.command("holdings")
def holdings(
    body: Body,
    kind: Annotated[list[str] | None, typer.Option(help="claim, mandate, relation ...; repeatable")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What it holds on the day or after it: the work to reassign when it ends."""
    with concord() as services:
        found = services.registry.holdings(
            body, kinds=kind or [], limit=limit, cursor=cursor, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_holdings(console, found), as_csv=as_csv)


@app.command("powers")
def powers(
    body: Annotated[str | None, typer.Argument(help="an organisation; all where none is named")] = None,
    stage: Annotated[str | None, typer.Option(help="over this stage, or every one")] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who can advise on, refer back or veto whose plans."""
    with concord() as services:
        found = services.registry.powers(
            body, stage=stage, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_powers(console, found.items), as_csv=as_csv)


@app.command("relations")
def relations(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """What one body can be to another: the types of relations."""
    with concord() as services:
        found = services.registry.relation_types(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_relation_types(console, found), as_csv=as_csv)
