"""compose.yaml as an engine reads it: anchors and merges resolved, `${VARIABLES}` filled in, mounts followed back."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "compose.yaml"
OURS = ("registry", "allocation", "agreements")
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<kind>:[-?])?(?P<rest>[^}]*)\}")

type Containers = dict[str, dict[str, Any]]


@cache
def compose() -> dict[str, Any]:
    """The file with its anchors resolved, variables still in it."""
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def variables() -> Iterator[tuple[str, bool]]:
    """Each variable of the file, and whether it must be given."""
    for found in _VARIABLE.finditer(FILE.read_text(encoding="utf-8")):
        yield found["name"], found["kind"] != ":-"


def filled_in(given: Mapping[str, str]) -> dict[str, Any]:
    """The whole file with every variable filled in. KeyError where one that must be given is not."""
    filled: dict[str, Any] = _filled(compose(), given)
    return filled


def containers(given: Mapping[str, str]) -> Containers:
    services: Containers = filled_in(given)["services"]
    return services


def secrets(given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    files: dict[str, dict[str, str]] = filled_in(given)["secrets"]
    return files


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, given) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, given) for each in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: given.get(found["name"]) or _default(found), value)
    return value


def _default(found: re.Match[str]) -> str:
    if found["kind"] == ":-":
        return found["rest"]
    raise KeyError(f"{found['name']} is not given: {found['rest']}")


def binds(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Source and target of each bind mount (a named volume has no slash)."""
    for mount in container.get("volumes", []):
        source, target, *_ = mount.split(":")
        if "/" in source:
            yield source, target


def on_this_machine(path: str, container: Mapping[str, Any], secret_files: Mapping[str, Mapping[str, str]]) -> str:
    """What a path within the container is outside of it: through its secrets and bind mounts."""
    for secret in container.get("secrets", []):
        if path == f"/run/secrets/{secret}":
            return secret_files[secret]["file"]
    for source, target in binds(container):
        if path.startswith(f"{target}/"):
            return source + path.removeprefix(target)
    return path
