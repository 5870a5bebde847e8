"""`python -m bench.bare_service FOLDER FD`: FastAPI with nothing of ours, answering what the folder holds.

    /models/NAME  a model that FastAPI validates and writes, as its own routes do
    /bytes/NAME   bytes that are ready

Served as our services are: a process of its own, uvicorn on a socket that is bound already.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from concord_client import tether
from concord_contracts.registry import Responsibilities

STOP_SECONDS = 10


def build_app(folder: Path) -> FastAPI:
    app = FastAPI()
    ready = {file.stem: file.read_bytes() for file in folder.glob("*.json")}
    models = {name: Responsibilities.model_validate_json(body) for name, body in ready.items() if "pages" in name}

    @app.get("/models/{name}", response_model=Responsibilities)
    async def model(name: str) -> Responsibilities:
        return models[name]

    @app.get("/bytes/{name}")
    async def same_bytes(name: str) -> Response:
        return Response(ready[name], media_type="application/json")

    return app


@contextmanager
def bare_service(folder: Path, bodies: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a process that answers the bodies; `pages...` are also given as models."""
    folder.mkdir(parents=True)
    for name, body in bodies.items():
        (folder / f"{name}.json").write_bytes(body)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        program = [sys.executable, "-m", "bench.bare_service", str(folder), str(listening.fileno())]
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *program],
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    served = uvicorn.Config(build_app(Path(sys.argv[1])), log_config=None, access_log=False, server_header=False)
    uvicorn.Server(served).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
