"""England's map: derived anew, beside a bare read of the rows it rests on; and from cache, beside a bare route.

Cold is a day that nobody asked about before: neither the reference data of that day nor the answer is kept.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bench.bare_service import bare_service
from bench.figures import Figure, figures_of
from bench.site import Bench, rows_of
from bench.timing import clocked, interleaved
from demo import days

CALLS_A_REPEAT = 10
"""From cache; deriving takes longer, and is done once."""
SIZES = {"one-pathway": ["lung"], "four-pathways": ["breast", "colorectal", "lung", "prostate"]}
READ = ("claims", "bodies", "body_names", "body_codes", "relations", "succession", "places", "place_parents")
READ_TOO = ("footprints", "populations", "stages", "pathways", "pathway_stages", "rules", "sources")
READ_OF_STAGES = ("services", "comparators", "comparator_values", "guidance", "guidance_links", "responsible_rules")


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size."""
    for size in sizes:
        yield from _of_size(bench, size, repeats)


def _of_size(bench: Bench, size: str, repeats: int) -> Iterator[Figure]:
    address = f"{bench.deployment.addresses['registry']}/v1/national"
    new_days = itertools.count(1 + 1000 * list(SIZES).index(size))

    def ask(day: int) -> bytes:
        asked = {"pathway": SIZES[size], "as_of": (days.DECIDED + timedelta(days=day)).isoformat()}
        return bench.http.get(address, params=asked).raise_for_status().content

    with (
        rows_of(bench, "registry") as rows,
        bare_service(bench.folder / f"national-{size}", {"national": ask(0)}) as bare,
    ):

        def read_rows() -> None:
            for table in (*READ, *READ_TOO, *READ_OF_STAGES):
                rows.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - the names above

        medians = interleaved(
            [
                clocked("cold", lambda: ask(next(new_days))),
                clocked("bare-read", read_rows),
            ],
            repeats,
        ) | interleaved(
            [
                clocked("from-cache", lambda: ask(0)),
                clocked("bare-route", lambda: bench.http.get(f"{bare}/bytes/national").raise_for_status()),
            ],
            CALLS_A_REPEAT * repeats,
        )
    yield from figures_of(f"england/{size}", medians, {"cold": "bare-read", "from-cache": "bare-route"})
