"""The Dockerfile without an engine: its steps run into a folder, its settings read."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PREFIX = "/opt/concord"
"""Where the image keeps its environment."""


@dataclass(frozen=True)
class Image:
    """What a container of the image starts with; `prefix` stands for PREFIX."""

    prefix: Path
    environment: dict[str, str]
    user: str
    entrypoint: list[str]

    def command(self, arguments: list[str]) -> list[str]:
        program, *rest = [*self.entrypoint, *arguments]
        return [shutil.which(program, path=self.environment["PATH"]) or program, *rest]


def instructions() -> list[list[tuple[str, str]]]:
    """The stages of the Dockerfile, each a list of (instruction, arguments)."""
    stages: list[list[tuple[str, str]]] = []
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            if name == "FROM":
                stages.append([])
            stages[-1].append((name, rest))
    return stages


def build(folder: Path) -> Image:
    """Both stages, into `folder`: the first in a build folder that holds only what was copied there."""
    context, prefix = folder / "build", folder / "concord"
    context.mkdir()
    first, second = instructions()
    for name, rest in first:
        if name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                _copy(source, context / target)
        elif name == "RUN":
            _run(rest.replace(PREFIX, str(prefix)), context)
    environment: dict[str, str] = {}
    for name, rest in second:
        if name == "ENV":
            environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif name == "COPY" and not rest.startswith("--from=build"):
            source, target = rest.split()
            _copy(source, Path(target.replace(PREFIX, str(prefix))))
    environment["PATH"] = environment["PATH"].replace(PREFIX, str(prefix)).replace(":$PATH", "")
    said = dict(second)
    return Image(prefix, environment, said["USER"], json.loads(said["ENTRYPOINT"]))


def _copy(source: str, target: Path) -> None:
    """As a build does: only what .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if f"!{source}" not in lines:
        raise FileNotFoundError(f"{source} is kept out by .dockerignore")
    ignored = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    found = ROOT / source
    if found.is_dir():
        shutil.copytree(found, target, ignore=shutil.ignore_patterns(*ignored))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, target)


def _run(command: str, cwd: Path) -> None:
    """With the interpreter that runs the tests in the place of the base image's."""
    base = Path(getattr(sys, "_base_executable", sys.executable)).parent
    environment = {**os.environ, "PATH": f"{base}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def powerless() -> list[str]:
    """How compose runs it: without capabilities and unable to gain any; here too where we are root."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() or setpriv is None:
        return []
    return [setpriv, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
