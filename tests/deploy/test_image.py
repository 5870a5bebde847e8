"""The Dockerfile's steps run into a fresh folder; out of it the stack of compose.yaml starts on a PostgreSQL that the
committed script prepared. What an engine would add (namespaces, limits) is not shown here.
"""

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from concord_client.launch import OWN_PORTS
from tests.deploy.compose_file import OURS, ROOT, Containers, containers, on_this_machine, secrets
from tests.deploy.conftest import Operator
from tests.deploy.image import Image, build, powerless
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.dear
INIT = ROOT / "deploy" / "postgres" / "init.sh"
ATTEMPTS = 200


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Built once, then made unwritable."""
    folder = Path(tempfile.mkdtemp(prefix="concord-image-"))
    try:
        made = build(folder)
        _set_writable(folder, "a-w")
        yield made
    finally:
        _set_writable(folder, "u+w")
        shutil.rmtree(folder)


def _set_writable(folder: Path, mode: str) -> None:
    subprocess.run(["chmod", "-R", mode, folder], check=True)


@pytest.fixture
def postgres(operator: Operator) -> Iterator[PostgresServer]:
    """A server of its own, for the script makes roles, prepared as the PostgreSQL image does on an empty volume."""
    server = PostgresServer.create()
    try:
        server.start()
        server.folder.chmod(0o755)  # whoever runs without capabilities must reach the socket
        programs = server.folder / "install" / "bin"
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": str(server.folder)}
        told = containers(operator.variables)["postgres"]["environment"]
        subprocess.run(["bash", INIT], env={**environment, **told}, check=True, stdout=subprocess.DEVNULL)
        yield server
    finally:
        server.stop()
        server.remove()


@pytest.mark.postgres
def test_each_service_has_a_database_that_the_others_cannot_open(postgres: PostgresServer) -> None:
    for service in OURS:
        for database in OURS:
            address = postgres.url.set(username=service, database=database).render_as_string(hide_password=False)
            if service == database:
                with psycopg.connect(address) as connection:
                    connection.execute("CREATE TABLE mine (id int)")
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(address)
    with psycopg.connect(postgres.url.render_as_string(hide_password=False)) as connection:
        kept = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = ANY(%s)", [list(OURS)]).fetchall()
    assert len({word for (word,) in kept}) == 3
    assert all(word.startswith("SCRAM-SHA-256") for (word,) in kept)


def test_the_image_runs_as_nobody_in_particular(image: Image) -> None:
    user, _, group = image.user.partition(":")
    assert int(user) >= 10_000, "no user of the host's"
    assert int(group) >= 10_000


class Stack:
    """The services of compose.yaml as processes out of the image: its commands, environments and health checks, with
    this machine's addresses in the place of the names an engine would give.
    """

    def __init__(self, image: Image, filled: Containers, given: dict[str, str], postgres: PostgresServer) -> None:
        self._image, self._filled, self._given, self._postgres = image, filled, given, postgres
        self._ports = dict(zip(("8101", "8102", "8103"), _free_ports(3), strict=True))
        self._empty = image.prefix / "bin"

    def run(self, name: str, arguments: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """A container that ends: its command, or other arguments."""
        return subprocess.run(
            self._command(name, arguments), env=self._environment(name), cwd=self._empty, capture_output=True, text=True
        )

    def start(self, name: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as written:
            return subprocess.Popen(
                self._command(name), env=self._environment(name), cwd=self._empty, stdout=written, stderr=written
            )

    def healthy(self, name: str) -> bool:
        """What the container's own health check says."""
        kind, program, *arguments = self._filled[name]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        check = [str(self._image.prefix / "bin" / program), *map(self._here, arguments)]
        return subprocess.run(check, env=self._environment(name), stderr=subprocess.DEVNULL).returncode == 0

    def _command(self, name: str, arguments: list[str] | None = None) -> list[str]:
        wanted = arguments or [self._here(word) for word in self._filled[name]["command"]]
        return [*powerless(), *self._image.command(wanted)]

    def _environment(self, name: str) -> dict[str, str]:
        container, files = self._filled[name], secrets(self._given)
        told = {
            key: self._here(on_this_machine(value, container, files)) for key, value in container["environment"].items()
        }
        return {**self._image.environment, **told}

    def _here(self, text: str) -> str:
        if text.startswith("postgresql://"):
            socket_folder = {"host": str(self._postgres.folder)}
            url = make_url(text)
            assert (url.host, url.port) == ("postgres", 5432)
            return url.set(host=None, port=None, query=socket_folder).render_as_string(hide_password=False)
        for host in OURS:
            text = text.replace(f"http://{host}:", "http://127.0.0.1:")
        for published, port in self._ports.items():
            text = port if text == published else text.replace(f"127.0.0.1:{published}", f"127.0.0.1:{port}")
        return text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - to replace it


def _free_ports(count: int) -> list[str]:
    found: list[str] = []
    with ExitStack() as held:
        for port in random.sample(OWN_PORTS, len(OWN_PORTS)):
            if len(found) == count:
                break
            try:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            found.append(str(port))
    return found


@pytest.mark.postgres
def test_the_stack_starts_out_of_the_image_in_the_order_of_compose(
    image: Image, postgres: PostgresServer, operator: Operator, tmp_path: Path
) -> None:
    """Without capabilities, in a folder it cannot write to, told only what compose and the image say."""
    filled = containers(operator.variables)
    stack = Stack(image, filled, operator.variables, postgres)
    with ExitStack() as running:
        started = {"postgres"}
        while waiting := [name for name in _ours(filled) if name not in started]:
            name = next(name for name in waiting if started.issuperset(filled[name]["depends_on"]))
            if filled[name]["restart"] == "no":
                done = stack.run(name)
                assert done.returncode == 0, done.stderr
            else:
                log = tmp_path / f"{name}.log"
                process = stack.start(name, log)
                running.callback(process.wait)
                running.callback(process.terminate)
                # Each attempt runs the health check's own process; there is nothing to wait for but its answer.
                attempts = 0
                while not stack.healthy(name):
                    attempts += 1
                    assert process.poll() is None, log.read_text()
                    assert attempts < ATTEMPTS, log.read_text()
            started.add(name)
        loaded = stack.run("registry", ["concord_registry", "load", str(image.prefix / "reference")])
        assert loaded.returncode == 0, loaded.stderr
        verified = stack.run("registry", ["concord_registry", "verify"])
        assert verified.stdout == "the journal is whole\n"
    for name in OURS:
        assert "Traceback" not in (tmp_path / f"{name}.log").read_text()


def _ours(filled: Containers) -> list[str]:
    return [name for name, container in filled.items() if container["image"].startswith("concord:")]
