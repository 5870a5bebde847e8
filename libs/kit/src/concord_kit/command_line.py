"""`python -m concord_<service>`: migrate, serve, and what the service adds (load).

from concord_kit.command_line import Service, main
main(Service("registry", RegistrySettings, open_database, "concord_registry.main:build_app", commands={"load": load}))
"""

import argparse
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.importer import import_from_string

from concord_kit import migrations, outbox
from concord_kit.collecting import collect_seldom
from concord_kit.database import Database
from concord_kit.engines import AlreadyInUse, UnsupportedDatabase
from concord_kit.journal import verify_chain
from concord_kit.logs import log_as_json
from concord_kit.settings import ServiceSettings, load_settings

Command = Callable[[Any, Database, Sequence[str]], int]
"""Settings, an open database at head, further arguments -> exit code."""


class CannotStart(RuntimeError):
    """What the service was told, or holds, keeps it from serving; the words say what to do."""


class CannotListen(CannotStart):
    """The address is taken, or not ours."""


@dataclass(frozen=True)
class Service:
    """How to build one service. `name` is without `concord_`.

    `app` is an address, `module:function`, as uvicorn takes it: the function makes the application of settings and a
    database. Only `serve` imports it; to import every route takes longer than to migrate.
    """

    name: str
    settings: type[ServiceSettings]
    database: Callable[[Any], Database]
    app: str
    commands: Mapping[str, Command] = field(default_factory=dict)


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    """Do what the arguments ask and exit: 0 done, 1 refused, 2 wrong settings or arguments."""
    asked = _parse(service, sys.argv[1:] if arguments is None else arguments)
    settings = load_settings(service.settings)
    log_as_json(service.name, settings.log_level)
    try:
        database = service.database(settings)
        raise SystemExit(_run(service, asked, settings, database))
    except (AlreadyInUse, UnsupportedDatabase, migrations.NotAtHead, CannotStart) as error:
        print(f"concord_{service.name}: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _run(service: Service, asked: argparse.Namespace, settings: Any, database: Database) -> int:
    if asked.command == "migrate":
        applied = migrations.upgrade(database)
        print(f"migrated: {', '.join(applied)}" if applied else "already at head")
        return 0
    with database:
        migrations.require_head(database)
        match asked.command:
            case "serve":
                build: Callable[[Any, Database], FastAPI] = import_from_string(service.app)
                serve(build(settings, database), asked, settings)
                return 0
            case "verify":
                return _verify(database)
            case "unpark":
                print(f"{outbox.unpark(database, asked.key)} to be tried again")
                return 0
            case other:
                return service.commands[other](settings, database, asked.arguments)


class TellingServer(uvicorn.Server):
    """Before it waits for answers under way, it tells those without an end to end (`app.state.on_stop`)."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for tell in getattr(self._app.state, "on_stop", ()):
            tell()
        await super().shutdown(sockets)


def serve(app: FastAPI, asked: argparse.Namespace, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT, then let requests end."""
    listening = socket.socket(fileno=asked.fd) if asked.fd is not None else _bind(asked.host, asked.port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
    )
    collect_seldom()
    # The server raises the signal again when it has ended; a stop that was asked for is a success.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: None)
    TellingServer(config, app).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host} port {port}: {error.strerror}") from error


def _verify(database: Database) -> int:
    faults = database.read_now(lambda tx: verify_chain(tx.connection, tx.tables))
    print("\n".join(faults) or "the journal is whole")
    return 1 if faults else 0


def _parse(service: Service, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m concord_{service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to this version's schema")
    serving = commands.add_parser("serve", help="answer requests until stopped")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--fd", type=int, help="a bound, listening socket instead of host and port")
    commands.add_parser("verify", help="check the hash chain of the journal")
    unparking = commands.add_parser("unpark", help="try messages again that the receiver refused")
    unparking.add_argument("key", nargs="?", help="one aggregate; without it, all")
    for name in service.commands:
        commands.add_parser(name).add_argument("arguments", nargs="*")
    asked, options = parser.parse_known_args(arguments)
    if options and asked.command not in service.commands:
        parser.error(f"unrecognized arguments: {' '.join(options)}")
    if asked.command in service.commands:
        asked.arguments = [*options, *asked.arguments]  # a command of the service knows its own options
    return asked
