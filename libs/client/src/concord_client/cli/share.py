"""`concord share`: who should put in what, by which rule; who would complain; whether it can be paid so."""

from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Json, Xlsx, XlsxAlone
from concord_client.cli.session import answer, checked, concord, end_with, one_form, read_model, save
from concord_client.show.sharing import show_claims, show_game, show_sharing
from concord_contracts.agreements import DraftIn
from concord_contracts.allocation import Refusal
from concord_contracts.allocation.sharing import ClaimsRequest, GameRequest, Sharing, SharingQuestion, SharingRequest

app = typer.Typer(help="divide a plan's cost and gain between its parties", no_args_is_help=True, rich_markup_mode=None)

QuestionFile = Annotated[
    Path | None, typer.Argument(help="the question as JSON, `-` for standard input; none: defaults")
]


@app.command("scenario")
def share_scenario(
    scenario: Annotated[str, typer.Argument(help="id of the scenario whose plan is divided")],
    file: QuestionFile = None,
    annex: Annotated[bool, typer.Option(help="Shapley value, nucleolus, Owen, claims rules too")] = False,
    xlsx: XlsxAlone = None,
    as_json: Json = False,
) -> None:
    """Divide a scenario's plan: as planned, by outturn, by activity, by the keys in the question."""
    one_form(xlsx, as_json)
    question = read_model(SharingQuestion, file) if file else SharingQuestion()
    if annex:
        question = question.model_copy(update={"annex": True})
    with concord() as services:
        if xlsx is not None:
            save(services.allocation.workbooks.share_scenario(scenario, question), xlsx)
            return
        found = services.allocation.share_scenario(scenario, question)
        answer(found, as_json, lambda console: show_sharing(console, found))
        if isinstance(found, Refusal):
            end_with(found)


@app.command("problem")
def share_problem(
    file: Annotated[Path, typer.Argument(help="problem and question as JSON, `-` for standard input")],
    xlsx: XlsxAlone = None,
    as_json: Json = False,
) -> None:
    """Divide the plan of a self-contained problem; nothing is stored."""
    one_form(xlsx, as_json)
    question = read_model(SharingRequest, file)
    with concord() as services:
        if xlsx is not None:
            save(services.allocation.workbooks.share(question), xlsx)
            return
        found = services.allocation.share(question)
        answer(found, as_json, lambda console: show_sharing(console, found))
        if isinstance(found, Refusal):
            end_with(found)


@app.command("contributions")
def share_contributions(
    sharing: Annotated[Path, typer.Argument(help="a division as `share ... --json` prints it, `-`: standard input")],
    text: Annotated[Path, typer.Argument(help="content of an agreement as `concord agreement draft` takes it")],
    division: Annotated[str, typer.Option(help="key of the division that was agreed, e.g. outturn")],
    fund: Annotated[str | None, typer.Option(help="the fund that the agreement pools; none: direct payments")] = None,
) -> None:
    """Put the payments that realise a division into the text of an agreement, for `concord agreement draft`."""
    found, draft = read_model(Sharing, sharing), read_model(DraftIn, text)
    content = draft.content.model_dump(mode="json") | {"contributions": _contributions(found, division, fund)}
    made = checked(DraftIn, **draft.model_dump(mode="json") | {"content": content})
    typer.echo(made.model_dump_json(indent=1))


def _contributions(found: Sharing, division: str, fund: str | None) -> list[dict[str, Any]]:
    """Raises typer.BadParameter for a division that is not there or cannot be paid, and a fund it does not use."""
    chosen = next((one for one in found.divisions if one.key == division), None)
    if chosen is None:
        raise typer.BadParameter(f"no division {division!r}; there are {', '.join(x.key for x in found.divisions)}")
    paid = chosen.realisation
    if paid is None or not paid.possible:
        raise typer.BadParameter(f"{chosen.name} has no payments: {paid.words if paid else 'they were not asked for'}")
    rows = [row.contribution.model_dump(mode="json") for row in paid.schedule if row.fund == fund]
    if not rows:
        funds = ", ".join(sorted({row.fund or "direct payments" for row in paid.schedule})) or "nothing"
        way = f"into {fund!r}" if fund else "directly"
        raise typer.BadParameter(f"{chosen.name} pays nothing {way}; it has {funds}")
    return rows


@app.command("game")
def share_game(
    file: Annotated[Path, typer.Argument(help="players and the value of every coalition as JSON, `-`: standard input")],
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """Divide a game that you valued yourself: Shapley value, nucleolus, core test."""
    game = read_model(GameRequest, file)
    with concord() as services:
        found = services.allocation.divide_game(game)
        if xlsx is not None:
            save(services.allocation.workbooks.divide_game(game), xlsx)
        answer(found, as_json, lambda console: show_game(console, found))


@app.command("claims")
def share_claims(
    file: Annotated[Path, typer.Argument(help="the estate and the claims on it as JSON, `-` for standard input")],
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """Divide too little between claims that are more, by every rule."""
    claims = read_model(ClaimsRequest, file)
    with concord() as services:
        found = services.allocation.divide_claims(claims)
        if xlsx is not None:
            save(services.allocation.workbooks.divide_claims(claims), xlsx)
        answer(found, as_json, lambda console: show_claims(console, claims, found))
