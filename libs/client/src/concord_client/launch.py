"""The three services as processes of this machine: bound first, prepared, started, watched, stopped by process id.

A port is bound before anything is started and passed on as a file descriptor, so a taken port is known at once and two
deployments cannot race for one. Each service gets its own database, its own key file, and the public keys.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from concord_client import tether
from concord_client.errors import ConcordError
from concord_client.keys import ISSUER, SERVICES, Keys, ensure_keys, ensure_webhook_key

LOOPBACK = "127.0.0.1"
READY_SECONDS = 30.0
PREPARE_SECONDS = 120.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 15
OWN_PORTS = range(20_000, 32_000)
"""Below the range from which systems choose ports for outgoing connections (Linux: 32768 and above)."""
PORTS_TRIED = 50

type Progress = Callable[[str], None]


class LaunchError(ConcordError):
    """A service could not be bound, prepared or started; the text says which and why."""


@dataclass(frozen=True)
class Site:
    """Where a deployment lives: folder for databases and logs, reference data, keys, and a port each (0: any)."""

    folder: Path
    data: Path
    keys: Path
    ports: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 0))
    databases: Mapping[str, str] = field(default_factory=dict)
    """Database address per service, where it shall not be the SQLite file in `folder`."""
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Further settings per service, without its prefix: {"allocation": {"SOLVE_SECONDS": "600"}}."""

    def database(self, service: str) -> str:
        return self.databases.get(service) or f"sqlite:///{(self.folder / service).absolute()}.sqlite3"

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"


