"""A few requests of each kind: that the soak measures, and finds nothing. `make soak` has the minutes."""

from pathlib import Path

import pytest

from concord_client.launch import Deployment, Site
from tests.load.soak import REFERENCE_DATA, Measured, soak

OF_EACH = 2
"""In each of three parts; with those after the stop, one agreement comes all the way from draft to signature."""


@pytest.mark.long
def test_a_very_short_soak_finds_nothing(tmp_path: Path) -> None:
    with Deployment(Site(folder=tmp_path / "run", data=REFERENCE_DATA, keys=tmp_path / "keys")) as deployment:
        deployment.open()
        measured = soak(deployment, minutes=5, most=OF_EACH)
    assert not measured.errors, measured
    assert min(len(taken) for taken in measured.seconds.values()) >= 3 * OF_EACH
    assert "agreements 200 degraded" in measured.readiness["registry stopped"]
    assert {len(read) for read in measured.memory_mb.values()} == {3}


def test_errors_untrue_readiness_and_growth_are_unsound() -> None:
    used = {"look-up": [0.1]}
    flat = {"registry": [100.0, 101.0, 102.0]}
    assert Measured(seconds=used, memory_mb=flat).sound
    assert not Measured(seconds=used, memory_mb=flat, errors=["signing: refused"]).sound
    assert not Measured(seconds={"look-up": []}, memory_mb=flat).sound
    leaking = Measured(seconds=used, memory_mb={"agreements": [100.0, 120.0, 140.0]})
    assert not leaking.sound
    assert "agreements grew by 40.0 MB" in str(leaking)
