"""`python -m deploy.watch`: the services of `concord up` with Prometheus and Alertmanager beside them, until stopped.

Both read the committed configuration and rules; only addresses are this machine's. The programs are those on the path,
or the ones that deploy/install-monitoring.sh unpacks into var/monitoring.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import typer
import yaml

from concord_client.cli.session import ExitCode, ports, reported, var_folder
from concord_client.errors import ConcordError
from concord_client.launch import POLL_SECONDS, READY_SECONDS, STOP_SECONDS, Deployment, Site, tethered
from concord_client.show.page import make_console, say
from concord_client.up import STOPPED, data_folder, interruptible, show_how_to_call, watch

HERE = Path(__file__).parent
ROOT = HERE.parent
UNPACKED = ROOT / "var" / "monitoring"
LOOPBACK = "127.0.0.1"
PROMETHEUS_OFFSET, ALERTMANAGER_OFFSET = 9, 10
"""Their ports, from the first of the services' on."""


class NoMonitoring(ConcordError):
    """Prometheus or Alertmanager is not here, cannot be fetched, or did not start; the text says why."""


def programs() -> tuple[Path, Path]:
    """Prometheus and Alertmanager, fetched where they are not here. Raises NoMonitoring."""
    for prometheus, alertmanager in (shutil.which("prometheus"), shutil.which("alertmanager")), _debian():
        if prometheus and alertmanager:
            return Path(prometheus), Path(alertmanager)
    done = subprocess.run(["bash", HERE / "install-monitoring.sh", UNPACKED], capture_output=True, text=True)
    if done.returncode:
        raise NoMonitoring(f"Prometheus and Alertmanager are not here and could not be fetched: {done.stderr.strip()}")
    return UNPACKED / "usr" / "bin" / "prometheus", UNPACKED / "usr" / "bin" / "prometheus-alertmanager"


def _debian() -> tuple[str | None, str | None]:
    """As Debian names them where it installed them."""
    return shutil.which("prometheus"), shutil.which("prometheus-alertmanager")


def committed(file: str) -> dict[str, Any]:
    """A configuration of deploy/, as it is."""
    read: dict[str, Any] = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return read


def on_this_machine(addresses: Mapping[str, str], alertmanager: str) -> dict[str, Any]:
    """The committed scrape configuration with the addresses of this machine, and its rules by their full path."""
    config = deepcopy(committed("prometheus/prometheus.yml"))
    for group in config["scrape_configs"][0]["static_configs"]:
        group["targets"] = [addresses[group["labels"]["service"]].removeprefix("http://")]
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [alertmanager.removeprefix("http://")]
    config["rule_files"] = [str(HERE / "prometheus" / pattern) for pattern in config["rule_files"]]
    return config


class Watch:
    """Prometheus and Alertmanager, running in `folder`. Use as a context manager: leaving it ends both.

    `scrape` and `routes` are the two configurations; the first names where Alertmanager will be, `alertmanager`.
    """

    def __init__(self, folder: Path, *, prometheus: str, alertmanager: str) -> None:
        self.folder, self.prometheus, self.alertmanager = folder, prometheus, alertmanager
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def open(self, scrape: Mapping[str, Any], routes: Mapping[str, Any]) -> None:
        """Write the configurations, start both, wait until both are ready. Raises NoMonitoring."""
        self.folder.mkdir(parents=True, exist_ok=True)
        prometheus, alertmanager = programs()
        files = {"prometheus": self._write("prometheus.yml", scrape), "alertmanager": self._write("routes.yml", routes)}
        self._start(
            "alertmanager",
            alertmanager,
            f"--config.file={files['alertmanager']}",
            f"--storage.path={self.folder.absolute() / 'alertmanager'}",
            f"--web.listen-address={self.alertmanager.removeprefix('http://')}",
            "--cluster.listen-address=",
        )
        self._start(
            "prometheus",
            prometheus,
            f"--config.file={files['prometheus']}",
            f"--storage.tsdb.path={self.folder.absolute() / 'prometheus'}",
            f"--web.listen-address={self.prometheus.removeprefix('http://')}",
        )
        for name, address in (("alertmanager", self.alertmanager), ("prometheus", self.prometheus)):
            self._wait_ready(name, address)

    def ended(self) -> str | None:
        """What to say about a program that ended by itself, if one did."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                return f"{name} ended with code {process.returncode}; its log: {self.folder / name}.log"
        return None

    def _write(self, name: str, config: Mapping[str, Any]) -> Path:
        file = self.folder.absolute() / name
        file.write_text(yaml.safe_dump(dict(config), sort_keys=False), encoding="utf-8")
        return file

    def _start(self, name: str, *command: str | Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                tethered(*map(str, command)),
                cwd=UNPACKED if UNPACKED.exists() else None,  # where an unpacked Alertmanager looks for its templates
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_ready(self, name: str, address: str) -> None:
        until = time.monotonic() + READY_SECONDS
        with httpx.Client(trust_env=False, timeout=1.0) as client:
            while time.monotonic() < until and self._processes[name].poll() is None:
                try:
                    if client.get(f"{address}/-/ready").status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pass
                time.sleep(POLL_SECONDS)
        log = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()
        raise NoMonitoring("\n".join([f"{name} did not become ready", *log[-5:]]))


def free_addresses() -> dict[str, str]:
    """An address each for Prometheus and Alertmanager, of ports that were free just now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server((LOOPBACK, 0))) for _ in range(2)]
        found = [f"http://{LOOPBACK}:{each.getsockname()[1]}" for each in sockets]
    return dict(zip(("prometheus", "alertmanager"), found, strict=True))


def run_until_stopped() -> int:
    """Start everything, say where it is, wait for Ctrl-C or SIGTERM, stop. Returns the exit code."""
    console, chosen = make_console(), ports()
    first = min(chosen.values())
    site = Site(folder=var_folder() / "up" / str(first), data=data_folder(), keys=var_folder() / "keys", ports=chosen)
    beside = Watch(
        site.folder / "watch",
        prometheus=f"http://{LOOPBACK}:{first + PROMETHEUS_OFFSET}",
        alertmanager=f"http://{LOOPBACK}:{first + ALERTMANAGER_OFFSET}",
    )
    try:
        with interruptible(), Deployment(site) as deployment, beside:
            say(console, "looking for Prometheus and Alertmanager", "dim")
            programs()
            deployment.open(lambda words: say(console, words, "dim"))
            beside.open(
                on_this_machine(deployment.addresses, beside.alertmanager), committed("alertmanager/alertmanager.yml")
            )
            show_how_to_call(console, deployment)
            console.print(f"Prometheus    {beside.prometheus}\nAlertmanager  {beside.alertmanager}\n", markup=False)
            return watch(console, deployment.ended, beside.ended)
    except KeyboardInterrupt:
        say(console, "stopped", "dim")
        return STOPPED


def main() -> None:
    """Run the three services, Prometheus and Alertmanager until stopped. CONCORD_PORT_BASE moves the ports."""
    with reported():
        raise typer.Exit(ExitCode(run_until_stopped()))


if __name__ == "__main__":
    typer.run(main)
