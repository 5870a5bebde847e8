"""`concord place`: where people are counted, and how places lie in each other."""

from typing import Annotated

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.places import show_overlaps, show_people, show_place, show_places

app = typer.Typer(help="Places: people, footprints, overlaps.", no_args_is_help=True)


@app.command("show")
def show(
    place: Annotated[str, typer.Argument(help="a place, for instance ccg-02A")],
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """A place: whose it is, what it lies in, its people and footprint."""
    with concord() as services:
        found = services.registry.place(place, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_place(console, found))


@app.command("list")
def list_places(
    within: Annotated[str | None, typer.Option(help="a place and all that lies in it")] = None,
    kind: Annotated[str | None, typer.Option(help="ccg, council, area, region, union, england or part")] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Places in being on the day: all of them, or those of a kind or within one."""
    with concord() as services:
        found = services.registry.places(
            within=within, kind=kind, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_places(console, found), as_csv=as_csv)


@app.command("people")
def people(
    place: Annotated[list[str] | None, typer.Argument(help="one or several; all where none is named")] = None,
    kind: Annotated[str | None, typer.Option(help="pct, ccg, icb, council, area, region, england or part")] = None,
    year: Annotated[list[str] | None, typer.Option(help="for instance 2013-14; repeatable")] = None,
    basis: Annotated[list[str] | None, typer.Option(help="registered, resident or weighted; repeatable")] = None,
    ages: Annotated[bool, typer.Option("--ages", help="by age band, where that is known")] = False,
    roll_to: RollTo = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """People by place; with --roll-to those of the bodies that followed, every total as it was."""
    with concord() as services:
        found = services.registry.populations(
            place or [],
            kind=kind,
            years=year or [],
            bases=basis or [],
            ages=ages,
            roll_to=day(roll_to),
            limit=limit,
            cursor=cursor,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_people(console, found), as_csv=as_csv)


@app.command("overlaps")
def overlaps(
    place: Annotated[str, typer.Argument(help="a place, for instance ccg-01Y")],
    kind: Annotated[
        str | None, typer.Option(help="only pct, ccg, icb, council, area, region, union, england or part")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Which places share ground with it on the day, and which share of each."""
    with concord() as services:
        found = services.registry.place_overlaps(
            place,
            kind=kind,
            limit=limit,
            cursor=cursor,
            roll_to=day(roll_to),
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_overlaps(console, found), as_csv=as_csv)
