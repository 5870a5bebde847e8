"""Where the services are and who is calling, from the environment; and how every command ends.

| variable | meaning | default |
|---|---|---|
| CONCORD_PORT_BASE | first of the three ports on 127.0.0.1 | 8101 |
| CONCORD_REGISTRY_URL, CONCORD_ALLOCATION_URL, CONCORD_AGREEMENTS_URL | addresses elsewhere | this machine |
| CONCORD_TOKEN, CONCORD_TOKEN_FILE | a signed token, or a file that holds one | none |
| CONCORD_SIGN_IN | `name body=role[,role]...`: sign in with the development key; loopback only | none |
| CONCORD_ACTING_FOR | the body acted for | none |
| CONCORD_VAR | folder of keys, databases, logs | var |
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console

from concord_client.client import Concord
from concord_client.errors import ConcordError, ConcordProblem, ConcordUnreachable
from concord_client.keys import SERVICES
from concord_client.show.page import make_console, say
from concord_client.show.problems import show_failure
from concord_client.show.rolled import show_rolled
from concord_client.show.rows import as_csv as csv_of
from concord_client.tokens import Person, token_source
from concord_client.transport import Caller, TokenSource
from concord_client.up import DEFAULT_PORT_BASE
from concord_client.workbooks import Workbook
from concord_contracts.allocation import Refusal


class ExitCode(IntEnum):
    """What a command's exit code says; 2 is a mistake in the command line itself."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    NO_PLAN = 4
    SERVICE_FAULT = 5


def var_folder() -> Path:
    return Path(os.environ.get("CONCORD_VAR", "var"))


def ports() -> dict[str, int]:
    """The three ports, in the order of SERVICES. Raises typer.BadParameter for a base that leaves no room."""
    written = os.environ.get("CONCORD_PORT_BASE", str(DEFAULT_PORT_BASE))
    if not written.isdecimal() or not 1 <= int(written) <= 65533:
        raise typer.BadParameter(f"CONCORD_PORT_BASE is {written!r}: give a number from 1 to 65533")
    return {service: int(written) + offset for offset, service in enumerate(SERVICES)}


def addresses() -> dict[str, str]:
    at = {service: f"http://127.0.0.1:{port}" for service, port in ports().items()}
    return {service: os.environ.get(f"CONCORD_{service.upper()}_URL", address) for service, address in at.items()}


def person_from(text: str) -> Person:
    """`gina ods:02A=chief-officer ods:01G=analyst,auditor`. Raises typer.BadParameter."""
    subject, *held = text.split()
    roles: dict[str, list[str]] = {}
    for part in held:
        body, equals, names = part.partition("=")
        if not equals or not names:
            raise typer.BadParameter(f"{part!r} is not body=role[,role...], for instance ods:02A=chief-officer")
        roles.setdefault(body, []).extend(names.split(","))
    return Person(subject, roles)


def caller(at: Mapping[str, str]) -> Caller:
    return Caller(_token_source(at), os.environ.get("CONCORD_ACTING_FOR"))


def _token_source(at: Mapping[str, str]) -> TokenSource | None:
    if token := os.environ.get("CONCORD_TOKEN"):
        return lambda: token
    if file := os.environ.get("CONCORD_TOKEN_FILE"):
        return lambda: Path(file).read_text().strip()
    if sign_in := os.environ.get("CONCORD_SIGN_IN", "").strip():
        return token_source(var_folder() / "keys", person_from(sign_in), at.values())
    return None


@contextmanager
def concord() -> Iterator[Concord]:
    """The three services for this command. A refusal or failure is shown, and ends the command with its code."""
    with reported():
        at = addresses()
        with Concord.at(at, caller(at)) as bundle:
            yield bundle


