"""Each question to the optimiser in a process of its own: a crash or a hunger for memory ends it, and one request.

The processes are forked from one that has imported the optimiser and does nothing else, so each costs some hundredths
of a second and starts with fresh memory.
"""

import multiprocessing
import pickle
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["concord_allocation.asking"])


class ProcessFailed(Exception):
    """The process gave no answer; says why in words."""


TOO_MUCH_MEMORY = "it needs more memory than one question may have"


def isolated[T](work: Callable[..., T], *given: Any, memory_bytes: int, seconds: float) -> T:
    """The value of `work(*given)`, a function of a module, computed in a process of its own.

    An exception of the work is raised here. Raises ProcessFailed where the process dies, needs more memory (address
    space) than it may, or is not done in time; it is ended then. Blocks: for a thread, not for the event loop.
    """
    receiving, sending = _FORKING.Pipe(duplex=False)
    process = _FORKING.Process(target=_answer, args=(sending, memory_bytes, work, given), daemon=True)
    try:
        process.start()
    except (OSError, EOFError) as failure:
        receiving.close()
        raise ProcessFailed(f"no process could be started for it: {failure}") from failure
    finally:
        sending.close()
    try:
        if not receiving.poll(seconds):
            raise ProcessFailed(f"it took longer than the {seconds:g} seconds it may")
        worked, value = receiving.recv()
    except EOFError:
        raise ProcessFailed("the solver ended without an answer") from None
    finally:
        receiving.close()
        process.kill()
        process.join()
        process.close()
    if not worked:
        raise value
    answer: T = value
    return answer


def _answer(sending: Connection, memory_bytes: int, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told: tuple[bool, Any]
    try:
        told = (True, work(*given))
    except MemoryError:
        told = (False, ProcessFailed(TOO_MUCH_MEMORY))
    except Exception as error:  # noqa: BLE001 - whatever the work raises is raised where it was asked for
        told = (False, error)
    try:
        sending.send(told)
    except (pickle.PicklingError, TypeError, AttributeError) as unsendable:
        sending.send((False, ProcessFailed(f"its answer could not be sent: {unsendable}")))
