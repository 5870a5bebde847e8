"""`concord pathway ...`: a pathway stage by stage and through time, what it is held against and guided by."""

from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Csv, Day, Json, Key, KnownAt, day, moment
from concord_client.cli.session import answer, concord, read_model
from concord_client.show.pathways import (
    show_comparators,
    show_guidance,
    show_pathway,
    show_pathways,
    show_services,
    show_stages,
    show_version_made,
    show_versions,
)
from concord_contracts.registry import PathwayVersionIn

app = typer.Typer(help="Pathways: stages, services, standards, guidance.", no_args_is_help=True, rich_markup_mode=None)

Pathway = Annotated[str, typer.Argument(help="for instance lung")]
OfPathway = Annotated[str | None, typer.Option("--pathway")]
OfStage = Annotated[list[str] | None, typer.Option("--stage", help="one or several")]


@app.command("list")
def list_pathways(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Every pathway, with the cancers it is for."""
    with concord() as services:
        found = services.registry.pathways.all(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_pathways(console, found), as_csv=as_csv)


@app.command()
def stages(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Every stage on a patient's way, and every function that runs beside the pathways."""
    with concord() as services:
        found = services.registry.pathways.stages(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_stages(console, found), as_csv=as_csv)


@app.command()
def show(pathway: Pathway, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """Each stage with its services, what it is held against, and the guidance to follow."""
    with concord() as services:
        found = services.registry.pathways.get(pathway, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_pathway(console, found))


@app.command()
def versions(pathway: Pathway, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """Its ordered stages through time in the world, and when the record of them changed."""
    with concord() as services:
        found = services.registry.pathways.versions(pathway, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_versions(console, found))


@app.command("change")
def change_pathway(
    pathway: Pathway,
    file: Annotated[Path, typer.Argument(help="the version as JSON, `-` for standard input")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and record nothing")] = False,
    if_match: Annotated[
        str | None, typer.Option("--if-match", help="the record's version; a dry run says it, and needs none")
    ] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Its ordered stages, services and comparators from a day on; refused where its record has changed meanwhile."""
    if if_match is None and not dry_run:
        raise typer.BadParameter("needed to record a version; `--dry-run` says it", param_hint="--if-match")
    version = read_model(PathwayVersionIn, file)
    with concord() as services:
        held = services.registry.pathways
        tag = if_match or str(held.versions(pathway).record_version)
        made = held.change(
            pathway,
            version,
            if_match=tag if tag.startswith('"') else f'"{tag}"',
            dry_run=dry_run,
            idempotency_key=key,
        )
        answer(made, as_json, lambda console: show_version_made(console, made))


@app.command("services")
def list_services(
    pathway: OfPathway = None,
    stage: OfStage = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Services within stages, with whose people they are for and what they should be planned for."""
    with concord() as services:
        found = services.registry.pathways.services(
            pathway=pathway, stages=stage or (), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_services(console, found), as_csv=as_csv)


@app.command()
def comparators(
    pathway: OfPathway = None,
    stage: OfStage = None,
    place: Annotated[str | None, typer.Option(help="with what was reached there, or around it")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Standards and best practice, beside what was reached."""
    with concord() as services:
        found = services.registry.pathways.comparators(
            pathway=pathway, stages=stage or (), place=place, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_comparators(console, found), as_csv=as_csv)


@app.command()
def guidance(
    pathway: OfPathway = None,
    stage: OfStage = None,
    body: Annotated[str | None, typer.Option("--for", help="what this body is to act on, e.g. ods:02A")] = None,
    every: Annotated[bool, typer.Option("--all", help="superseded and coming editions too")] = False,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Strategies and guidance with the stages they are about, and what superseded them."""
    with concord() as services:
        found = services.registry.pathways.guidance(
            pathway=pathway,
            stages=stage or (),
            organisation=body,
            in_force=not every,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_guidance(console, found), as_csv=as_csv)
