"""`make soak MINUTES=3`: the three services under mixed use on this machine, and what they look like after it.

Look-ups, what-ifs and signings go on at the same time against real processes with the reference data; readiness is
asked meanwhile and must say `ok`. Then the registry is stopped for a moment: the others must say `degraded` and answer
200 until it is back, and signatures must still be taken. Any error, any untrue readiness, and memory that grows beyond
the bound end it with 1.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from concord_client.errors import ConcordError
from concord_client.keys import SERVICES
from concord_client.launch import Deployment, Site
from concord_client.up import interruptible
from concord_registry.coverage_cache import MAX_BYTES
from demo.people import People
from tests.load.uses import Request, Signing, Uses

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"
STOPPED = "registry"
"""The service that both others ask."""
READINESS_SECONDS = 0.2
ASKED_WHILE_STOPPED = 5
AFTER_A_STOP = 4
"""Requests of each kind once all are back."""
WARM_UP_SHARE = 0.25
"""Of the time, before memory is first read: caches, connections and the solver's threads fill up once."""
PAGES_MB = 22
"""SQLite keeps up to 2 MB of pages for each of a service's eleven connections, as its database grows."""
SLACK_MB = 10
"""Allocators keep what a larger answer once needed."""
MAY_GROW_MB = {
    "registry": PAGES_MB + SLACK_MB + MAX_BYTES / 2**20,  # it keeps rendered answers up to that size
    "allocation": PAGES_MB + SLACK_MB,
    "agreements": PAGES_MB + SLACK_MB,
}
"""After the warm-up, however long it lasts: each is the sum of what is kept on purpose, so that a leak comes on top."""
ERRORS_SHOWN = 10


@dataclass
class Measured:
    """What was seen, by several threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Of each request, by kind of use."""
    errors: list[str] = field(default_factory=list)
    readiness: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By phase: what services answered, like `agreements 200 degraded`."""
    memory_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By service, each time it was read."""

    @property
    def grown(self) -> dict[str, float]:
        """MB that services grew by, where that is more than they may."""
        growth = {service: read[-1] - read[0] for service, read in self.memory_mb.items()}
        return {service: mb for service, mb in growth.items() if mb > MAY_GROW_MB[service]}

    @property
    def sound(self) -> bool:
        return not self.errors and not self.grown and all(self.seconds.values())

    def __str__(self) -> str:
        rows = [f"{'':<10}{'requests':>10}{'p50 ms':>10}{'p95 ms':>10}"]
        for kind, taken in self.seconds.items():
            p50, p95 = _percentile(taken, 50), _percentile(taken, 95)
            rows.append(f"{kind:<10}{len(taken):>10}{1000 * p50:>10.1f}{1000 * p95:>10.1f}")
        rows += [f"\n{'resident MB':<14}{'after warm-up':>14}{'middle':>10}{'end':>10}{'may grow by':>14}"]
        rows += [
            f"{service:<14}{read[0]:>14.1f}{read[len(read) // 2]:>10.1f}{read[-1]:>10.1f}{MAY_GROW_MB[service]:>14.0f}"
            for service, read in self.memory_mb.items()
        ]
        rows += ["\nreadiness"]
        rows += [
            f"{phase}: {', '.join(f'{count} x {said}' for said, count in sorted(answers.items()))}"
            for phase, answers in self.readiness.items()
        ]
        rows += [f"\nerrors: {len(self.errors)}", *self.errors[:ERRORS_SHOWN]]
        rows += [
            f"{service} grew by {mb:.1f} MB, more than {MAY_GROW_MB[service]:.0f}" for service, mb in self.grown.items()
        ]
        return "\n".join(rows)


def soak(deployment: Deployment, *, minutes: float, most: int | None = None) -> Measured:
    """Use the services for so long, or until each kind of use had `most` requests; then stop one for a moment."""
    measured = Measured()
    with People(deployment.addresses, deployment.site.keys) as people, httpx.Client(trust_env=False, timeout=5) as http:
        readiness = _Readiness(deployment.addresses, http, measured)
        uses = Uses(people)
        series = {kind: begin() for kind, begin in uses.series.items()}
        seconds = 60 * minutes
        with readiness.watched("in use"):
            _use(series, measured, seconds * WARM_UP_SHARE, most)
            _read_memory(deployment, measured)
            for _ in range(2):
                _use(series, measured, seconds * (1 - WARM_UP_SHARE) / 2, most)
                _read_memory(deployment, measured)
        _stop_for_a_moment(deployment, readiness, uses.sent(), measured)
        _use(series, measured, 0, AFTER_A_STOP)
    return measured


