"""A page of the rule book's answers over HTTP, beside a bare route of FastAPI that gives the same payload."""

from collections.abc import Iterator, Sequence

from bench.bare_service import bare_service
from bench.figures import Figure, figures_of
from bench.site import Bench
from bench.timing import clocked, interleaved
from demo import days

SIZES = {"100-rows": 100, "1000-rows": 1000}
"""The default page and the largest."""
CALLS_A_REPEAT = 10


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size."""
    addresses = {
        size: f"{bench.deployment.addresses['registry']}/v1/responsibilities?as_of={days.DECIDED}&limit={SIZES[size]}"
        for size in sizes
    }
    bodies = {
        f"pages-{size}": bench.http.get(address).raise_for_status().content for size, address in addresses.items()
    }
    with bare_service(bench.folder / "pages", bodies) as bare:
        for size, address in addresses.items():
            beside = f"{bare}/models/pages-{size}"
            medians = interleaved(
                [
                    clocked("served", lambda: bench.http.get(address).raise_for_status()),  # noqa: B023 - called below
                    clocked("bare-route", lambda: bench.http.get(beside).raise_for_status()),  # noqa: B023
                ],
                CALLS_A_REPEAT * repeats,
            )
            yield from figures_of(f"responsibilities/{size}", medians, {"served": "bare-route"})
