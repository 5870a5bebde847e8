"""Each service as the fuzzer meets it: a context that serves it, with something in it, on a fresh database."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tests.fuzz.agreements_world import agreements_world
from tests.fuzz.allocation_world import allocation_world
from tests.fuzz.fuzzing import World
from tests.fuzz.registry_world import registry_world

WORLDS: Mapping[str, Callable[[Path, Callable[..., str]], AbstractContextManager[World]]] = {
    "registry": registry_world,
    "allocation": allocation_world,
    "agreements": agreements_world,
}
