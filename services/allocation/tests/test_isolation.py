"""A question that breaks its process, or is too hungry or too slow, ends alone."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.isolation import TOO_MUCH_MEMORY, ProcessFailed, isolated
from concord_contracts.allocation import EXAMPLE_PROBLEM
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import make_problem, make_purse
from services.allocation.tests.isolated_work import add, crash, devour, refuse

GIBIBYTE = 1024**3


def asked(work: Any, *given: Any, seconds: float = 60.0) -> Any:
    return isolated(work, *given, memory_bytes=2 * GIBIBYTE, seconds=seconds)


def test_the_value_comes_back_and_so_does_what_was_raised() -> None:
    assert asked(add, 2, 3) == 5
    with pytest.raises(InvalidProblem) as refused:
        asked(refuse)
    assert [fault.pointer for fault in refused.value.faults] == ["/lines/0", "/lines/1"]


def test_a_crash_a_hunger_and_a_long_wait_end_the_process_alone() -> None:
    with pytest.raises(ProcessFailed, match="without an answer"):
        asked(crash)
    with pytest.raises(ProcessFailed, match=TOO_MUCH_MEMORY):
        asked(devour)
    with pytest.raises(ProcessFailed, match="longer"):
        asked(time.sleep, 600, seconds=0.2)
    assert asked(add, 2, 3) == 5


def test_a_process_that_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("multiprocessing.context.ForkServerProcess._Popen", staticmethod(full))
    with pytest.raises(ProcessFailed, match="no process could be started"):
        asked(add, 2, 3)


def solving() -> list[psutil.Process]:
    """Processes that a question is being answered in: children of the fork server of this one."""
    mine = psutil.Process().children()
    servers = [one for one in mine if any("forkserver" in part for part in one.cmdline())]
    return [child for server in servers for child in server.children()]


def test_a_killed_solver_is_one_failed_request_and_the_service_goes_on(shared: Running) -> None:
    answers: list[httpx.Response] = []
    ended = threading.Event()

    def stop_the_next() -> None:
        while not ended.is_set():
            for process in solving():
                process.send_signal(signal.SIGKILL)
                return
            time.sleep(0.001)

    watcher = threading.Thread(target=stop_the_next)
    watcher.start()
    answers.append(shared.post("/v1/solve", {"problem": EXAMPLE_PROBLEM}))
    ended.set()
    watcher.join()
    answers.append(shared.post("/v1/solve", {"problem": EXAMPLE_PROBLEM}))
    broken, whole = answers
    assert (broken.status_code, broken.json()["type"]) == (500, "urn:concord:problem:not-solved")
    assert "without an answer" in broken.json()["detail"]
    assert whole.json()["outcome"] == "plan"


def test_questions_at_the_same_time_have_the_answers_they_have_alone(shared: Running) -> None:
    """Two workers and a queue: the same digests, so the same pounds to every payer."""
    asked = [make_problem(purses=[make_purse("money", gbp)]) for gbp in (60, 100, 60, 140, 60)]
    alone = {gbp: _digest(shared, problem) for gbp, problem in zip((60, 100), asked, strict=False)}
    with ThreadPoolExecutor(len(asked)) as threads:
        found = list(threads.map(lambda problem: _digest(shared, problem), asked))
    assert [found[k] for k in (0, 1, 2, 4)] == [alone[60], alone[100], alone[60], alone[60]]


def _digest(running: Running, problem: dict[str, Any]) -> str:
    answer = running.post("/v1/solve", {"problem": problem})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["digest"])
