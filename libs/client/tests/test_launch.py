"""Starting the services: what can go wrong before they run is said plainly, and nothing is left behind."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from concord_client.launch import Deployment, LaunchError, Site
from concord_client.up import DataMissing, data_folder, example_calls


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


def test_a_taken_port_is_known_before_anything_starts(tmp_path: Path, taken_port: int):
    ports = {"registry": 0, "allocation": taken_port, "agreements": 0}
    site = Site(folder=tmp_path / "run", data=tmp_path, keys=tmp_path / "keys", ports=ports)
    with Deployment(site) as deployment, pytest.raises(LaunchError, match=f"port {taken_port} for allocation is taken"):
        deployment.open()
    assert list((tmp_path / "run").iterdir()) == [], "no database, no log"


def test_ports_are_free_again_when_a_start_failed(tmp_path: Path, taken_port: int):
    site = Site(
        folder=tmp_path / "run",
        data=tmp_path,
        keys=tmp_path / "keys",
        ports={"registry": 0, "allocation": taken_port, "agreements": 0},
    )
    with Deployment(site) as deployment:
        with pytest.raises(LaunchError):
            deployment.open()
        port = int(deployment.addresses["registry"].rsplit(":", 1)[1])
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_data_that_cannot_be_loaded_stops_the_start_and_shows_the_service_s_own_words(tmp_path: Path):
    site = Site(folder=tmp_path / "run", data=tmp_path / "nowhere", keys=tmp_path / "keys")
    with Deployment(site) as deployment, pytest.raises(LaunchError, match="load failed") as caught:
        deployment.open()
    assert "last lines of" in str(caught.value)


def test_a_service_is_told_its_own_settings_and_no_other_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REGISTRY_LOG_LEVEL", "DEBUG")
    patient = {"allocation": {"SOLVE_SECONDS": "600"}}
    site = Site(folder=tmp_path / "run", data=tmp_path / "nowhere", keys=tmp_path / "keys", settings=patient)
    with Deployment(site) as deployment, pytest.raises(LaunchError):
        deployment.open()
    assert deployment.environment("allocation")["ALLOCATION_SOLVE_SECONDS"] == "600"
    assert "SOLVE_SECONDS" not in " ".join(deployment.environment("registry"))
    told = {name for name in deployment.environment("allocation") if name.startswith(("REGISTRY_", "AGREEMENTS_"))}
    assert told == set()
    assert deployment.environment("allocation")["ALLOCATION_REGISTRY_URL"] == deployment.addresses["registry"]


def test_missing_reference_data_is_said_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))
    with pytest.raises(DataMissing, match="CONCORD_DATA"):
        data_folder()


def test_the_printed_calls_sign_in_by_file_and_never_show_a_token(tmp_path: Path):
    addresses = {
        name: f"http://127.0.0.1:{8101 + n}" for n, name in enumerate(("registry", "allocation", "agreements"))
    }
    text = "\n".join(example_calls(addresses, tmp_path / "token"))
    assert all(address in text for address in addresses.values())
    assert text.count(f"$(cat {tmp_path / 'token'})") == 3
