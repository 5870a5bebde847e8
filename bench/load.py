"""Look-ups under load: several callers at once, each on a connection of its own, beside a bare route asked the same
way in the same run. What counts is the answers in a second; a figure is milliseconds of the service for one answer."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bench.bare_service import bare_service
from bench.figures import Figure, figures_of
from bench.site import Bench
from bench.timing import Turn, interleaved
from demo import days

CALLERS = 8
CALLS_EACH = 20
LOOK_UPS = {
    "responsibility": "/v1/responsibilities?stage=radical_radiotherapy&pathway=lung&place=ccg-02A",
    "coverage": "/v1/coverage?pathway=lung&place=ccg-02A",
    "search": "/v1/search?q=Traford&limit=10",
    "contact": "/v1/contacts?stage=radical_radiotherapy&place=ccg-02A&pathway=lung",
    "organisation": "/v1/organisations/ods:02A?",
}


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """A row for each look-up, with the bare route that answers its bytes."""
    registry = bench.deployment.addresses["registry"]
    addresses = {name: f"{registry}{path}&as_of={days.DECIDED}".replace("?&", "?") for name, path in LOOK_UPS.items()}
    bodies = {name: bench.http.get(address).raise_for_status().content for name, address in addresses.items()}
    with bare_service(bench.folder / "look-ups", bodies) as bare:
        for name in sizes:
            medians = interleaved(
                [_turn("served", addresses[name]), _turn("bare-route", f"{bare}/bytes/{name}")], repeats
            )
            yield from figures_of(f"load/{name}", medians, {"served": "bare-route"})


def _turn(name: str, address: str) -> Turn:
    def turn() -> dict[str, float]:
        faults: list[str] = []
        callers = [threading.Thread(target=_call, args=(address, faults)) for _ in range(CALLERS)]
        began = time.perf_counter()
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        if faults:
            raise RuntimeError(f"{address}: {faults[0]}")
        return {name: (time.perf_counter() - began) / (CALLERS * CALLS_EACH)}

    return turn


def _call(address: str, faults: list[str]) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        for _ in range(CALLS_EACH):
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                faults.append(f"answered {answer.status}")
    except OSError as failure:
        faults.append(str(failure))
    finally:
        connection.close()