class Deployment:
    """Registry, allocation and agreements, running. Use as a context manager: leaving it ends all three."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.addresses: dict[str, str] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._keys: Keys | None = None
        self._abandoned = False

    def __enter__(self) -> "Deployment":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, progress: Progress = lambda _: None) -> None:
        """Bind, make keys, migrate and load, start, and wait until all are ready. Raises LaunchError."""
        self.site.folder.mkdir(parents=True, exist_ok=True)
        for service in SERVICES:
            self._bind(service, self.site.ports.get(service, 0))
        self._keys = ensure_keys(self.site.keys)
        progress("preparing three databases with the reference data")
        self._prepare_all()
        progress("starting registry, allocation, agreements")
        for service in SERVICES:
            self._spawn(service)
        for service in SERVICES:
            self.wait_ready(service)

    def start(self, *services: str) -> None:
        """Start services that were stopped or killed, on the addresses and databases they had; wait until ready."""
        for service in services:
            self._bind(service, int(self.addresses[service].rsplit(":", 1)[1]))
            self._spawn(service)
        for service in services:
            self.wait_ready(service)

    def kill(self, *services: str) -> None:
        """End services as a power cut would: SIGKILL, nothing flushed."""
        ended = [self._processes.pop(service) for service in services]
        for process in ended:
            process.kill()
        for process in ended:
            process.wait()

    def stop(self, service: str) -> None:
        """End a service politely; killed if it does not end in time."""
        process = self._processes.pop(service)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End every service and let go of every port."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for service in list(self._processes):
            self.stop(service)
        for held in self._sockets.values():
            held.close()
        self._sockets.clear()

    @property
    def keys(self) -> Keys:
        """The development keys. Raises LaunchError before `open`."""
        if self._keys is None:
            raise LaunchError("no keys yet: open the deployment first")
        return self._keys

    def pid(self, service: str) -> int:
        return self._processes[service].pid

    def ended(self) -> str | None:
        """What to say about a service that ended by itself, if one did."""
        for service, process in self._processes.items():
            if process.poll() is not None:
                return f"{service} ended with code {process.returncode}\n{self._last_log_lines(service)}"
        return None

    def wait_ready(self, service: str, within_seconds: float = READY_SECONDS) -> None:
        """Return when the service answers that it is ready; raises LaunchError when it ends or the time is over."""
        until = time.monotonic() + within_seconds
        with httpx.Client(trust_env=False, timeout=1.0) as client:
            while time.monotonic() < until:
                if self._processes[service].poll() is not None:
                    break
                if _is_ready(client, self.addresses[service]):
                    return
                time.sleep(POLL_SECONDS)
        raise LaunchError(f"{service} did not become ready\n{self._last_log_lines(service)}")

    def environment(self, service: str) -> dict[str, str]:
        """What the service is told: its own settings only, under its own prefix."""
        own = {
            "DATABASE_URL": self.site.database(service),
            "ISSUER": ISSUER,
            "AUDIENCE": service,
            "JWKS": str(self.keys.jwks.absolute()),
            "SERVICE_KEY_FILE": str(self.keys.private(f"service:{service}").absolute()),
        }
        if service == "registry":
            own["WEBHOOK_KEYS"] = ensure_webhook_key(self.keys.folder)
        own |= {f"{other.upper()}_URL": self.addresses[other] for other in _asks(service)}
        own |= self.site.settings.get(service, {})
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIXES)}
        return inherited | {f"{service.upper()}_{name}": value for name, value in own.items()}

    def _bind(self, service: str, port: int) -> None:
        try:
            held = _listening(port) if port else _listening_anywhere()
        except OSError as failure:
            raise LaunchError(
                f"port {port} for {service} is taken ({failure.strerror}). Stop what uses it, "
                "or set CONCORD_PORT_BASE to another first port."
            ) from failure
        self._sockets[service] = held
        self.addresses[service] = f"http://{LOOPBACK}:{held.getsockname()[1]}"

    def _prepare_all(self) -> None:
        with ThreadPoolExecutor(len(SERVICES)) as threads:
            outcomes = [threads.submit(self._prepare, service) for service in SERVICES]
            try:
                for outcome in outcomes:
                    outcome.result()
            except BaseException:
                self._abandoned = True  # leaving the block waits for the steps under way; no further one begins
                raise

    def _prepare(self, service: str) -> None:
        for step in (["migrate"], ["load", str(self.site.data.absolute())]):
            if self._abandoned:
                return
            with self.site.log(service).open("ab") as log:
                code = subprocess.run(
                    tethered(*_program(service, *step)),
                    env=self.environment(service),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    timeout=PREPARE_SECONDS,
                ).returncode
            if code != 0:
                raise LaunchError(f"{service} {step[0]} failed (code {code})\n{self._last_log_lines(service)}")

    def _spawn(self, service: str) -> None:
        held = self._sockets.pop(service)
        with held, self.site.log(service).open("ab") as log:
            self._processes[service] = subprocess.Popen(
                tethered(*_program(service, "serve", "--fd", str(held.fileno()))),
                env=self.environment(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[held.fileno()],
                start_new_session=True,  # Ctrl-C reaches the starter only, which ends the services in order
            )

    def _last_log_lines(self, service: str) -> str:
        path = self.site.log(service)
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join([f"last lines of {path}:", *lines[-LOG_LINES_SHOWN:]])


_PREFIXES = tuple(f"{service.upper()}_" for service in SERVICES)


def _listening(port: int) -> socket.socket:
    """A socket that listens: from now on nobody else gets the port, and callers wait until the service takes over."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((LOOPBACK, port))
        held.listen(128)
    except OSError:
        held.close()
        raise
    return held


def _listening_anywhere() -> socket.socket:
    """On a port that outgoing connections are not given, so that a service started again finds it free."""
    for port in random.sample(OWN_PORTS, PORTS_TRIED):
        with suppress(OSError):
            return _listening(port)
    return _listening(0)


def tethered(*program: str) -> list[str]:
    """The command line of a program that ends when this process ends."""
    return [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *program]


def _program(service: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"concord_{service}", *arguments]


def _asks(service: str) -> tuple[str, ...]:
    return {"registry": (), "allocation": ("registry", "agreements"), "agreements": ("registry", "allocation")}[service]


def _is_ready(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(f"{address}/health/ready").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
