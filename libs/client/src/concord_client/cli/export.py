"""`concord export`: the map for other systems, as CSV, JSON or FHIR R4."""

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Day, KnownAt, day, moment
from concord_client.cli.session import concord
from concord_contracts.registry import ExportPage

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


@app.command("fhir")
def fhir_(
    out: Folder = Path("export"),
    kind: Annotated[str | None, typer.Option(help="only bodies of a kind, for instance ccg")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
) -> None:
    """Write bodies, and relations and successions, as two bundles of FHIR R4 (collection)."""
    with concord() as services:
        for resource, asked in (("Organization", {"type": kind}), ("OrganizationAffiliation", {})):
            given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
            found = services.registry.exports.fhir(resource, as_of=day(as_of), known_at=moment(known_at), **given)
            entries = [{"resource": one} for one in found]
            file = _file(out, f"{resource}.fhir.json")
            bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
            file.write_text(json.dumps(bundle, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            typer.echo(f"{file}: {len(entries):,} resources")


def _pages(tables: list[str] | None, as_of: Day, known_at: KnownAt) -> list[ExportPage]:
    with concord() as services:
        exports = services.registry.exports
        wanted = tables or [one.table for one in exports.tables().items]
        return [exports.rows(table, as_of=day(as_of), known_at=moment(known_at)) for table in wanted]


def _file(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name
