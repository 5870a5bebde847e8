"""The parts of the long run, each of which a process of its own can carry out."""

import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL, make_url

from tests.fuzz.core import strain
from tests.fuzz.fuzzing import fuzz
from tests.fuzz.worlds import WORLDS
from tests.support.postgres import PostgresDatabases


class Run(NamedTuple):
    """`subject` is a service or `core`; `variant` its database, or a number."""

    subject: str
    variant: str


RUNS = (
    *(Run(service, database) for service in WORLDS for database in ("sqlite", "postgres")),
    Run("core", "1"),
    Run("core", "2"),
)


class Outcome(NamedTuple):
    text: str
    cases: int
    sound: bool


def carry_out(run: Run, cases: int, number: int, server: str) -> Outcome:
    """A run to its end; what it raised is part of the outcome."""
    try:
        return _strain(run, cases, number) if run.subject == "core" else _fuzz(run, cases, number, make_url(server))
    except Exception:  # noqa: BLE001 - the other runs go on
        return Outcome(traceback.format_exc(), 0, sound=False)


def _strain(run: Run, cases: int, number: int) -> Outcome:
    answers = strain(cases, number * 10 + int(run.variant))
    return Outcome(", ".join(f"{count} x {kind}" for kind, count in answers.items()), answers.total(), sound=True)


def _fuzz(run: Run, cases: int, number: int, server: URL) -> Outcome:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with _fresh(run.variant, folder, server) as fresh, WORLDS[run.subject](folder, fresh) as world:
            report = fuzz(world, cases=cases, number=number)
    never = f"\nnever accepted: {report.never_accepted}" if report.never_accepted else ""
    return Outcome(f"{report}{never}", report.cases, sound=not report.findings and not never)


@contextmanager
def _fresh(database: str, folder: Path, server: URL) -> Iterator[Callable[..., str]]:
    if database == "postgres":
        databases = PostgresDatabases(server)
        try:
            yield databases.fresh
        finally:
            databases.drop_all()
        return

    def sqlite(template: str, prepare: Callable[[str], None]) -> str:
        url = f"sqlite:///{folder / template}.db"
        prepare(url)
        return url

    yield sqlite
