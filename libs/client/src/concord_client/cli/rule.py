"""`concord rule ...`: the rule book, and whose a person is by it."""

from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, day, moment
from concord_client.cli.session import answer, concord, read_model
from concord_client.show.advice import show_responsible
from concord_client.show.rules import show_change, show_changes, show_effect, show_rule_versions, show_rules
from concord_contracts.registry import RuleChangeIn

app = typer.Typer(help="The rule book: who must commission, by law.", no_args_is_help=True, rich_markup_mode=None)

OfPathway = Annotated[str | None, typer.Option("--pathway")]
OfStage = Annotated[list[str] | None, typer.Option("--stage", help="one or several")]
Change = Annotated[Path, typer.Argument(help="the change as JSON, `-` for standard input")]


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


@app.command("list")
def list_rules(
    pathway: OfPathway = None,
    stage: OfStage = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """The rules in force on a day."""
    with concord() as services:
        found = services.registry.rule_book.rules(
            pathway=pathway, stages=stage or (), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_rules(console, found), as_csv=as_csv)


@app.command()
def versions(
    pathway: OfPathway = None,
    stage: OfStage = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Every rule for every period, when it was recorded, and whether it counts."""
    with concord() as services:
        found = services.registry.rule_book.versions(
            pathway=pathway, stages=stage or (), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_rule_versions(console, found), as_csv=as_csv)


@app.command()
def preview(
    file: Change,
    pathway: Annotated[list[str] | None, typer.Option(help="maps to look at for findings, one or several")] = None,
    as_json: Json = False,
) -> None:
    """What a change would do, before it is made: cells, who gains and loses, claims, agreements, findings."""
    change = read_model(RuleChangeIn, file)
    with concord() as services:
        found = services.registry.rule_book.preview(change, pathway or ())
        answer(found, as_json, lambda console: show_effect(console, found))


@app.command("change")
def change_rules(
    file: Change,
    if_match: Annotated[str, typer.Option("--if-match", help="the rule book's version; `preview` says it")],
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Make a change, from its day on, in one transaction; refused where the rule book has changed meanwhile."""
    change = read_model(RuleChangeIn, file)
    tag = if_match if if_match.startswith('"') else f'"{if_match}"'
    with concord() as services:
        made = services.registry.rule_book.change(change, if_match=tag, idempotency_key=key)
        answer(made, as_json, lambda console: show_change(console, made))


@app.command()
def changes(
    change: Annotated[str | None, typer.Argument(help="the id of one: that alone")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Changes that were made, the latest first; or one of them."""
    with concord() as services:
        if change is not None:
            one = services.registry.rule_book.find(change)
            answer(one, as_json, lambda console: show_change(console, one))
            return
        found = services.registry.rule_book.changes(
            limit=limit, cursor=cursor, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_changes(console, found), as_csv=as_csv)
