"""`concord contract`, `risk`, `role` and so on: the records of each kind beside the map."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from concord_client.cli.options import Csv, Day, Json, Key, KnownAt, RollTo, day, moment
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.show.knowledge import show_history, show_records
from concord_client.show.page import say
from concord_contracts.registry import RecordEnd


class Kind(NamedTuple):
    """A kind of record by its address, what its list can be asked for, and what it is for."""

    records: str
    filters: tuple[str, ...]
    words: str


WHERE = ("stage", "pathway", "place")
KINDS = {
    "role": Kind("role-holders", ("person", *WHERE, "role", "level"), "Who holds which role, from when until when."),
    "authority": Kind("signing-authorities", ("role", "decision"), "What an office may sign, up to which value."),
    "advice": Kind("advice", ("person", *WHERE, "outcome"), "Who advised whom, and what came of it."),
    "network": Kind("networks", (*WHERE, "kind"), "Networks and reference groups: tumour groups, stages, places."),
    "authorisation": Kind(
        "authorisations", ("outcome",), "CCGs' authorisations, and how they use networks' expertise."
    ),
    "local-plan": Kind(
        "plans", (*WHERE, "kind", "status"), "CCG plans, needs assessments, strategies: which stages each covers."
    ),
    "contract": Kind(
        "contracts", (*WHERE, "form", "provider", "year"), "Contracts with their terms, values and notice."
    ),
    "risk": Kind("risks", (*WHERE, "status"), "The risks of a pathway."),
}
"""Command -> kind of record. Every list can be asked for the bodies it names and who entered it, too."""

_SEVERAL = list[str] | None
FILTERS: dict[str, Any] = {
    "organisation": Annotated[_SEVERAL, typer.Option(help="bodies it names, for instance ods:02A")],
    "owner": Annotated[_SEVERAL, typer.Option(help="bodies that entered it")],
    "person": Annotated[_SEVERAL, typer.Option(help="people it names, by id")],
    "stage": Annotated[_SEVERAL, typer.Option()],
    "pathway": Annotated[_SEVERAL, typer.Option()],
    "place": Annotated[_SEVERAL, typer.Option(help="one or several; places around and within count")],
    "role": Annotated[_SEVERAL, typer.Option(help="for instance clinical-cancer-lead, chief-finance-officer")],
    "level": Annotated[_SEVERAL, typer.Option(help="local, regional or national")],
    "decision": Annotated[_SEVERAL, typer.Option(help="for instance enter_agreement")],
    "outcome": Annotated[_SEVERAL, typer.Option(help="what came of it")],
    "kind": Annotated[_SEVERAL, typer.Option(help="of which kind")],
    "status": Annotated[_SEVERAL, typer.Option(help="how it stands")],
    "form": Annotated[_SEVERAL, typer.Option(help="block, cost-and-volume ...")],
    "provider": Annotated[_SEVERAL, typer.Option(help="providers, for instance ods:RM2")],
    "year": Annotated[str | None, typer.Option(help="in force in a financial year, 2013-14")],
}
RecordId = Annotated[str, typer.Argument(help="the record's id")]


def register(app: typer.Typer) -> None:
    for command, (kind, filters, words) in KINDS.items():
        app.add_typer(_commands(kind, ("organisation", "owner", *filters), words), name=command)


def _with_options(command: Callable[..., None], filters: Sequence[str]) -> Callable[..., None]:
    """`command` with an option for each filter of its kind in place of what it takes by any name."""
    told = inspect.signature(command)
    own = [one for one in told.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    chosen = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=FILTERS[name])
        for name in filters
    ]
    command.__signature__ = told.replace(parameters=[*own, *chosen])  # type: ignore[attr-defined]
    return command


def _commands(kind: str, filters: Sequence[str], words: str) -> typer.Typer:
    """The commands of one kind of record."""
    app = typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)
    spoken = kind.replace("-", " ")

    def list_(
        every_day: Annotated[bool, typer.Option("--every-day", help="ended and future ones too")] = False,
        roll_to: RollTo = None,
        as_of: Day = None,
        known_at: KnownAt = None,
        as_json: Json = False,
        as_csv: Csv = False,
        **chosen: Any,
    ) -> None:
        """Records in force on the day."""
        asked = {name: value for name, value in chosen.items() if value} | ({"every_day": "true"} if every_day else {})
        with concord() as services:
            records = services.registry.knowledge.kinds[kind]
            found = records.list(roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at), **asked)
            answer(
                found,
                as_json,
                lambda console: show_records(console, found, spoken, every_day=every_day),
                as_csv=as_csv,
            )

    app.command("list")(_with_options(list_, filters))

    @app.command("show")
    def show(
        record: RecordId, roll_to: RollTo = None, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False
    ) -> None:
        """One record with its history."""
        with concord() as services:
            found, _ = services.registry.knowledge.kinds[kind].read(
                record, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
            )
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
