"""`concord reorganise`: bodies merge, split, begin and end on one day; looked at first, then carried out as one."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, day, moment
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.reorganisation_files import FaultyFileError, events_of
from concord_client.show.reorganisations import show_reorganisation, show_reorganisations
from concord_contracts.registry import ReorganisationIn

app = typer.Typer(help="Merge, split, rename, open and close bodies on one day.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="JSON as it is sent (- : standard input), or CSV with one event a line")]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="with a CSV: the day from which it holds")
]
Title = Annotated[str | None, typer.Option(help="with a CSV: what it is called")]
Authority = Annotated[str | None, typer.Option(help="with a CSV: the order, approval or provision it rests on")]
Source = Annotated[str | None, typer.Option(help="with a CSV: a document among the sources that says so")]
Reason = Annotated[str | None, typer.Option(help="with a CSV: for the journal")]


@app.command("preview")
def preview(
    file: File,
    on: On = None,
    title: Title = None,
    authority: Authority = None,
    source: Source = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """What it would change: bodies, places, figures, work to reassign, findings ahead. Nothing is recorded."""
    sent = _read(file, on=on, title=title, authority=authority, source=source, reason=reason)
    with concord() as services:
        said = services.registry.reorganise(sent, dry_run=True)
        answer(said, as_json, lambda console: show_reorganisation(console, said))


@app.command("apply")
def apply(
    file: File,
    on: On = None,
    title: Title = None,
    authority: Authority = None,
    source: Source = None,
    reason: Reason = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Carry it out, all of it or nothing, from its day on; the day may lie ahead."""
    sent = _read(file, on=on, title=title, authority=authority, source=source, reason=reason)
    with concord() as services:
        said = services.registry.reorganise(sent, idempotency_key=key)
        answer(said, as_json, lambda console: show_reorganisation(console, said))


@app.command("show")
def show(
    reorganisation: Annotated[str, typer.Argument(help="its id, as `concord reorganise list` says it")],
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """One that was carried out, with its effects as they were seen then."""
    with concord() as services:
        said = services.registry.reorganisation(reorganisation, as_of=day(as_of), known_at=moment(known_at))
        answer(said, as_json, lambda console: show_reorganisation(console, said))


@app.command("list")
def listing(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="of this day or after it")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="of this day or before it")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Those there are, of any day, those ahead too; the latest day first."""
    with concord() as services:
        found = services.registry.reorganisations(
            since=day(since),
            until=day(until),
            limit=limit,
            cursor=cursor,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_reorganisations(console, found), as_csv=as_csv)


def _read(file: Path, **given: Any) -> ReorganisationIn:
    """The reorganisation in a file. What a CSV has no columns for comes from the options."""
    options = {name: value for name, value in given.items() if value is not None}
    if file.suffix.lower() != ".csv":
        if options:
            raise typer.BadParameter(f"--{', --'.join(options)} go with a CSV; JSON holds all of it")
        return read_model(ReorganisationIn, file)
    try:
        events = events_of(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, FaultyFileError) as failure:
        raise typer.BadParameter(f"{file}: {failure}") from failure
    if "on" in options:
        options["on"] = options["on"].date().isoformat()
    return checked(ReorganisationIn, events=events, **options)
