"""`concord agreement ...`, what is read: lists, texts, the paper, a fund's position, mechanisms, the law, the map."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from concord_client.cli.options import Csv, Cursor, Day, Json, KnownAt, Limit, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.agreement import show_agreement, show_legal_bases, show_version
from concord_client.show.claims import show_claims
from concord_client.show.page import add, say, say_more, table
from concord_client.show.positions import show_positions
from concord_contracts.agreements import Agreements, Mechanisms
from concord_contracts.registry import ActivationState

Id = Annotated[str, typer.Argument(metavar="AGREEMENT", help="id of the agreement")]


def register(app: typer.Typer) -> None:
    app.command("list")(list_agreements)
    app.command("show")(show)
    app.command("version")(version)
    app.command("paper")(paper)
    app.command("positions")(positions)
    app.command("on-map")(on_map)
    app.command("mechanisms")(mechanisms)
    app.command("legal-bases")(legal_bases)


def list_agreements(
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The agreements of the body acted for."""
    with concord() as services:
        page = services.agreements.list(limit=limit, cursor=cursor, as_of=day(as_of), known_at=moment(known_at))
        answer(page, as_json, lambda console: _show_list(console, page), as_csv=as_csv)


def show(agreement: Id, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """State, parties, stages, money, faults, and what can be done next."""
    with concord() as services:
        found = services.agreements.get(agreement, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_agreement(console, found))


def version(
    agreement: Id,
    number: Annotated[int, typer.Argument(min=1, help="1 for the first text")],
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """One text of an agreement, and what was decided about it."""
    with concord() as services:
        found = services.agreements.version(agreement, number, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_version(console, found))


def paper(
    agreement: Id,
    out: Annotated[Path | None, typer.Option(help="write paper.md and paper.html into this folder")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="of this text; default the present one")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The two-page governing-body paper: Markdown on standard output, or both forms into a folder."""
    with concord() as services:
        written = services.agreements.paper(agreement, version=version, as_of=day(as_of), known_at=moment(known_at))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "paper.md").write_text(written.markdown, encoding="utf-8")
        (out / "paper.html").write_text(written.html, encoding="utf-8")
    answer(written, as_json, lambda _: typer.echo(str(out / "paper.md") if out else written.markdown))


def positions(
    agreement: Id,
    year: Annotated[str | None, typer.Option(help="financial year; default all")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Where the pooled fund stands, month by month, and what each party would bear at the forecast."""
    with concord() as services:
        found = services.agreements.positions(agreement, year=year, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_positions(console, found))


def mechanisms(
    place: Annotated[str | None, typer.Option()] = None,
    pathway: Annotated[str | None, typer.Option()] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The agreements in force that let somebody other than the statutory commissioner pay."""
    with concord() as services:
        found = services.agreements.mechanisms(
            place=place, pathway=pathway, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: _show_mechanisms(console, found), as_csv=as_csv)


def on_map(agreement: Id, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """What the registry holds of an agreement: the claims that its signatures put on the map, of whatever day."""
    with concord() as services:
        found = services.registry.activation(agreement, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: _show_on_map(console, found))


def legal_bases(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """By which law bodies can agree: who may join, what may not be put in, what a text must say."""
    with concord() as services:
        found = services.agreements.legal_bases(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_legal_bases(console, found), as_csv=as_csv)


def _show_list(console: Console, page: Agreements) -> None:
    made = table(f"Agreements as of {page.as_of}", "Id", "Title", "Basis", "Lead", "State", "In force")
    for each in page.items:
        period = f"{each.in_force_from} until {each.in_force_until}"
        add(made, each.id, each.title, each.basis, each.lead, each.state, period)
    console.print(made)
    say_more(console, page.next_cursor)


def _show_on_map(console: Console, found: ActivationState) -> None:
    say(console, f"Agreement {found.agreement}: state {found.sequence}, {len(found.claims)} claims on the map", "bold")
    say(console, f"Digest of the text: {found.digest}", "dim")
    show_claims(console, found.claims, "Its claims")


def _show_mechanisms(console: Console, found: Mechanisms) -> None:
    made = table(f"Mechanisms in force on {found.as_of}", "Agreement", "Kind", "Lead", "Payers", "Stages", "By")
    for each in found.items:
        stages = ", ".join(each.stages)
        add(made, each.agreement, each.kind, each.lead, ", ".join(each.payers), stages, each.citation)
    console.print(made)