@contextmanager
def reported() -> Iterator[None]:
    """Show what goes wrong in words on standard error; the exit code says what kind it was."""
    errors = make_console(sys.stderr)
    try:
        yield
    except ConcordProblem as problem:
        show_failure(errors, problem)
        if problem.slug == "unauthenticated" and not os.environ.get("CONCORD_SIGN_IN"):
            say(errors, 'Sign in: CONCORD_TOKEN, or on this machine CONCORD_SIGN_IN="gina ods:02A=chief-officer".')
        raise typer.Exit(ExitCode.SERVICE_FAULT if problem.status >= 500 else ExitCode.REFUSED) from problem
    except ConcordUnreachable as silence:
        show_failure(errors, silence)
        raise typer.Exit(ExitCode.UNREACHABLE) from silence
    except ConcordError as failure:
        show_failure(errors, failure)
        raise typer.Exit(ExitCode.REFUSED) from failure
    except OSError as failure:
        if failure.filename is None:  # no file of the caller's
            raise
        raise typer.BadParameter(f"{failure.filename}: {failure.strerror}") from failure


def answer(value: BaseModel, as_json: bool, show: Callable[[Console], None], *, as_csv: bool = False) -> None:
    """Write the answer: the model's JSON for a program, a list's CSV for a sheet, tables for a person."""
    if as_json and as_csv:
        raise typer.BadParameter("--json or --csv, not both")
    if as_json:
        sys.stdout.write(value.model_dump_json(indent=1) + "\n")
    elif as_csv:
        sys.stdout.write(csv_of(value))
        _say_position(value)
    else:
        console = make_console()
        show(console)
        show_rolled(console, value)


def _say_position(value: BaseModel) -> None:
    """On standard error what a sheet has no room for: the day and position it was read at, and where to go on."""
    told = {"as_of": "--as-of", "known_at": "--known-at", "roll_to": "--roll-to", "next_cursor": "--cursor"}
    said = value.model_dump(mode="json", include=set(told))
    words = [f"{option} {said[name]}" for name, option in told.items() if said.get(name)]
    if words:
        typer.echo(" ".join(words), err=True)


def save(found: Workbook, out: Path) -> None:
    """Write a workbook and say so on standard error. Ends with NO_PLAN where it holds a refusal."""
    out.write_bytes(found.content)
    sys.stderr.write(f"{out}: {len(found.content):,} bytes\n")
    if found.outcome == "refusal":
        sys.stderr.write("No plan keeps every limit: the workbook says which conflict.\n")
        raise typer.Exit(ExitCode.NO_PLAN)


def one_form(out: Path | None, as_json: bool) -> None:
    """Raises typer.BadParameter where an answer that is worked out for its form is asked for in two."""
    if out is not None and as_json:
        raise typer.BadParameter("--json and --xlsx are two forms of the answer: ask for one")


def end_with(outcome: BaseModel) -> None:
    """A refusal to plan is an answer, but a script wants to know: exit code 4."""
    if isinstance(outcome, Refusal):
        raise typer.Exit(ExitCode.NO_PLAN)


def read_model[M: BaseModel](
    model: type[M], file: Path, *, also: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> M:
    """The JSON in `file` (`-`: standard input) as `model`; every fault is named. Raises typer.BadParameter.

    `also` puts an object into the shape of the model where another is taken too.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise typer.BadParameter(f"{file} cannot be read: {failure}") from failure
    with faults_named(f"{file} is not a {model.__name__}"):
        if also is None:
            return model.model_validate_json(text)
        try:
            given = json.loads(text)
        except ValueError as broken:
            raise typer.BadParameter(f"{file} is not JSON: {broken}") from broken
        shaped = also(given) if isinstance(given, dict) else given
        return model.model_validate_json(json.dumps(shaped))


def checked[M: BaseModel](model: type[M], **fields: object) -> M:
    """The options of a command line as `model`; every fault is named. Raises typer.BadParameter."""
    with faults_named("the command line has faults"):
        return model.model_validate(fields)


@contextmanager
def faults_named(what: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as faults:
        lines = [f"  /{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults.errors()]
        raise typer.BadParameter("\n".join([f"{what}:", *lines])) from faults
