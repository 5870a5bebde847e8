"""`make watch`: the services, Prometheus and Alertmanager run until they are told to stop, and all end then."""

import os
import random
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from concord_client.launch import OWN_PORTS
from deploy.watch import ALERTMANAGER_OFFSET, PROMETHEUS_OFFSET
from tests.watch.prometheus import wait_until

pytestmark = pytest.mark.dear

ROOT = Path(__file__).parents[2]
SERVED = (0, 1, 2, PROMETHEUS_OFFSET, ALERTMANAGER_OFFSET)


def free_base() -> int:
    """A first port from which on all that are wanted are free."""
    for base in random.sample(OWN_PORTS, 200):
        with suppress(OSError), ExitStack() as held:
            for offset in SERVED:
                held.enter_context(socket.create_server(("127.0.0.1", base + offset)))
            return base
    raise AssertionError("no free ports")


def test_everything_is_scraped_until_it_is_stopped(tmp_path: Path, monitoring_tools: Path) -> None:
    base = free_base()
    environment = {**os.environ, "CONCORD_PORT_BASE": str(base), "CONCORD_VAR": str(tmp_path / "var")}
    prometheus, alertmanager = (f"http://127.0.0.1:{base + offset}" for offset in SERVED[3:])
    with (tmp_path / "out").open("w") as out, httpx.Client(trust_env=False) as http:
        watch = subprocess.Popen(
            [sys.executable, "-m", "deploy.watch"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:

            def scraped() -> bool:
                assert watch.poll() is None, (tmp_path / "out").read_text()
                with suppress(httpx.TransportError):
                    answer = http.get(f"{prometheus}/api/v1/query", params={"query": "sum(up) == 3"})
                    return answer.is_success and bool(answer.json()["data"]["result"])
                return False

            wait_until(scraped)
            known = http.get(f"{prometheus}/api/v1/alertmanagers").json()["data"]["activeAlertmanagers"]
            assert [one["url"] for one in known] == [f"{alertmanager}/api/v2/alerts"]
            assert http.get(f"{alertmanager}/-/ready").status_code == httpx.codes.OK
        finally:
            watch.send_signal(signal.SIGINT)
            code = watch.wait(60)
    said = (tmp_path / "out").read_text()
    assert code == 0, said
    assert prometheus in said
    for offset in SERVED:
        socket.create_server(("127.0.0.1", base + offset)).close()
