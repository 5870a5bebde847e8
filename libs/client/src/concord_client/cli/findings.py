"""`concord findings ...` and `concord matrix`: what to look at, what changed, what will; bodies by stages."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Csv, Day, Json, KnownAt, RollTo, day, moment
from concord_client.cli.session import answer, concord
from concord_client.imports import MEDIA_TYPES
from concord_client.show import findings as show
from concord_client.show.page import make_console, say

app = typer.Typer(
    help="What a commissioner should look at: now, between two days, in the days to come.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Pathway = Annotated[list[str] | None, typer.Option(help="one or several; default the four most common cancers")]
Place = Annotated[list[str] | None, typer.Option(help="one or several; default every CCG's and council's")]
Region = Annotated[str | None, typer.Option(help="an area, a region or england")]
Body = Annotated[str | None, typer.Option(help="a body's own, and what is on either side of it, e.g. ods:02A")]
Stage = Annotated[list[str] | None, typer.Option(help="one or several")]
Kind = Annotated[list[str] | None, typer.Option(help="gap, duplicate, hand-over ...")]
Severity = Annotated[list[str] | None, typer.Option(help="high, medium, low")]
Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="findings")
    parent.command("matrix")(matrix)


def scope(**filters: Any) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value}


@app.command("list")
def list_findings(
    pathway: Pathway = None,
    place: Place = None,
    region: Region = None,
    body: Body = None,
    stage: Stage = None,
    kind: Kind = None,
    severity: Severity = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What to look at, with what each finding rests on and what closes it."""
    asked = scope(pathway=pathway, place=place, region=region, body=body, stage=stage, kind=kind, severity=severity)
    with concord() as services:
        found = services.registry.findings.list(
            asked, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at), limit=limit
        )
        answer(found, as_json, lambda console: show.show_findings(console, found), as_csv=as_csv)


@app.command()
def changes(
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="the earlier day")] = None,
    to: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the later day (default today)")] = None,
    known_from: Annotated[str | None, typer.Option(help="what was recorded by then ...")] = None,
    known_to: Annotated[str | None, typer.Option(help="... against by then (default now)")] = None,
    pathway: Pathway = None,
    place: Place = None,
    region: Region = None,
    body: Body = None,
    stage: Stage = None,
    kind: Kind = None,
    severity: Severity = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 100,
    roll_to: RollTo = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What opened, closed or changed severity between two days, two moments of the record, or both."""
    asked = scope(pathway=pathway, place=place, region=region, body=body, stage=stage, kind=kind, severity=severity)
    with concord() as services:
        found = services.registry.findings.changes(
            asked,
            before=day(since),
            to=day(to),
            known_from=moment(known_from),
            known_to=moment(known_to),
            roll_to=day(roll_to),
            limit=limit,
        )
        answer(found, as_json, lambda console: show.show_changes(console, found), as_csv=as_csv)


@app.command()
def ahead(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the last day looked at")],
    pathway: Pathway = None,
    place: Place = None,
    region: Region = None,
    body: Body = None,
    stage: Stage = None,
    kind: Kind = None,
    severity: Severity = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 1000,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What will change in the findings until a day, from what is recorded now."""
    asked = scope(pathway=pathway, place=place, region=region, body=body, stage=stage, kind=kind, severity=severity)
    with concord() as services:
        found = services.registry.findings.ahead(
            asked, until.date(), roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at), limit=limit
        )
        answer(found, as_json, lambda console: show.show_ahead(console, found), as_csv=as_csv)


@app.command()
def ranking(
    pathway: Annotated[str, typer.Argument(help="for instance lung")],
    kind: Annotated[str, typer.Option(help="ccg (boards, trusts) or council")] = "ccg",
    within: Annotated[str, typer.Option(help="an area, a region or england")] = "england",
    most: Annotated[int, typer.Option(min=1, help="how many are shown")] = 30,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Places by how often responsibility changes hands along a pathway."""
    with concord() as services:
        found = services.registry.findings.fragmentation(
            pathway, kind=kind, within=within, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show.show_ranking(console, found, most), as_csv=as_csv)


def matrix(
    pathway: Annotated[str, typer.Argument(help="for instance lung")],
    place: Annotated[list[str] | None, typer.Option(help="one or several; default greater-manchester")] = None,
    out: Annotated[Path | None, typer.Option(help="save it as .csv or .xlsx")] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Bodies by stages: a letter for each part a body has, derived from law and claims. With --out, as a file."""
    places = place or ["greater-manchester"]
    with concord() as services:
        if out is None:
            found = services.registry.findings.matrix(
                pathway, places, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
            )
            answer(found, as_json, lambda console: show.show_matrix(console, found))
            return
        if out.suffix.lower() not in MEDIA_TYPES:
            raise typer.BadParameter(f"{out}: save it as .csv or .xlsx")
        content = services.registry.findings.matrix_file(
            pathway,
            places,
            MEDIA_TYPES[out.suffix.lower()],
            roll_to=day(roll_to),
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        out.write_bytes(content)
        say(make_console(), f"{out}: {len(content):,} bytes")
