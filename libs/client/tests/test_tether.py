"""A service started by a process that is killed must not outlive it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from concord_client import tether

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to its parent")

SLEEPER = "import time; time.sleep(120)"
STARTER = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, {tether.__file__!r}, str(os.getpid()), sys.executable, "-c", {SLEEPER!r}],
                         start_new_session=True)
while b"tether" in open(f"/proc/{{child.pid}}/cmdline", "rb").read():
    time.sleep(0.01)
print(child.pid, flush=True)
time.sleep(120)
"""


def test_a_tethered_program_ends_when_its_starter_is_killed():
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        child = int(starter.stdout.readline())
        os.kill(child, 0)
        starter.send_signal(signal.SIGKILL)
    assert _gone_within(child, seconds=10)


def test_a_program_whose_starter_is_already_gone_does_not_start():
    done = subprocess.run(
        [sys.executable, tether.__file__, "1", sys.executable, "-c", "print('ran')"], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "has ended" in done.stderr
    assert done.stdout == ""


def _gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False
