"""`concord ask`: targets, frontiers, figures that matter, other plans, offers."""

from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Json, KnownAt, Xlsx, XlsxAlone, moment
from concord_client.cli.session import answer, checked, concord, end_with, one_form, read_model, save
from concord_client.questions import KINDS
from concord_client.show.appraisal import show_appraisal
from concord_client.show.plans import show_difference
from concord_client.show.questions import show_question, show_reproduction
from concord_client.show.scenarios import show_digests
from concord_contracts.allocation import Problem, Refusal
from concord_contracts.allocation.questions import Question
from concord_contracts.allocation.questions.appraisal import AppraisalRequest

app = typer.Typer(help="questions a plan can be asked", no_args_is_help=True, rich_markup_mode=None)

HELP = {
    "target": "The smallest budget that reaches a target.",
    "frontier": "What the best of one aim costs in another.",
    "tornado": "Which figures matter: each at its stated low and high.",
    "monte-carlo": "Figures drawn at once from their stated ranges: benefits, or the kinds asked for.",
    "alternatives": "Plans nearly as good: how far each payer's bill and each stage can go.",
    "least-change": "The acceptable plan nearest to an offer.",
    "nobody-worse": "The most gain that costs nobody anything.",
    "ranges": "Between which values of a budget or limit its price holds.",
    "steps": "What a stated step of each budget or limit brings, with the options free and as chosen.",
    "ring-fences": "What each ring-fence costs: the best benefit with its scope widened, less today's.",
    "regret": "One plan for all that the benefit curves may be.",
}


def _add(kind: str, question: type[Question]) -> None:
    def ask(
        of: Annotated[str, typer.Argument(help="id of a scenario, or a file with a problem as JSON")],
        file: Annotated[
            Path | None, typer.Argument(help="the question as JSON, `-` for standard input; none: defaults")
        ] = None,
        xlsx: XlsxAlone = None,
        as_json: Json = False,
    ) -> None:
        one_form(xlsx, as_json)
        asked = read_model(question, file) if file else read_defaults(question)
        target = read_model(Problem, Path(of)) if Path(of).is_file() else of
        with concord() as services:
            if xlsx is not None:
                save(services.allocation.workbooks.ask(asked, target), xlsx)
                return
            found = services.allocation.questions.ask(asked, target)
            answer(found, as_json, lambda console: show_question(console, found))
            if isinstance(found, Refusal):
                end_with(found)

    app.command(kind, help=HELP[kind])(ask)


def read_defaults(question: type[Question]) -> Question:
    """The question with nothing stated. Raises typer.BadParameter where it needs something."""
    needed = [name for name, field in question.model_fields.items() if field.is_required()]
    if needed:
        raise typer.BadParameter(f"this question needs a file with {', '.join(needed)}")
    return question()


@app.command("compare")
def compare(
    scenario: Annotated[str, typer.Argument(help="id of the scenario compared with")],
    other: Annotated[str, typer.Argument(help="id of the other one")],
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """What differs between any two scenarios: the other minus the first."""
    with concord() as services:
        found = services.allocation.compare(scenario, other)
        if xlsx is not None:
            save(services.allocation.workbooks.compare(scenario, other), xlsx)
        answer(found, as_json, lambda console: show_difference(console, found))


@app.command("difference")
def difference(
    scenario: Annotated[str, typer.Argument(help="id of a what-if")],
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """What differs between a what-if and the scenario it was asked of."""
    with concord() as services:
        found = services.allocation.difference(scenario)
        if xlsx is not None:
            save(services.allocation.workbooks.difference(scenario), xlsx)
        answer(found, as_json, lambda console: show_difference(console, found))


@app.command("digests")
def digests(
    scenario: Annotated[str, typer.Argument(help="id of a scenario")],
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """What it takes to cite a scenario in an agreement: the digests of its problem and of its answer."""
    with concord() as services:
        found = services.allocation.digests(scenario, known_at=moment(known_at))
        answer(found, as_json, lambda console: show_digests(console, found))


@app.command("appraisal")
def appraisal(
    do_nothing: Annotated[str, typer.Argument(help="id of the scenario that does nothing")],
    minimum: Annotated[str, typer.Argument(help="id of the least that could be done")],
    recommended: Annotated[str, typer.Argument(help="id of the recommended one")],
    markdown: Annotated[bool, typer.Option(help="the tables as Markdown, for a paper")] = False,
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """The options appraisal of a governing-body paper: three tables."""
    request = checked(AppraisalRequest, do_nothing=do_nothing, minimum=minimum, recommended=recommended)
    with concord() as services:
        found = services.allocation.appraise(request)
        if xlsx is not None:
            save(services.allocation.workbooks.appraise(request), xlsx)
        if markdown:
            typer.echo(found.markdown)
        else:
            answer(found, as_json, lambda console: show_appraisal(console, found))


@app.command("again")
def again(
    scenario: Annotated[str, typer.Argument(help="id of a scenario")],
    xlsx: XlsxAlone = None,
    as_json: Json = False,
) -> None:
    """Solve a scenario's stored problem again: does it give the same answer?"""
    one_form(xlsx, as_json)
    with concord() as services:
        if xlsx is not None:
            save(services.allocation.workbooks.reproduce(scenario), xlsx)
            return
        found = services.allocation.reproduce(scenario)
        answer(found, as_json, lambda console: show_reproduction(console, found))


for name, each in KINDS.items():
    _add(name, each.question)
