"""`concord export`: the map for other systems, as CSV, JSON or FHIR R4."""

import csv
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from concord_client.cli.options import Csv, Day, Json, KnownAt, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.page import add, table
from concord_contracts.registry import ExportedTables, ExportPage

app = typer.Typer(
    help="The map for other systems: tables as CSV or JSON, bodies as FHIR R4.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Option("--out", help="a folder for the files; it is made")]
Tables = Annotated[list[str] | None, typer.Argument(help="tables; default every one that is exported")]


@app.command("csv")
def csv_(tables: Tables = None, out: Folder = Path("export"), as_of: Day = None, known_at: KnownAt = None) -> None:
    """Write tables as they are in use on a day, one CSV each."""
    for page in _pages(tables, as_of, known_at):
        file = _file(out, f"{page.table}.csv")
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, page.columns, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows({name: value or "" for name, value in row.items()} for row in page.items)
        typer.echo(f"{file}: {len(page.items):,} rows, as of {page.as_of}, known at {page.known_at.isoformat()}")


@app.command("json")
def json_(tables: Tables = None, out: Folder = Path("export"), as_of: Day = None, known_at: KnownAt = None) -> None:
    """Write tables as they are in use on a day, one JSON each."""
    for page in _pages(tables, as_of, known_at):
        file = _file(out, f"{page.table}.json")
        file.write_text(page.model_dump_json(indent=1, exclude={"next_cursor"}) + "\n", encoding="utf-8")
        typer.echo(f"{file}: {len(page.items):,} rows, as of {page.as_of}, known at {page.known_at.isoformat()}")


class Resource(StrEnum):
    """Kinds of FHIR resource that bodies, and relations and successions, are written as."""

    ORGANIZATION = "Organization"
    AFFILIATION = "OrganizationAffiliation"


@app.command("tables")
def tables_(as_json: Json = False, as_csv: Csv = False) -> None:
    """The tables that are exported, and what a row of each is."""
    with concord() as services:
        found = services.registry.exports.tables()
        answer(found, as_json, lambda console: _show_tables(console, found), as_csv=as_csv)


@app.command("fhir")
def fhir_(
    out: Folder = Path("export"),
    kind: Annotated[str | None, typer.Option(help="only bodies of a kind, for instance ccg")] = None,
    identifier: Annotated[str | None, typer.Option(help="only the body with this code, for instance 02A")] = None,
    name: Annotated[str | None, typer.Option(help="only bodies with a word that begins so")] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--not-active", help="only bodies in being on the day, or not")
    ] = None,
    role: Annotated[str | None, typer.Option(help="only relations of a type, or succeeded-by")] = None,
    primary: Annotated[str | None, typer.Option(help="only affiliations with this Organization's id")] = None,
    participating: Annotated[str | None, typer.Option(help="only affiliations of this Organization's id")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
) -> None:
    """Write bodies, and relations and successions, as two bundles of FHIR R4 (collection)."""
    truth = {True: "true", False: "false", None: None}[active]
    bodies = {"type": kind, "identifier": identifier, "name": name, "active": truth}
    between = {"role": role, "primary-organization": primary, "participating-organization": participating}
    with concord() as services:
        for resource, asked in ((Resource.ORGANIZATION, bodies), (Resource.AFFILIATION, between)):
            given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
            found = services.registry.exports.fhir(resource, as_of=day(as_of), known_at=moment(known_at), **given)
            entries = [{"resource": one} for one in found]
            file = _file(out, f"{resource}.fhir.json")
            bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
            file.write_text(json.dumps(bundle, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            typer.echo(f"{file}: {len(entries):,} resources")


@app.command("resource")
def resource_(
    kind: Annotated[Resource, typer.Argument()],
    key: Annotated[str, typer.Argument(help="its id, as the bundles have it")],
    as_of: Day = None,
    known_at: KnownAt = None,
) -> None:
    """One FHIR resource, as JSON."""
    with concord() as services:
        found = services.registry.exports.fhir_resource(kind, key, as_of=day(as_of), known_at=moment(known_at))
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


@app.command("capabilities")
def capabilities() -> None:
    """What another system can ask of the FHIR addresses, as FHIR says it (CapabilityStatement)."""
    with concord() as services:
        typer.echo(json.dumps(services.registry.exports.fhir_capabilities(), ensure_ascii=False, indent=1))


def _show_tables(console: Console, found: ExportedTables) -> None:
    made = table("Tables that are exported", "Table:24", "A row is")
    for one in found.items:
        add(made, one.table, one.words)
    console.print(made)


def _pages(tables: list[str] | None, as_of: Day, known_at: KnownAt) -> list[ExportPage]:
    with concord() as services:
        exports = services.registry.exports
        wanted = tables or [one.table for one in exports.tables().items]
        return [exports.rows(table, as_of=day(as_of), known_at=moment(known_at)) for table in wanted]


def _file(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name
