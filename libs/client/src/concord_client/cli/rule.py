"""`concord rule ...`: the rule book, and whose a person is by it."""

from typing import Annotated

import typer

from concord_client.cli.options import Day, Json, KnownAt, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.advice import show_responsible

app = typer.Typer(help="The rule book: who must commission, by law.", no_args_is_help=True, rich_markup_mode=None)


@app.command("person")
def whose_person(
    stage: Annotated[str | None, typer.Argument(help="a stage; or name a service")] = None,
    service: Annotated[str | None, typer.Option(help="a service, for instance accident-and-emergency")] = None,
    registered_with: Annotated[str | None, typer.Option(help="the CCG's place of the practice: ccg-02A")] = None,
    lives_in: Annotated[str | None, typer.Option(help="the place of the home: la-E08000009, or a CCG's")] = None,
    present_in: Annotated[str | None, typer.Option(help="where it happens, for ambulance and emergency")] = None,
    pathway: Annotated[str | None, typer.Option()] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Who is responsible for a person registered here and living there; told by places, never by the person."""
    told = {
        "stage": stage,
        "service": service,
        "registered_with": registered_with,
        "lives_in": lives_in,
        "present_in": present_in,
        "pathway": pathway,
    }
    person = {name: value for name, value in told.items() if value is not None}
    with concord() as services:
        found = services.registry.pathways.responsible_commissioner(person, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_responsible(console, found))
