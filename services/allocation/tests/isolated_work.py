"""Work for a process of its own. It imports little, because the process imports this module."""

import os
import signal

from concord_allocation.core.problem import Fault, InvalidProblem

GIBIBYTE = 1024**3


def add(one: int, other: int) -> int:
    return one + other


def refuse() -> None:
    raise InvalidProblem([Fault("/lines/0", "x", "a fault"), Fault("/lines/1", "x", "another")])


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def devour() -> int:
    return len(bytearray(8 * GIBIBYTE))
