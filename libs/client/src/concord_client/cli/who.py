"""`concord map` and `concord who`: who commissions what, where, by law and by what is said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from concord_client.cli.options import Csv, Day, Json, KnownAt, RollTo, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show import public_page
from concord_client.show.claims import show_commissioners
from concord_client.show.coverage import show_coverage
from concord_client.show.nation import show_national
from concord_client.show.page import add, listed, make_console, say, table
from concord_contracts.registry import Coverage, OrganisationResponsibilities, Responsibilities, Responsibility


def register(app: typer.Typer) -> None:
    app.command("map")(show_map)
    app.command("who")(show_who)
    app.command("responsibilities")(list_responsibilities)


def show_map(
    pathway: Annotated[str | None, typer.Argument(help="for instance lung")] = None,
    place: Annotated[list[str] | None, typer.Option(help="one or several; default greater-manchester")] = None,
    england: Annotated[bool, typer.Option("--england", help="all England counted, by stage and region")] = False,
    pathways: Annotated[
        list[str] | None,
        typer.Option("--pathway", help="with --england: one or several; default the four most common cancers"),
    ] = None,
    page: Annotated[Path | None, typer.Option(help="write it in plain language to this file: .html or .md")] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The map of a pathway: law, claims, findings, hand-overs. With --england, all of England as one table; with
    --page, a page for people who do not work in commissioning."""
    if page is not None and page.suffix.lower() not in (".html", ".md"):
        raise typer.BadParameter(f"{page}: a page is written as .html or .md")
    if england:
        if place or page or roll_to:
            raise typer.BadParameter("--england is every place, counted: leave --place, --page and --roll-to out")
        asked = [*([pathway] if pathway else []), *(pathways or [])]
        with concord() as services:
            nation = services.registry.national(asked, as_of=day(as_of), known_at=moment(known_at))
            answer(nation, as_json, lambda console: show_national(console, nation))
        return
    if pathways or pathway is None:
        raise typer.BadParameter("name one pathway, for instance `concord map lung`; --pathway goes with --england")
    with concord() as services:
        coverage = services.registry.coverage(
            pathway, place or ["greater-manchester"], roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        if as_json and page is None:
            answer(coverage, as_json, lambda _: None)
            return
        names = services.registry.place_names(coverage.places, as_of=coverage.as_of)
        if page is not None:
            _write_page(page, coverage, names)
            return
        answer(coverage, as_json, lambda console: show_coverage(console, coverage, names))


def _write_page(file: Path, coverage: Coverage, names: Mapping[str, str]) -> None:
    found = public_page.sections(coverage, names)
    text = public_page.as_html(found) if file.suffix.lower() == ".html" else public_page.as_markdown(found)
    file.write_text(text, encoding="utf-8")
    say(make_console(), f"{file}: {len(text):,} characters")


def show_who(
    stage_or_body: Annotated[str, typer.Argument(help="a stage (radical_radiotherapy) or a body (ods:02A)")],
    pathway: Annotated[str | None, typer.Option()] = None,
    place: Annotated[str | None, typer.Option()] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Who is responsible for a stage; or, given a body, what it is responsible for and who comes before and after."""
    with concord() as services:
        if ":" in stage_or_body:
            held = services.registry.organisation_responsibilities(
                stage_or_body, pathway=pathway, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
            )
            answer(held, as_json, lambda console: _show_held(console, held))
            return
        if place is not None:
            one = services.registry.commissioners(
                stage_or_body, place, pathway=pathway, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
            )
            answer(one, as_json, lambda console: show_commissioners(console, one))
            return
        found = services.registry.responsibilities(
            stage=stage_or_body,
            pathway=pathway,
            place=place,
            roll_to=day(roll_to),
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: _show_responsible(console, found, stage_or_body))


def list_responsibilities(
    stage: Annotated[str | None, typer.Option(help="only of this stage")] = None,
    pathway: Annotated[str | None, typer.Option(help="only of this pathway")] = None,
    place: Annotated[str | None, typer.Option(help="only of this place")] = None,
    organisation: Annotated[str | None, typer.Option(help="only what this body is responsible for")] = None,
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who must commission each stage, by law, as one list: all of it, or of a stage, pathway, place or body."""
    with concord() as services:
        found = services.registry.responsibilities(
            stage=stage,
            pathway=pathway,
            place=place,
            organisation=organisation,
            roll_to=day(roll_to),
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: _show_responsible(console, found, stage), as_csv=as_csv)


def _show_responsible(console: Console, found: Responsibilities, stage: str | None) -> None:
    if not found.items and found.note:
        say(console, found.note)
        return
    if not found.items:
        asked = f"has the stage {stage}" if stage else "has such a stage"
        say(console, f"No pathway asked about {asked}; `concord pathway stages` lists them.")
        return
    made = table(f"Responsible by law on {found.as_of}", "Stage", "Pathway", "Place", "Commissioner", "By")
    for each in found.items:
        add(made, each.stage, each.pathway, each.place, *_law(each))
    console.print(made)


def _show_held(console: Console, held: OrganisationResponsibilities) -> None:
    say(console, f"{held.body.name} on {held.as_of}", "bold")
    if held.note:
        say(console, held.note)
        return
    before_after = {stage: (before, after) for stage, before, after in held.neighbours}
    made = table("Responsible by law for", "Stage", "Pathway", "Place", "By", "Before it", "After it")
    for each in held.items:
        add(made, each.stage, each.pathway, each.place, _law(each)[1], *before_after.get(each.stage, ("", "")))
    console.print(made)


def _law(each: Responsibility) -> tuple[str, str]:
    if each.statutory is None or not each.statutory.commissioners:
        return "no commissioner named nationally", ""
    return listed(body.name for body in each.statutory.commissioners), each.statutory.citation.text
