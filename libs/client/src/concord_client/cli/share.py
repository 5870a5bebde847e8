"""`concord share`: who should put in what, by which rule; who would complain; whether it can be paid so."""

from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Json
from concord_client.cli.session import answer, concord, end_with, read_model
from concord_client.show.sharing import show_claims, show_game, show_sharing
from concord_contracts.allocation import Refusal
from concord_contracts.allocation.sharing import ClaimsRequest, GameRequest, SharingQuestion, SharingRequest

app = typer.Typer(help="divide a plan's cost and gain between its parties", no_args_is_help=True, rich_markup_mode=None)

QuestionFile = Annotated[
    Path | None, typer.Argument(help="the question as JSON, `-` for standard input; none: defaults")
]


@app.command("scenario")
def share_scenario(
    scenario: Annotated[str, typer.Argument(help="id of the scenario whose plan is divided")],
    file: QuestionFile = None,
    annex: Annotated[bool, typer.Option(help="Shapley value, nucleolus, Owen, claims rules too")] = False,
    as_json: Json = False,
) -> None:
    """Divide a scenario's plan: as planned, by outturn, by activity, by the keys in the question."""
    question = read_model(SharingQuestion, file) if file else SharingQuestion()
    if annex:
        question = question.model_copy(update={"annex": True})
    with concord() as services:
        found = services.allocation.share_scenario(scenario, question)
        answer(found, as_json, lambda console: show_sharing(console, found))
        if isinstance(found, Refusal):
            end_with(found)


@app.command("problem")
def share_problem(
    file: Annotated[Path, typer.Argument(help="problem and question as JSON, `-` for standard input")],
    as_json: Json = False,
) -> None:
    """Divide the plan of a self-contained problem; nothing is stored."""
    question = read_model(SharingRequest, file)
    with concord() as services:
        found = services.allocation.share(question)
        answer(found, as_json, lambda console: show_sharing(console, found))
        if isinstance(found, Refusal):
            end_with(found)


@app.command("game")
def share_game(
    file: Annotated[Path, typer.Argument(help="players and the value of every coalition as JSON, `-`: standard input")],
    as_json: Json = False,
) -> None:
    """Divide a game that you valued yourself: Shapley value, nucleolus, core test."""
    game = read_model(GameRequest, file)
    with concord() as services:
        found = services.allocation.divide_game(game)
        answer(found, as_json, lambda console: show_game(console, found))


@app.command("claims")
def share_claims(
    file: Annotated[Path, typer.Argument(help="the estate and the claims on it as JSON, `-` for standard input")],
    as_json: Json = False,
) -> None:
    """Divide too little between claims that are more, by every rule."""
    claims = read_model(ClaimsRequest, file)
    with concord() as services:
        found = services.allocation.divide_claims(claims)
        answer(found, as_json, lambda console: show_claims(console, claims, found))
