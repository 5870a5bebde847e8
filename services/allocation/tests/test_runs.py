"""The pool that solves run on: bounded, off the event loop, honest about its queue."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry

from concord_allocation.core.phases import Phase
from concord_allocation.runs import SolveMetrics, SolvePool, SolverBusy, size_class
from services.allocation.tests.conftest import Running, Served, prepare, run, scenario_request
from tests.support.signing import Signing


@asynccontextmanager
async def pool_of(workers: int, waiting_limit: int) -> AsyncIterator[tuple[SolvePool, CollectorRegistry]]:
    registry = CollectorRegistry()
    pool = SolvePool(workers=workers, waiting_limit=waiting_limit, metrics=SolveMetrics(registry))
    try:
        yield pool, registry
    finally:
        pool.close()


def test_more_than_fits_is_refused_at_once_and_room_comes_back() -> None:
    async def story() -> None:
        async with pool_of(1, 1) as (pool, registry):
            gate, begun = threading.Event(), threading.Event()

            def work() -> str:
                begun.set()
                gate.wait(10)
                return "solved"

            first = asyncio.create_task(pool.run(work))
            second = asyncio.create_task(pool.run(work))
            await asyncio.to_thread(begun.wait, 10)
            with pytest.raises(SolverBusy) as refused:
                await pool.run(work)
            assert refused.value.retry_after_seconds >= 1
            assert registry.get_sample_value("allocation_solve_queue_depth") == 1
            gate.set()
            assert await asyncio.gather(first, second) == ["solved", "solved"]
            assert await pool.run(work) == "solved"
            assert registry.get_sample_value("allocation_solve_queue_depth") == 0
            assert registry.get_sample_value("allocation_solve_refused_total") == 1

    asyncio.run(story())


def test_the_event_loop_stays_free_while_a_problem_is_solved() -> None:
    async def story() -> None:
        async with pool_of(1, 0) as (pool, _):
            gate = threading.Event()
            solving = asyncio.create_task(pool.run(lambda: gate.wait(10)))
            await asyncio.sleep(0)
            assert not solving.done()
            gate.set()
            assert await solving

    asyncio.run(story())


def test_a_caller_that_goes_away_keeps_its_place_until_the_thread_is_free() -> None:
    async def story() -> None:
        async with pool_of(1, 0) as (pool, _):
            gate, begun, ended = threading.Event(), threading.Event(), threading.Event()

            def work() -> None:
                begun.set()
                gate.wait(10)
                ended.set()

            leaving = asyncio.create_task(pool.run(work))
            await asyncio.to_thread(begun.wait, 10)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            with pytest.raises(SolverBusy):
                await pool.run(lambda: None)
            gate.set()
            await asyncio.to_thread(ended.wait, 10)
            for _ in range(1000):
                try:
                    return await pool.run(lambda: None)
                except SolverBusy:
                    await asyncio.sleep(0)
            raise AssertionError("the place never came back")

    asyncio.run(story())


def test_what_work_raises_reaches_the_caller_and_frees_the_place() -> None:
    async def story() -> None:
        async with pool_of(1, 0) as (pool, _):

            def fail() -> None:
                raise ZeroDivisionError

            for _ in range(3):
                with pytest.raises(ZeroDivisionError):
                    await pool.run(fail)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("lines", "label"), [(1, "small"), (50, "small"), (51, "medium"), (2000, "medium"), (2001, "large")]
)
def test_size_classes_are_a_closed_set(lines: int, label: str) -> None:
    assert size_class(lines) == label


def test_solves_are_measured_by_question_and_outcome(alone: Running) -> None:
    base = alone.scenario()
    floor = {"key": "f", "label": "f", "terms": [{}], "at_least": 10**9, "source": "test"}
    change = {"changes": [{"kind": "add_limit", "limit": floor}]}
    alone.post(f"/v1/scenarios/{base['id']}/what-if", change)
    page = alone.http.get("/metrics").text
    assert 'allocation_runs_total{outcome="optimal",question="scenario"} 1.0' in page
    assert 'allocation_runs_total{outcome="infeasible",question="what-if"} 1.0' in page
    assert 'allocation_solve_duration_seconds_count{outcome="optimal",size="small"} 1.0' in page
    assert 'allocation_solve_gap_ratio_bucket{le="1e-06",size="small"} 1.0' in page
    assert 'allocation_solve_gap_ratio_count{size="small"} 1.0' in page, "a refusal has no gap"


def test_the_time_of_an_answer_is_the_time_of_its_stages(alone: Running) -> None:
    alone.scenario()
    solves = {
        (sample.name, sample.labels.get("stage")): sample.value
        for family in alone.app.state.metrics.registry.collect()
        for sample in family.samples
        if sample.name.startswith("allocation_solve_") and sample.name.endswith("_sum")
    }
    name = "allocation_solve_stage_duration_seconds_sum"
    stages = {stage: seconds for (metric, stage), seconds in solves.items() if metric == name}
    assert set(Phase) - {Phase.CHOOSING} <= set(stages), "this problem has nothing to choose"
    assert all(seconds > 0 for seconds in stages.values())
    assert sum(stages.values()) == pytest.approx(solves["allocation_solve_duration_seconds_sum", None])


def test_a_full_queue_is_a_503_with_a_time_to_come_back(fresh_sqlite: object, signing: Signing, served: Served) -> None:
    url = fresh_sqlite("allocation", prepare)  # type: ignore[operator]
    with run(url, signing, served, solver_workers=1, solver_queue=0) as running:
        pool: SolvePool = running.app.state.allocation.solver._pool
        pool._enter()  # as if the only worker were solving
        answer = running.post("/v1/scenarios", scenario_request())
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:concord:problem:busy")
        assert int(answer.headers["Retry-After"]) >= 1
        pool._leave()
        assert running.post("/v1/scenarios", scenario_request()).status_code == 201
