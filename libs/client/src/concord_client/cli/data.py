"""`concord data`: the reference data behind the answers, and a body's own figures in their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.basis import DataSources
from concord_client.cli import files
from concord_client.cli.files import ENDINGS, form_of, send_file
from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import answer, concord
from concord_client.imports import MEDIA_TYPES, ImportsClient
from concord_client.show.imports import show_import, show_imports, show_tables
from concord_client.show.lists import show_documents, show_figures, show_list, show_lists, show_what_ifs
from concord_client.show.sources import show_sources
from concord_contracts.imports import ImportAction

app = typer.Typer(help="The reference data behind the answers.", no_args_is_help=True, rich_markup_mode=None)


class Holder(StrEnum):
    """Services that hold figures of their own."""

    REGISTRY = "registry"
    ALLOCATION = "allocation"


class Kind(StrEnum):
    """What a form is written as."""

    XLSX = "xlsx"
    CSV = "csv"


Of = Annotated[
    Holder, typer.Option("--service", help="registry: organisations, places, people; allocation: money, activity")
]


@contextmanager
def imports_of(holder: Holder) -> Iterator[ImportsClient]:
    with concord() as services:
        yield services.registry.imports if holder is Holder.REGISTRY else services.allocation.imports


@app.command("sources")
def sources(
    service: Annotated[
        list[Holder] | None, typer.Option(help="whose data; default both services that hold figures")
    ] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The documents behind the figures, and what share of figures and pounds are assumptions."""
    asked, on, when = service or list(Holder), day(as_of), moment(known_at)
    with concord() as services:
        registry, allocation = services.registry, services.allocation
        found = DataSources(
            registry=registry.reference_summary(as_of=on, known_at=when) if Holder.REGISTRY in asked else None,
            allocation=allocation.reference_summary(as_of=on, known_at=when) if Holder.ALLOCATION in asked else None,
        )
        answer(found, as_json, lambda console: show_sources(console, found))


