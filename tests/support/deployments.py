"""Deployments for tests that are about something else than loading and starting, which take most of their time.

The databases are copies of ones that the services' own `migrate` and `load` made, once in a run. The processes are
forked from one that has imported the services. All else is as `concord up` has it: each service is a process with a
socket, a log and a database of its own, which can be killed and started again.
"""

import importlib
import multiprocessing
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket
from typing import Any, cast

import httpx

from concord_client import tether
from concord_client.keys import SERVICES, ensure_keys
from concord_client.launch import POLL_SECONDS, READY_SECONDS, Deployment, LaunchError, Progress, Site
from concord_kit.command_line import main

REFERENCE_DATA = Path(__file__).parents[2] / "data" / "england_2013_14"

DERIVED = {
    "registry": "registry_findings_computed_timestamp_seconds",
    "agreements": "agreements_computed_timestamp_seconds",
}
"""Service -> the moment of the figures that it derives of its whole record as soon as it starts; 0: not yet."""

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [f"concord_{service}.{module}" for service in SERVICES for module in ("__main__", "main")]
)


def loaded_databases(fresh: Callable[..., str]) -> dict[str, str]:
    """A database of each service with the reference data, by a factory of databases that knows templates."""
    return {service: fresh(f"{service}-with-reference-data", _load(service)) for service in SERVICES}


def _load(service: str) -> Callable[[str], None]:
    def prepare(url: str) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            site = Site(folder / "run", REFERENCE_DATA, folder / "keys", databases={service: url})
            with QuickDeployment(site) as deployment:
                deployment.fill(service)

    return prepare


class QuickDeployment(Deployment):
    """On databases that are filled already."""

    def fill(self, service: str) -> None:
        """Migrate and load a service's database by its own commands."""
        self.site.folder.mkdir(parents=True)
        for each in SERVICES:
            self._bind(each, 0)
        self._keys = ensure_keys(self.site.keys)
        self._prepare(service)

    def open(self, progress: Progress = lambda _: None) -> None:
        super().open(progress)
        self.settle(*SERVICES)

    def settle(self, *services: str) -> None:
        """Return when the services have derived their figures.

        A service that takes seconds to start has done so when its callers come; one that is forked has not, and on a
        busy machine they would lose patience.
        """
        until = time.monotonic() + READY_SECONDS
        for service in DERIVED.keys() & set(services):
            with httpx.Client(base_url=self.addresses[service], trust_env=False, timeout=READY_SECONDS) as client:
                while f"\n{DERIVED[service]} 0.0\n" in client.get("/metrics").text:
                    if time.monotonic() > until:
                        raise LaunchError(f"{service} derived no figures")
                    time.sleep(POLL_SECONDS)

    def _prepare_all(self) -> None:
        """Nothing is left to do."""

    def _spawn(self, service: str) -> None:
        with self._sockets.pop(service) as held:
            asked = (service, held, self.site.log(service), self.environment(service))
            process = _FORKING.Process(target=_serve, args=asked)  # no daemon: those may have no children
            process.start()
        self._processes[service] = cast(subprocess.Popen[bytes], _Forked(process))


class _Forked:
    """A forked process as one of `subprocess`: what a deployment uses of that."""

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self.returncode

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _serve(service: str, listening: socket, log: Path, environment: Mapping[str, str]) -> None:
    """What the forked process does: `python -m concord_<service> serve --fd ...`."""
    tether.end_with(os.getppid())
    os.setsid()
    with log.open("ab") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    program = importlib.import_module(f"concord_{service}.__main__")
    main(program.SERVICE, ["serve", "--fd", str(listening.detach())])
