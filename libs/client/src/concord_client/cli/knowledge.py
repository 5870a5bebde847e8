"""`concord people`, and answers over many records: `leads`, `networks`, `plan-coverage`, `risks`, `jsna`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Csv, Day, Json, Key, KnownAt, RollTo, day, moment
from concord_client.cli.session import answer, checked, concord
from concord_client.show.knowledge import (
    show_leads,
    show_networks,
    show_people,
    show_person,
    show_plan_coverage,
    show_register,
)
from concord_client.show.page import say
from concord_contracts.registry import PersonIn, Shown

Place = Annotated[str, typer.Option(help="a place")]


class PageKind(StrEnum):
    """What the section is written as."""

    MD = "md"
    HTML = "html"


def register(app: typer.Typer) -> None:
    app.add_typer(people, name="people")
    app.command("leads")(leads)
    app.command("networks")(networks)
    app.command("plan-coverage")(plan_coverage)
    app.command("risks")(risks)
    app.command("jsna")(jsna)


people = typer.Typer(help="People's details, which can be erased.", no_args_is_help=True, rich_markup_mode=None)
PersonId = Annotated[str, typer.Argument(help="the person's id")]


@people.command("list")
def list_people(
    owner: Annotated[str | None, typer.Option(help="only those that this body entered")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """People as the caller may see them."""
    with concord() as services:
        found = services.registry.knowledge.people.list(owner=owner)
        answer(found, as_json, lambda console: show_people(console, found), as_csv=as_csv)


@people.command("show")
def one_person(person: PersonId, as_json: Json = False) -> None:
    """A person as they are now; of an erased one only that there was one."""
    with concord() as services:
        found, _ = services.registry.knowledge.people.read(person)
        answer(found, as_json, lambda console: show_person(console, found))


@people.command("enter")
def enter_person(
    name: Annotated[str, typer.Option()],
    email: Annotated[str | None, typer.Option()] = None,
    telephone: Annotated[str | None, typer.Option()] = None,
    shown: Annotated[Shown, typer.Option(help="what anybody may see")] = Shown.NOTHING,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Keep a person's details; roles then name the id."""
    sent = checked(PersonIn, name=name, email=email, telephone=telephone, shown=shown)
    with concord() as services:
        made = services.registry.knowledge.people.enter(sent, idempotency_key=key)
        answer(made, as_json, lambda console: say(console, f"Entered: {made.id}"))


@people.command("change")
def change_person(
    person: PersonId,
    name: Annotated[str, typer.Option()],
    email: Annotated[str | None, typer.Option()] = None,
    telephone: Annotated[str | None, typer.Option()] = None,
    shown: Annotated[Shown, typer.Option(help="what anybody may see")] = Shown.NOTHING,
    as_json: Json = False,
) -> None:
    """Put a person's details as they are now in place of those that are kept."""
    sent = checked(PersonIn, name=name, email=email, telephone=telephone, shown=shown)
    with concord() as services:
        kept = services.registry.knowledge.people
        _, tag = kept.read(person)
        made = kept.change(person, sent, if_match=tag or "")
        answer(made, as_json, lambda console: say(console, f"Changed: {made.id}"))


@people.command("erase")
def erase_person(
    person: PersonId,
    reason: Annotated[str | None, typer.Option(help="why, for the record; never personal data")] = None,
    as_json: Json = False,
) -> None:
    """Erase a person's details; the roles they held stay readable."""
    with concord() as services:
        kept = services.registry.knowledge.people
        _, tag = kept.read(person)
        gone = kept.erase(person, if_match=tag or "", reason=reason)
        answer(gone, as_json, lambda console: say(console, f"Erased: {gone.id}"))


def leads(
    within: Place = "england",
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Every CCG with its clinical cancer lead, or that it has none."""
    with concord() as services:
        found = services.registry.knowledge.clinical_leads(
            within, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_leads(console, found), as_csv=as_csv)


def networks(
    within: Place = "england",
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Tumour groups and stages by reference group, places without a network, overlaps."""
    with concord() as services:
        found = services.registry.knowledge.network_coverage(
            within, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_networks(console, found))


PathwayArgument = Annotated[str, typer.Argument(help="for instance lung")]


def plan_coverage(
    pathway: PathwayArgument,
    place: Place = "greater-manchester",
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Which plans cover which stages of a pathway in a place, and which stages none covers."""
    with concord() as services:
        found = services.registry.knowledge.plan_coverage(
            pathway, place, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_plan_coverage(console, found))


def risks(
    pathway: PathwayArgument,
    place: Place = "greater-manchester",
    roll_to: RollTo = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The risk register of a pathway in a place: risks, and actual against best practice."""
    with concord() as services:
        found = services.registry.knowledge.risk_register(
            pathway, place, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_register(console, found))


def jsna(
    place: Annotated[str, typer.Argument(help="an authority's place, for instance la-E08000009")],
    pathway: Annotated[
        list[str] | None, typer.Option(help="one or several; default the four most common cancers")
    ] = None,
    kind: Annotated[PageKind, typer.Option(help="Markdown, or one HTML page")] = PageKind.MD,
    out: Annotated[Path | None, typer.Option(help="a file to write; default standard output")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The cancer section of an authority's joint strategic needs assessment."""
    with concord() as services:
        knowledge = services.registry.knowledge
        if as_json:
            answer(knowledge.jsna(place, pathway, as_of=day(as_of), known_at=moment(known_at)), as_json, lambda _: None)
            return
        media_type = "text/html" if kind is PageKind.HTML else "text/markdown"
        text = knowledge.jsna_page(place, pathway, as_of=day(as_of), known_at=moment(known_at), media_type=media_type)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"{out}")
