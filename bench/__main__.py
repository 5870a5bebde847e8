"""`python -m bench`: start the services, measure, print the table, write the figures. 0: measured; 1: it could not be;
130: stopped."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from rich.console import Console

from bench import coverage, importing, load, responsibilities, signing, stored, what_if
from bench.figures import Figure, table, write
from bench.site import Bench, running
from concord_client.errors import ConcordError
from concord_client.show.page import make_console, say
from concord_client.up import interruptible

REPEATS = 5
"""Of each measurement, the quick ones several times as many: the whole is meant to stay under five minutes."""
OUTPUT = Path("var/bench.json")


PARTS = ("what-ifs", "responsibilities", "england", "look-ups", "signatures", "stored", "imports")


def measure(bench: Bench, console: Console, repeats: int, sizes: int, parts: Sequence[str] = PARTS) -> Iterator[Figure]:
    """The rows of some parts; of each thing measured the first `sizes` sizes, `repeats` times each."""
    for what, found in (
        ("what-ifs", what_if.measure(bench, [*islice(what_if.SIZES, sizes)], repeats)),
        ("responsibilities", responsibilities.measure(bench, [*islice(responsibilities.SIZES, sizes)], repeats)),
        ("england", coverage.measure(bench, [*islice(coverage.SIZES, sizes)], repeats)),
        ("look-ups", load.measure(bench, [*islice(load.LOOK_UPS, 1 if sizes == 1 else None)], repeats)),
        ("signatures", signing.measure(bench, [*islice(signing.SIZES, sizes)])),
        ("stored", stored.measure(bench, [*islice(stored.SIZES, 1 if sizes == 1 else None)], repeats)),
        ("imports", importing.measure(bench, [*islice(importing.SIZES, sizes)], repeats)),
    ):
        if what in parts:
            say(console, f"… {what}", "dim")
            yield from found


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Concord's own cost, beside the bare thing")
    parser.add_argument("--repeats", type=int, default=REPEATS, help=f"of each measurement (default {REPEATS})")
    parser.add_argument("--smallest", action="store_true", help="only the smaller of two sizes")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part alone; again for several")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"default {OUTPUT}")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    asked = arguments(given)
    console = make_console()
    begun = time.monotonic()
    try:
        with (
            interruptible(),
            tempfile.TemporaryDirectory(prefix="concord-bench-") as folder,
            running(Path(folder), lambda words: say(console, f"… {words}", "dim")) as bench,
        ):
            figures = [*measure(bench, console, asked.repeats, 1 if asked.smallest else 2, asked.only or PARTS)]
    except KeyboardInterrupt:
        say(console, "stopped")
        return 130
    except ConcordError as failure:
        say(console, str(failure), "bold red")
        return 1
    write(figures, asked.output)
    console.print(table(figures))
    say(console, f"{time.monotonic() - begun:.0f} s; figures in {asked.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