@app.command("list")
def list_(
    name: Annotated[
        str | None, typer.Argument(help="a list, for instance waiting_standards; default: which there are")
    ] = None,
    service: Annotated[
        Holder | None,
        typer.Option("--service", help="whose; default the registry, with --roll-to allocation"),
    ] = None,
    known_at: KnownAt = None,
    roll_to: RollTo = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Reference tables that are kept as printed and that nothing is reckoned from."""
    when = moment(known_at)
    if roll_to is not None and (name is None or service is Holder.REGISTRY):
        raise typer.BadParameter("--roll-to goes with one list of allocation's: the registry's name no bodies' amounts")
    asked = service or (Holder.REGISTRY if roll_to is None else Holder.ALLOCATION)
    with concord() as services:
        lists = services.registry.lists if asked is Holder.REGISTRY else services.allocation.lists
        if name is None:
            listed = lists.all(known_at=when)
            answer(listed, as_json, lambda console: show_lists(console, listed), as_csv=as_csv)
            return
        found = lists.rows(name, known_at=when, roll_to=day(roll_to))
        answer(found, as_json, lambda console: show_list(console, found), as_csv=as_csv)


@app.command("figures")
def figures(
    table: Annotated[str, typer.Argument(help="lines, activity, purse_amounts, curves, unit_costs ...")],
    place: Annotated[str | None, typer.Option(help="only of this place; with --roll-to one of that day")] = None,
    pathway: Annotated[str | None, typer.Option(help="only of this pathway")] = None,
    key: Annotated[str | None, typer.Option(help="only of this row")] = None,
    roll_to: RollTo = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Figures that plans are made from, each with what it rests on."""
    with concord() as services:
        found = services.allocation.figures(
            table=table,
            key=key,
            place=place,
            pathway=pathway,
            roll_to=day(roll_to),
            limit=limit,
            cursor=cursor,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_figures(console, found), as_csv=as_csv)


@app.command("documents")
def documents(
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The documents that allocation's figures cite, by key; `sources` has those of both services, and counts."""
    with concord() as services:
        found = services.allocation.sources(limit=limit, cursor=cursor, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_documents(console, found), as_csv=as_csv)


@app.command("what-ifs")
def what_ifs(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Questions with published figures, ready to be asked of a scenario, split over the purses they concern."""
    with concord() as services:
        found = services.allocation.prepared_what_ifs(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_what_ifs(console, found), as_csv=as_csv)


@app.command("templates")
def templates(service: Of = Holder.ALLOCATION, as_json: Json = False, as_csv: Csv = False) -> None:
    """The tables that can be sent, and who may send them."""
    with imports_of(service) as imports:
        found = imports.tables()
        answer(found, as_json, lambda console: show_tables(console, found), as_csv=as_csv)


@app.command("template")
def template(
    table: Annotated[str, typer.Argument(help="a table, for instance lines; `concord data templates` lists them")],
    service: Of = Holder.ALLOCATION,
    kind: Annotated[Kind, typer.Option(help="Excel, with a sheet that explains every column, or CSV")] = Kind.XLSX,
    filled: Annotated[bool, typer.Option("--filled", help="with the rows in use, to be changed and sent back")] = False,
    body: Annotated[
        str | None, typer.Option(help="with --filled: only rows of this body, for instance ods:02A")
    ] = None,
    place: Annotated[str | None, typer.Option(help="with --filled, allocation: only rows of this place")] = None,
    pathway: Annotated[str | None, typer.Option(help="with --filled, allocation: only rows of this pathway")] = None,
    out: Annotated[Path | None, typer.Option(help="where to write it; default TABLE.xlsx here")] = None,
) -> None:
    """Write a form to fill in."""
    filters = {"payer" if service is Holder.ALLOCATION else "body": body, "place": place, "pathway": pathway}
    given = {name: value for name, value in filters.items() if value is not None}
    if given and not filled:
        raise typer.BadParameter("--body, --place and --pathway go with --filled")
    file = out or Path(f"{table}.{kind}")
    if file.exists():
        raise typer.BadParameter(f"{file} exists already: name another file with --out")
    with imports_of(service) as imports:
        file.write_bytes(imports.form(table, kind, **({"filled": "true", **given} if filled else {})))
    typer.echo(f"{file}: fill it in, then `concord data import {file} --service {service} --dry-run`")


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="one of our forms, or a file as a publisher made it: ODS, ONS, GOV.UK, NHS England",
        ),
    ],
    service: Annotated[Holder | None, typer.Option("--service", help="for a form: whose; default as it shows")] = None,
    table: Annotated[str | None, typer.Option(help="for a form: the table of a CSV; default the file's name")] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="for a form: take these rows back; key columns suffice")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
    reason: Annotated[str | None, typer.Option(help="why, for the record")] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="for a publisher's file: its format; default as recognised")
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="who published it")] = None,
    licence: Annotated[str | None, typer.Option(help="under which licence")] = None,
    address: Annotated[str | None, typer.Option(help="where it was found")] = None,
    stated_on: Annotated[
        datetime | None, typer.Option("--stated-on", formats=["%Y-%m-%d"], help="the day that it is of")
    ] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="leave faulty lines out, and name them")] = False,
    accept_fewer: Annotated[bool, typer.Option("--accept-fewer", help="though it has far fewer lines")] = False,
    accept_withdrawn: Annotated[bool, typer.Option("--accept-withdrawn", help="though it was taken back")] = False,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Import a file: figures of the body acted for in place of ours, or a publisher's file as it came.

    Which of the two it is shows in the file. All of it, or nothing and every fault.
    """
    given: dict[str, Any] = {"format": format_, "publisher": publisher, "licence": licence, "address": address,
             "keep_going": keep_going, "accept_fewer": accept_fewer, "accept_withdrawn": accept_withdrawn}  # fmt: skip
    with concord() as services:
        of_a_form = service is not None or table is not None or withdraw
        named = service.value if service else form_of(services, file) or ("allocation" if of_a_form else None)
        if named is None or any(given.values()):
            if file.suffix.lower() not in ENDINGS:
                raise typer.BadParameter(f"{file.name} ends with none of {', '.join(sorted(ENDINGS))}")
            if of_a_form:
                raise typer.BadParameter("--service, --table and --withdraw go with our forms alone")
            send_file(services, file, dry_run=dry_run, stated_on=day(stated_on), key=key, as_json=as_json,
                      reason=reason, **given)  # fmt: skip
            return
        suffix = file.suffix.lower()
        if suffix not in MEDIA_TYPES:
            raise typer.BadParameter(f"{file.name} is neither .csv nor .xlsx")
        action: ImportAction = "withdraw" if withdraw else "replace"
        of = table or (file.stem if suffix == ".csv" else None)
        imports = services.registry.imports if named == Holder.REGISTRY else services.allocation.imports
        report = imports.send(file, table=of, action=action, dry_run=dry_run, reason=reason, idempotency_key=key)
        answer(report, as_json, lambda console: show_import(console, report))


@app.command("imports")
def imports_(
    number: Annotated[int | None, typer.Argument(help="an import's number: what it changed")] = None,
    service: Of = Holder.ALLOCATION,
    body: Annotated[str | None, typer.Option(help="only imports of this body")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The imports there have been, the latest first; or one of them."""
    with imports_of(service) as imports:
        if number is not None:
            report = imports.find(number)
            answer(report, as_json, lambda console: show_import(console, report))
            return
        found = imports.imports(acting_for=body, limit=limit, cursor=cursor)
        answer(found, as_json, lambda console: show_imports(console, found), as_csv=as_csv)


files.register(app)
