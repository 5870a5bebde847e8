"""`make fuzz`: the long run. `python -m tests.fuzz --cases 20000 --seed 7`; the same seed asks the same again.

The cases are split between eight runs: each service on SQLite and on PostgreSQL, and the optimiser's core twice.
"""

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.runs import RUNS, carry_out
from tests.support.postgres import shared_server

WORKERS = 2
LARGEST_SEED = 10**6


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
