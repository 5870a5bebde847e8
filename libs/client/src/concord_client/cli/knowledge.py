"""`concord contract`, `risk`, `role` and so on: records beside the map; `people`, `leads`, `plan-coverage`, `jsna`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Day, Json, Key, KnownAt, day, moment
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.knowledge import KnowledgeClient
from concord_client.show.knowledge import (
    show_history,
    show_leads,
    show_networks,
    show_people,
    show_plan_coverage,
    show_records,
    show_register,
)
from concord_client.show.page import say
from concord_contracts.registry import PersonIn, RecordEnd, Shown

KINDS = {
    "role": ("role-holders", "Who holds which role, from when until when."),
    "authority": ("signing-authorities", "What an office may sign, up to which value."),
    "advice": ("advice", "Who advised whom, and what came of it."),
    "network": ("networks", "Networks and reference groups: tumour groups and places."),
    "authorisation": ("authorisations", "CCGs' authorisations, and how they use networks' expertise."),
    "local-plan": ("plans", "CCG plans, needs assessments, strategies: which stages each covers."),
    "contract": ("contracts", "Contracts with their terms, values and notice."),
    "risk": ("risks", "The risks of a pathway."),
}
"""Command -> kind of record, and what it is for."""

PlaceOption = Annotated[list[str] | None, typer.Option(help="one or several; places around and within count")]
Place = Annotated[str, typer.Option(help="a place")]
RecordId = Annotated[str, typer.Argument(help="the record's id")]


class PageKind(StrEnum):
    """What the section is written as."""

    MD = "md"
    HTML = "html"


def register(app: typer.Typer) -> None:
    for command, (kind, words) in KINDS.items():
        app.add_typer(_records(kind, words), name=command)
    app.add_typer(people, name="people")
    app.command("leads")(leads)
    app.command("networks")(networks)
    app.command("plan-coverage")(plan_coverage)
    app.command("risks")(risks)
    app.command("jsna")(jsna)


def _records(kind: str, words: str) -> typer.Typer:
    """The commands of one kind of record."""
    app = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
    spoken = kind.replace("-", " ")

    @app.command("list")
    def list_(
        place: PlaceOption = None,
        stage: Annotated[list[str] | None, typer.Option()] = None,
        pathway: Annotated[list[str] | None, typer.Option()] = None,
        organisation: Annotated[list[str] | None, typer.Option(help="bodies it names, for instance ods:02A")] = None,
        year: Annotated[str | None, typer.Option(help="contracts: in force in a financial year, 2013-14")] = None,
        every_day: Annotated[bool, typer.Option("--every-day", help="ended and future ones too")] = False,
        as_of: Day = None,
        known_at: KnownAt = None,
        as_json: Json = False,
    ) -> None:
        """Records in force on the day."""
        given = {"place": place, "stage": stage, "pathway": pathway, "organisation": organisation, "year": year}
        filters: dict[str, Any] = {name: value for name, value in given.items() if value}
        filters |= {"every_day": "true"} if every_day else {}
        with concord() as services:
            records = services.registry.knowledge.kinds[kind]
            found = records.list(as_of=day(as_of), known_at=moment(known_at), **filters)
            answer(found, as_json, lambda console: show_records(console, found, spoken, every_day=every_day))

    @app.command("show")
    def show(record: RecordId, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False) -> None:
        """One record with its history."""
        with concord() as services:
            found, _ = services.registry.knowledge.kinds[kind].read(record, as_of=day(as_of), known_at=moment(known_at))
            answer(found, as_json, lambda console: show_history(console, found))

    @app.command("enter")
    def enter(
        file: Annotated[Path, typer.Argument(help="the record as JSON; - reads standard input")],
        key: Key = None,
        as_json: Json = False,
    ) -> None:
        """Enter a record for the body acted for. `concord data template` has forms for many at once."""
        with concord() as services:
            records = services.registry.knowledge.kinds[kind]
            made, _ = records.enter(read_model(records.sent, file), idempotency_key=key)
            answer(made, as_json, lambda console: say(console, f"Entered: {made.id}"))

    @app.command("correct")
    def correct(
        record: RecordId,
        file: Annotated[Path, typer.Argument(help="all of it as it is known now, as JSON")],
        as_json: Json = False,
    ) -> None:
        """Correct a record: the next version, all of it as known now."""
        with concord() as services:
            records = services.registry.knowledge.kinds[kind]
            sent = read_model(records.sent, file)
            _, tag = records.read(record)
            made, _ = records.correct(record, sent, if_match=tag or "")
            answer(made, as_json, lambda console: say(console, f"Version {made.version} of {made.id}"))

    @app.command("end")
    def end(
        record: RecordId,
        reason: Annotated[str, typer.Option(help="why, for the record")],
        on: Annotated[str | None, typer.Option(help="the first day without it; default today")] = None,
        as_json: Json = False,
    ) -> None:
        """End a record: from a day on it no longer holds."""
        why = checked(RecordEnd, reason=reason, on=on)
        with concord() as services:
            records = services.registry.knowledge.kinds[kind]
            _, tag = records.read(record)
            made = records.end(record, why, if_match=tag or "")
            answer(made, as_json, lambda console: say(console, f"{made.id} holds until before {made.valid_to}"))

    return app


people = typer.Typer(help="People's details, which can be erased.", no_args_is_help=True, rich_markup_mode=None)
PersonId = Annotated[str, typer.Argument(help="the person's id")]


@people.command("list")
def list_people(
    owner: Annotated[str | None, typer.Option(help="only those that this body entered")] = None, as_json: Json = False
) -> None:
    """People as the caller may see them."""
    with concord() as services:
        found = services.registry.knowledge.people.list(owner=owner)
        answer(found, as_json, lambda console: show_people(console, found))


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


def _knowledge(services: Any) -> KnowledgeClient:
    found: KnowledgeClient = services.registry.knowledge
    return found


def leads(within: Place = "england", as_of: Day = None, as_json: Json = False) -> None:
    """Every CCG with its clinical cancer lead, or that it has none."""
    with concord() as services:
        found = _knowledge(services).clinical_leads(within, as_of=day(as_of))
        answer(found, as_json, lambda console: show_leads(console, found))


def networks(within: Place = "england", as_of: Day = None, as_json: Json = False) -> None:
    """Tumour groups without a reference group, places without a network, overlaps."""
    with concord() as services:
        found = _knowledge(services).network_coverage(within, as_of=day(as_of))
        answer(found, as_json, lambda console: show_networks(console, found))


PathwayArgument = Annotated[str, typer.Argument(help="for instance lung")]


def plan_coverage(
    pathway: PathwayArgument, place: Place = "greater-manchester", as_of: Day = None, as_json: Json = False
) -> None:
    """Which plans cover which stages of a pathway in a place, and which stages none covers."""
    with concord() as services:
        found = _knowledge(services).plan_coverage(pathway, place, as_of=day(as_of))
        answer(found, as_json, lambda console: show_plan_coverage(console, found))


def risks(
    pathway: PathwayArgument, place: Place = "greater-manchester", as_of: Day = None, as_json: Json = False
) -> None:
    """The risk register of a pathway in a place: risks, and actual against best practice."""
    with concord() as services:
        found = _knowledge(services).risk_register(pathway, place, as_of=day(as_of))
        answer(found, as_json, lambda console: show_register(console, found))


def jsna(
    place: Annotated[str, typer.Argument(help="an authority's place, for instance la-E08000009")],
    pathway: Annotated[
        list[str] | None, typer.Option(help="one or several; default the four most common cancers")
    ] = None,
    kind: Annotated[PageKind, typer.Option(help="Markdown, or one HTML page")] = PageKind.MD,
    out: Annotated[Path | None, typer.Option(help="a file to write; default standard output")] = None,
    as_of: Day = None,
    as_json: Json = False,
) -> None:
    """The cancer section of an authority's joint strategic needs assessment."""
    with concord() as services:
        knowledge = _knowledge(services)
        if as_json:
            answer(knowledge.jsna(place, pathway, as_of=day(as_of)), as_json, lambda _: None)
            return
        media_type = "text/html" if kind is PageKind.HTML else "text/markdown"
        text = knowledge.jsna_page(place, pathway, as_of=day(as_of), media_type=media_type)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"{out}")
