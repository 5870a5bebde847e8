"""Running an application as it runs in earnest: by uvicorn, on a real socket."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from concord_kit.command_line import TellingServer


class _Announcing(TellingServer):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config, app)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()


@contextmanager
def served(app: FastAPI, **config: Any) -> Iterator[str]:
    """The base address of the application while it is served on loopback, in a thread of this process.

    RuntimeError where its start fails.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    host, port = listening.getsockname()
    settings = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=5, **config)
    server = _Announcing(settings, app)
    thread = threading.Thread(target=_run, args=(server, listening), daemon=True)
    thread.start()
    try:
        server.settled.wait(30)
        if not server.started:
            raise RuntimeError("the application did not start; its log says why")
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    try:
        server.run(sockets=[listening])
    except SystemExit:
        return  # how the server reports a failed start
