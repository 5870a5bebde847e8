"""Starting a service: what is wrong with its environment is said at once; commands do what they say."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from concord_kit.paging import encode_cursor
from concord_kit.settings import load_settings
from tests.support.notes.service import NotesSettings
from tests.support.signing import Signing

GOOD = {"NOTES_ISSUER": "https://issuer.test", "NOTES_AUDIENCE": "notes", "NOTES_JWKS": "keys.json"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith("NOTES_"):
            monkeypatch.delenv(name)
    return monkeypatch


def test_every_wrong_or_missing_variable_is_named_at_once(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "NOTES_DATABASE_URL": "mysql://root:hunter2@localhost/x",
        "NOTES_AUDIENCE": "",
        "NOTES_PATIENCE_SECONDS": "-1",
        "NOTES_LOG_LEVEL": "loud",
        "NOTES_PUBLIC_READS": "perhaps",
        "NOTES_SERVICE_KEY_FILE": "/nowhere/key.pem",
    }
    for name, value in wrong.items():
        environment.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        load_settings(NotesSettings)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    for name in (*wrong, "NOTES_ISSUER", "NOTES_JWKS"):
        assert f"{name}: " in said
    assert "NOTES_ISSUER: is missing" in said
    assert "hunter2" not in said


def test_a_password_is_not_shown(environment: pytest.MonkeyPatch) -> None:
    for name, value in {**GOOD, "NOTES_DATABASE_URL": "postgresql://u:hunter2@h/x"}.items():
        environment.setenv(name, value)
    assert "hunter2" not in repr(load_settings(NotesSettings))


def test_settings_without_defaults_are_those_nobody_can_guess() -> None:
    required = {name for name, field in NotesSettings.model_fields.items() if field.is_required()}
    assert required == {"database_url", "issuer", "audience", "jwks"}


@pytest.fixture
def command(tmp_path: Path, signing: Signing) -> list[str]:
    """The environment of a notes service, as `env` takes it."""
    settings = {**GOOD, "NOTES_DATABASE_URL": f"sqlite:///{tmp_path}/notes.db", "NOTES_JWKS": str(signing.jwks_file)}
    return [
        "env",
        *(f"{name}={value}" for name, value in settings.items()),
        sys.executable,
        "-m",
        "tests.support.notes",
    ]


def run(command: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def test_commands_from_an_empty_folder_to_a_whole_journal(command: list[str]) -> None:
    unready = run(command, "serve")
    assert (unready.returncode, unready.stdout) == (1, "")
    assert "run `python -m" in unready.stderr
    assert "Traceback" not in unready.stderr
    assert run(command, "migrate").stdout == "migrated: 0001\n"
    assert run(command, "greet", "Trafford").stdout == "hello Trafford\n"
    assert run(command, "greet", "--warmly", "Trafford").stdout == "hello --warmly Trafford\n"
    assert run(command, "verify").stdout == "the journal is whole\n"
    assert run(command, "verify", "--warmly").returncode == 2


def test_it_serves_a_socket_it_is_given_logs_json_and_ends_well_on_sigterm(command: list[str]) -> None:
    run(command, "migrate")
    cursor = encode_cursor("secret")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = subprocess.Popen(
            [*command, "serve", "--fd", str(listening.fileno())],
            pass_fds=[listening.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1/notes?cursor={cursor}"
            answer = httpx.get(address, headers={"X-Request-ID": "r-7"}, timeout=20)
            second = run(command, "serve", "--port", "0")
        finally:
            served.send_signal(signal.SIGTERM)
            _, said = served.communicate(timeout=20)
    assert answer.status_code == 200
    assert second.returncode == 1
    assert "in use by another process" in second.stderr
    assert served.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    access = next(line for line in lines if line["logger"] == "concord.access")
    assert (access["service"], access["request_id"], access["route"]) == ("notes", "r-7", "/v1/notes")
    assert (access["method"], access["status"]) == ("GET", 200)
    assert access["duration_ms"] > 0
    assert cursor not in said, "addresses are logged without their query"


def test_a_port_in_use_is_said_in_words(command: list[str]) -> None:
    run(command, "migrate")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run(command, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert refused.stderr.startswith("concord_notes: cannot listen on 127.0.0.1 port")
    assert "Traceback" not in refused.stderr
