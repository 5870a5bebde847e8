"""`make fuzz`: the long run. `python -m tests.fuzz --cases 20000 --seed 7`; the same seed asks the same again.

The cases are split between eight runs: each service on SQLite and on PostgreSQL, and the optimiser's core twice.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL, make_url

from tests.fuzz.core import strain
from tests.fuzz.fuzzing import fuzz
from tests.fuzz.worlds import WORLDS
from tests.support.postgres import PostgresDatabases, shared_server

WORKERS = 2
LARGEST_SEED = 10**6


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


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the services and the core.")
    parser.add_argument("--cases", type=int, default=20_000, help="in all (20000)")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run; else one is drawn and told")
    asked = parser.parse_args(arguments)
    number = random.randrange(LARGEST_SEED) if asked.seed is None else asked.seed
    print(f"{asked.cases} cases; to ask the same again: make fuzz CASES={asked.cases} SEED={number}", flush=True)
    began, outcomes = time.monotonic(), []
    with (
        tempfile.TemporaryDirectory() as folder,
        shared_server(Path(folder)) as server,
        ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as processes,
    ):
        address = server.render_as_string(hide_password=False)
        share = -(-asked.cases // len(RUNS))
        running = {processes.submit(carry_out, run, share, number, address): run for run in RUNS}
        for done in as_completed(running):
            run, outcome = running[done], done.result()
            print(
                f"\n# {run.subject} {run.variant}: {'sound' if outcome.sound else 'FAULTS'}\n{outcome.text}", flush=True
            )
            outcomes.append(outcome)
    sound = all(outcome.sound for outcome in outcomes)
    cases = sum(outcome.cases for outcome in outcomes)
    print(f"\n{cases} answers in {time.monotonic() - began:.0f} s: {'no fault' if sound else 'FAULTS'}; SEED={number}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
