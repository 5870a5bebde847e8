"""`concord problem`: a problem written by hand, as a workbook or CSVs, and as other solvers read it."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.options import Json
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.client import Concord
from concord_client.show.page import say
from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem, SolveRequest

app = typer.Typer(
    help="a problem as JSON, as a workbook or CSVs, as MPS or LP", no_args_is_help=True, rich_markup_mode=None
)

ProblemFile = Annotated[Path, typer.Argument(help="JSON, an .xlsx workbook, or a folder of CSVs; `-`: JSON from input")]


class Form(StrEnum):
    XLSX = "xlsx"
    MPS = "mps"
    LP = "lp"
    JSON = "json"


PROGRAMMES = (".mps", ".lp")
"""Endings of plain linear programmes, which have no payers and no money."""


def problem_in(file: Path, services: Concord) -> Problem:
    """The problem of a file, whatever form it is in. A JSON may be a problem or a whole question to solve."""
    if file.is_dir():
        tables = {one.stem: _text_of(one) for one in sorted(file.glob("*.csv"))}
        if not tables:
            raise typer.BadParameter(f"{file} holds no .csv")
        return services.allocation.problem_of_tables(tables)
    if file.suffix.lower() == ".xlsx":
        return services.allocation.problem_of_workbook(content_of(file))
    if file.suffix.lower() in PROGRAMMES:
        return services.allocation.problem_of_programme(content_of(file), file.suffix.lower()[1:], file.stem)
    return read_model(Problem, file, also=lambda given: given.get("problem", given))


def _text_of(file: Path) -> str:
    try:
        return content_of(file).decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise typer.BadParameter(f"{file} is not UTF-8: save it as 'CSV UTF-8'") from failure


def _write(out: Path, content: bytes) -> None:
    """A file that is not there yet. Raises typer.BadParameter where it cannot be written."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as failure:
        raise typer.BadParameter(f"{out} cannot be written: {failure.strerror}") from failure


def content_of(file: Path) -> bytes:
    """What a file holds. Raises typer.BadParameter where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as failure:
        raise typer.BadParameter(f"{file} cannot be read: {failure}") from failure


@app.command()
def schema() -> None:
    """The JSON schema of a problem."""
    with concord() as services:
        typer.echo(json.dumps(services.allocation.problem_schema(), indent=1))


@app.command()
def example() -> None:
    """A small problem, to begin from."""
    typer.echo(json.dumps(EXAMPLE_PROBLEM, indent=1, ensure_ascii=False))


@app.command()
def form(out: Annotated[Path, typer.Argument(help="where to write it")] = Path("problem.xlsx")) -> None:
    """An empty workbook to write a problem in, with a sheet that explains every column."""
    with concord() as services:
        _write(out, services.allocation.problem_form())
    typer.echo(f"{out}: fill it in, then `concord problem check {out}`")


@app.command()
def check(file: ProblemFile, as_json: Json = False) -> None:
    """Whether a problem holds together: every contradiction at once."""
    with concord() as services:
        found = services.allocation.check(problem_in(file, services))
        parts = {"line": found.lines, "purse": found.purses, "limit": found.limits, "year": found.years}
        counted = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in parts.items())
        words = f"holds together: {counted}"
        answer(found, as_json, lambda console: say(console, f"{words}; digest {found.problem_digest}"))


@app.command()
def convert(
    file: ProblemFile,
    out: Annotated[Path, typer.Argument(help="a .json, .xlsx, .mps or .lp file")],
) -> None:
    """Write a problem in another form."""
    kind = checked_form(out)
    with concord() as services:
        problem = problem_in(file, services)
        if kind is Form.JSON:
            _write(out, (problem.model_dump_json(indent=1, exclude_defaults=True) + "\n").encode())
        else:
            _write(out, services.allocation.problem_as_file(problem, kind))
    typer.echo(str(out))


def checked_form(out: Path) -> Form:
    ending = out.suffix.lower().removeprefix(".")
    if ending not in list(Form):
        raise typer.BadParameter(f"{out.name}: the ending says the form, one of {', '.join(Form)}")
    return Form(ending)


def question_in(file: Path, services: Concord) -> SolveRequest:
    """What to solve: a question, or a problem alone, in any form."""
    if file.suffix.lower() == ".json" or str(file) == "-":
        return read_model(
            SolveRequest, file, also=lambda given: {"problem": given} if "problem" not in given else given
        )
    return checked(SolveRequest, problem=problem_in(file, services))
