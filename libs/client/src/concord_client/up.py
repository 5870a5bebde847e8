"""`concord up`: the three services with the reference data, until stopped, and how to call each of them."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from rich.console import Console

from concord_client.errors import ConcordError
from concord_client.launch import Deployment, Site
from concord_client.show.page import say
from concord_client.tokens import Person, mint

DEFAULT_PORT_BASE = 8101
WATCH_SECONDS = 0.5
STOPPED, FAILED = 0, 5
TRAFFORD = Person("demo", {"ods:02A": ["commissioner", "analyst"]})
"""Who the printed example calls sign in as: a commissioner of NHS Trafford CCG."""


class DataMissing(ConcordError):
    """The reference data is not where it was looked for."""


def data_folder() -> Path:
    """CONCORD_DATA, or the reference data of the checkout. Raises DataMissing, in words."""
    folder = Path(os.environ.get("CONCORD_DATA", "data/england_2013_14"))
    if not (folder / "registry").is_dir():
        raise DataMissing(
            f"no reference data in {folder.absolute()}: start in the checkout, or set CONCORD_DATA to its folder"
        )
    return folder


def run_until_stopped(console: Console, ports: Mapping[str, int], var: Path, data: Path) -> int:
    """Start, print how to call each service, wait for Ctrl-C or SIGTERM, stop. Returns the exit code."""
    site = Site(folder=var / "up" / str(min(ports.values())), data=data, keys=var / "keys", ports=ports)
    try:
        with interruptible(), Deployment(site) as deployment:
            deployment.open(lambda words: say(console, words, "dim"))
            show_how_to_call(console, deployment)
            return watch(console, deployment.ended)
    except KeyboardInterrupt:
        say(console, "stopped", "dim")
        return STOPPED


@contextmanager
def interruptible() -> Iterator[None]:
    """While inside, SIGTERM interrupts as Ctrl-C does. The first signal counts; stopping is not interrupted again."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def asked(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, asked) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(console: Console, *ended: Callable[[], str | None]) -> int:
    """Wait until one of `ended` says that something ended by itself; say so. Returns the exit code."""
    while not (faults := [fault for each in ended if (fault := each())]):
        time.sleep(WATCH_SECONDS)
    say(console, faults[0], "bold red")
    return FAILED


def show_how_to_call(console: Console, deployment: Deployment) -> None:
    """Addresses, logs, and for each service one example call, signed in, that can be pasted as it is."""
    file = write_token(deployment)
    for line in example_calls(deployment.addresses, file):
        # Not wrapped: a broken line could not be pasted.
        console.print(line, markup=False, soft_wrap=True)
    say(console, f"Databases and logs: {deployment.site.folder}. Stop with Ctrl-C.", "dim")


def write_token(deployment: Deployment) -> Path:
    """A token for the examples, in a file of its own that only the owner can read; good for 15 minutes."""
    file = deployment.site.folder.absolute() / "token"
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as written:
        written.write(mint(deployment.keys, TRAFFORD))
    return file


def example_calls(addresses: Mapping[str, str], token_file: Path) -> list[str]:
    signed = f'curl -s -H "Authorization: Bearer $(cat {token_file})" -H "X-Acting-For: ods:02A"'
    first = urlsplit(addresses["registry"]).port
    base = "" if first == DEFAULT_PORT_BASE else f"CONCORD_PORT_BASE={first} "
    question = (
        '{"title": "Lung cancer, Greater Manchester", "pathways": ["lung"], "places": ["greater-manchester"], '
        '"years": ["2014-15"], "as_of": "2014-01-15"}'
    )
    return [
        "",
        f"registry    {addresses['registry']}  who commissions what (documentation under /docs)",
        f'  {signed} "{addresses["registry"]}/v1/coverage?pathway=lung&place=greater-manchester&as_of=2014-01-15"',
        f"allocation  {addresses['allocation']}  how the money might be split",
        f'  {signed} -H "Content-Type: application/json" -H "Idempotency-Key: $(date +%s%N)" '
        f"-d '{question}' {addresses['allocation']}/v1/scenarios",
        f"agreements  {addresses['agreements']}  what was agreed",
        f'  {signed} "{addresses["agreements"]}/v1/agreements?as_of=2014-04-01"',
        "",
        "the command line, signed in as the same person (the token above ends after 15 minutes; this renews itself):",
        f'  {base}CONCORD_SIGN_IN="demo ods:02A=commissioner,analyst" {_own_command()} agreement list',
        "",
    ]


def _own_command() -> str:
    """How this command was called, as short as it can be pasted from here."""
    called = Path(sys.argv[0])
    if called.name != "concord":
        return "concord"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)