def _use(series: dict[str, Iterator[Request]], measured: Measured, seconds: float, most: int | None) -> None:
    """Every kind of use at the same time, each one request after the other."""
    until = time.monotonic() + seconds

    def go_on(kind: str) -> None:
        for number, request in enumerate(series[kind], 1):
            _measured(measured, kind, request)
            if time.monotonic() > until or number == most:
                return

    with ThreadPoolExecutor(len(series)) as threads:
        for done in [threads.submit(go_on, kind) for kind in series]:
            done.result()


def _measured(measured: Measured, kind: str, request: Request) -> None:
    began = time.monotonic()
    try:
        request()
    except (ConcordError, AssertionError) as error:
        measured.errors.append(f"{kind}: {type(error).__name__}: {error}")
    measured.seconds[kind].append(time.monotonic() - began)


def _read_memory(deployment: Deployment, measured: Measured) -> None:
    for service in SERVICES:
        # the process started is a tether that becomes the service, so its id is the service's
        measured.memory_mb[service].append(psutil.Process(deployment.pid(service)).memory_info().rss / 2**20)


class _Readiness:
    """Asks services whether they are ready, and holds the answer against what is true."""

    def __init__(self, addresses: Mapping[str, str], http: httpx.Client, measured: Measured) -> None:
        self._addresses = addresses
        self._http = http
        self._measured = measured

    @contextmanager
    def watched(self, phase: str) -> Iterator[None]:
        """Ask every service again and again while the block runs; each must be `ok`."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(READINESS_SECONDS):
                self.ask(phase, SERVICES, "ok")

        with ThreadPoolExecutor(1) as thread:
            watching = thread.submit(watch)
            try:
                yield
            finally:
                over.set()
        watching.result()

    def ask(self, phase: str, services: Iterable[str], expected: str) -> None:
        """Ask each once; anything but 200 and the expected state is an error."""
        for service in services:
            try:
                answer = self._http.get(f"{self._addresses[service]}/health/ready")
                said = f"{answer.status_code} {answer.json()['status']}"
            except httpx.HTTPError as failure:
                said = type(failure).__name__
            self._measured.readiness[phase][f"{service} {said}"] += 1
            if said != f"200 {expected}":
                self._measured.errors.append(f"readiness, {phase}: {service} said {said}, not 200 {expected}")


def _stop_for_a_moment(deployment: Deployment, readiness: _Readiness, signing: Signing, measured: Measured) -> None:
    """Stop a service that the others ask: they say so and go on, and a text already sent can be signed."""
    others = [service for service in SERVICES if service != STOPPED]
    deployment.stop(STOPPED)
    for _ in range(ASKED_WHILE_STOPPED):
        readiness.ask(f"{STOPPED} stopped", others, "degraded")
    for body in signing.parties:
        _measured(measured, "signing", lambda body=body: signing.sign(body))
    _measured(measured, "signing", signing.read_back)
    deployment.start(STOPPED)
    for _ in range(ASKED_WHILE_STOPPED):
        readiness.ask(f"{STOPPED} back", SERVICES, "ok")


def _percentile(taken: Sequence[float], percent: int) -> float:
    return sorted(taken)[(len(taken) - 1) * percent // 100]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description="Use the services for some minutes.")
    parser.add_argument("--minutes", type=float, default=3.0)
    asked = parser.parse_args(arguments)
    with interruptible(), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with Deployment(Site(folder=folder / "run", data=REFERENCE_DATA, keys=folder / "keys")) as deployment:
            deployment.open(progress=lambda words: print(words, flush=True))
            print(f"in use for {asked.minutes:g} minutes", flush=True)
            measured = soak(deployment, minutes=asked.minutes)
    print(measured)
    return 0 if measured.sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
