"""Prometheus's and Alertmanager's tools: those on the path, else unpacked from Debian's packages into the checkout."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def monitoring_tools() -> Path:
    """The folder with promtool, amtool and their servers; the test is skipped, saying why, where there are none."""
    here = shutil.which("promtool")
    if here and shutil.which("amtool"):
        return Path(here).parent
    done = subprocess.run(
        ["bash", ROOT / "deploy" / "install-monitoring.sh"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        pytest.skip(f"Prometheus's tools are not here and could not be fetched: {done.stderr.strip()[-300:]}")
    return ROOT / "var" / "monitoring" / "usr" / "bin"
