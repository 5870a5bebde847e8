"""Backup and restore as docs/operations.md says, with PostgreSQL's own programs."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from concord_client.errors import ConcordProblem
from concord_client.launch import Site
from concord_client.show.page import make_console
from demo import agreeing, loop, mapping, money
from demo.case import DEFAULT_AREA, DEFAULT_PATHWAY, read_case
from demo.people import People
from demo.walk import Walk
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases
from tests.support.postgres import PostgresDatabases, PostgresServer

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
SEND_ALL = "UPDATE outbox SET sent_sequence = 0"
pytestmark = [pytest.mark.postgres, pytest.mark.dear]


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of its own: its programs are used, and databases dropped by name."""
    server = PostgresServer.create()
    try:
        server.start()
        server.folder.chmod(0o755)
        yield server
    finally:
        server.stop()
        server.remove()


def run(postgres: PostgresServer, program: str, *arguments: str) -> None:
    command = [str(postgres.folder / "install" / "bin" / program), "-h", str(postgres.folder), "-U", "postgres"]
    subprocess.run([*command, *arguments], check=True, env={"PATH": os.environ["PATH"]}, capture_output=True)


def test_a_restored_registry_is_whole_and_catches_up(postgres: PostgresServer, tmp_path: Path) -> None:
    databases = loaded_databases(PostgresDatabases(postgres.url).fresh)
    name = str(make_url(databases["registry"]).database)
    with QuickDeployment(Site(tmp_path / "run", REFERENCE_DATA, tmp_path / "keys", databases=databases)) as deployment:
        deployment.open()
        run(postgres, "pg_dump", "-Fc", "-f", str(tmp_path / "registry.dump"), name)
        with People(deployment.addresses, deployment.site.keys) as people:
            walk = _signed(people, tmp_path)
            mapping.arrival(walk, walk.lead)

            deployment.stop("registry")
            run(postgres, "dropdb", name)
            run(postgres, "createdb", "-T", "template0", name)
            run(postgres, "pg_restore", "-d", name, "--exit-on-error", str(tmp_path / "registry.dump"))
            verify = [sys.executable, "-m", "concord_registry", "verify"]
            verified = subprocess.run(verify, env=deployment.environment("registry"), capture_output=True, text=True)
            assert verified.stdout == "the journal is whole\n", verified.stderr
            deployment.start("registry")
            with pytest.raises(ConcordProblem, match="404"):
                people.at(walk.case.lead, "commissioner").registry.activation(walk.lead.id)

            assert SEND_ALL in PAGE.read_text(encoding="utf-8")
            deployment.stop("agreements")
            with psycopg.connect(databases["agreements"]) as connection:
                connection.execute(SEND_ALL)
            deployment.start("agreements")
            mapping.arrival(walk, walk.lead)


def _signed(people: People, folder: Path) -> Walk:
    """A walk whose lead agreement is signed by all."""
    registry = people.at(loop.ASKS, "commissioner").registry
    case = read_case(registry, DEFAULT_AREA, DEFAULT_PATHWAY)
    walk = Walk(people, make_console(io.StringIO()), folder, case)
    for step in (mapping.read_the_map, money.ask_the_baseline, money.ask_the_pool, agreeing.draft_the_lead):
        step(walk)
    agreeing.approve_by_all(walk, walk.lead)
    agreeing.send(walk, walk.lead, walk.case.lead)
    agreeing.sign_by_all(walk, walk.lead)
    return walk
