"""`concord search` and `concord who-to-contact`: from what people type, and from a question, to a body."""

from typing import Annotated

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, KnownAt, Limit, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.search import show_contacts, show_search
from concord_contracts.registry import Found


def register(app: typer.Typer) -> None:
    app.command("search")(search)
    app.command("who-to-contact")(who_to_contact)


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="a name, code or postcode (M33, or M); mistakes are allowed"),
    ] = None,
    postcode: Annotated[str | None, typer.Option(help="area M, district M33 or whole postcode of the seat")] = None,
    find: Annotated[Found | None, typer.Option(help="bodies alone, or places alone")] = None,
    kind: Annotated[str | None, typer.Option(help="for instance ccg, council, area_team")] = None,
    place: Annotated[str | None, typer.Option(help="bodies of this place: its own, around it, beside it")] = None,
    within: Annotated[str | None, typer.Option(help="bodies and places within this one")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Find bodies and places: by name with typing mistakes, code of any scheme, postcode, kind or place."""
    text = " ".join(words or []) or None
    if text and len(text) == 1 and text.isalpha() and postcode is None:
        text, postcode = None, text  # no name is so short: the area of a postcode
    if not any((text, postcode, kind, place, within)):
        raise typer.BadParameter("say what to look for, for instance `concord search Traford`")
    with concord() as services:
        found = services.registry.search(
            text,
            postcode=postcode,
            find=find,
            kind=kind,
            place=place,
            within=within,
            limit=limit,
            cursor=cursor,
            as_of=day(as_of),
            known_at=moment(known_at),
        )
        answer(found, as_json, lambda console: show_search(console, found), as_csv=as_csv)


def who_to_contact(
    stage: Annotated[str, typer.Argument(help="for instance radical_radiotherapy")],
    place: Annotated[str, typer.Option(help="for instance ccg-02A; `concord search` finds it")],
    pathway: Annotated[str | None, typer.Option(help="default: what holds for every pathway")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Whom to turn to about a stage in a place, in the order to try them."""
    with concord() as services:
        found = services.registry.contacts(stage, place, pathway, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_contacts(console, found))
