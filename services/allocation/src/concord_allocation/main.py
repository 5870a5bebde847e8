"""Put the service together: settings, database, clients, pool, routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from concord_allocation import agreements_client, registry_client
from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.assembly.faults import CannotAssemble
from concord_allocation.authority import TABLE
from concord_allocation.citations import SequenceConflict
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.solver import Unanswered
from concord_allocation.desk import Desk, NothingLoaded
from concord_allocation.documents.programme import ProgrammeFailed
from concord_allocation.documents.workbook.sheets import TooLargeForAWorkbookError
from concord_allocation.isolation import ProcessFailed
from concord_allocation.reference.lists import LISTS
from concord_allocation.reference.rolling import RULE
from concord_allocation.registry_client import RegistryClient
from concord_allocation.removing import ListChanged
from concord_allocation.rolled_figures import rolled_list
from concord_allocation.routes import (
    citations,
    comparing,
    documents,
    imports,
    problems,
    questions,
    reference,
    retention,
    scenarios,
    sharing,
)
from concord_allocation.runs import SolveMetrics, SolvePool, SolverBusy
from concord_allocation.settings import AllocationSettings
from concord_allocation.solving import Solver
from concord_allocation.tables import Base
from concord_contracts.problems import Fault
from concord_kit.app import create_app
from concord_kit.authority import Authority
from concord_kit.database import Database
from concord_kit.http_client import ServiceClient
from concord_kit.imports import MOST_BYTES, faulty
from concord_kit.lists import Rolled, list_table, lists_router
from concord_kit.mandates import RegistryMandates
from concord_kit.metrics import ServiceMetrics
from concord_kit.problems import Problem, ProblemMapping
from concord_kit.sheets import FaultySheetsError

NAME = "allocation"
VERSION = "0.1.0"


def build_app(settings: AllocationSettings, database: Database) -> FastAPI:
    """The service, ready to be served."""
    metrics = ServiceMetrics(NAME, VERSION)
    solve_metrics = SolveMetrics(metrics.registry)
    pool = SolvePool(workers=settings.solver_workers, waiting_limit=settings.solver_queue, metrics=solve_metrics)
    registry = ServiceClient(registry_client.NAME, settings.registry_url, deadline_seconds=settings.dependency_seconds)
    agreements = ServiceClient(
        agreements_client.NAME, settings.agreements_url, deadline_seconds=settings.dependency_seconds
    )

    @asynccontextmanager
    async def with_pool(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            pool.close()

    list_routes = lists_router(
        list_table(Base.metadata), LISTS, action="reference.read", rolled=Rolled(rolled_list, RULE)
    )
    app = create_app(
        name=NAME,
        title="Concord allocation",
        version=VERSION,
        summary="How a pathway's money should be split between payers, what binds, and what would change it.",
        settings=settings,
        database=database,
        routers=[
            problems.router,
            documents.router,
            scenarios.router,
            comparing.router,
            citations.router,
            retention.router,
            sharing.router,
            questions.router,
            reference.router,
            imports.router,
            list_routes,
        ],
        authority=Authority(TABLE, public_reads=settings.public_reads),
        problems=PROBLEMS,
        mandates=RegistryMandates(registry),
        dependencies=[registry, agreements],
        lifespan=with_pool,
        metrics=metrics,
        body_limits={
            "/v1/solve": settings.max_problem_bytes,
            "/v1/problems/": settings.max_problem_bytes,
            "/v1/programmes": settings.max_problem_bytes,
            "/v1/problems/check": settings.max_problem_bytes,
            "/v1/questions/": settings.max_problem_bytes,
            "/v1/sharing": settings.max_problem_bytes,
            "/v1/imports": MOST_BYTES,
        },
    )
    app.state.allocation = Desk(
        solver=Solver(
            pool,
            solve_metrics,
            limit_seconds=settings.solve_seconds,
            memory_bytes=settings.solve_memory_mib * 1024**2,
        ),
        registry=RegistryClient(registry),
        agreements=AgreementsClient(agreements),
    )
    app.state.retention_years = settings.retention_years
    return app


def _invalid(error: InvalidProblem) -> Problem:
    faults = [Fault(pointer=fault.pointer, detail=fault.detail, type=fault.kind) for fault in error.faults]
    return Problem("invalid-problem", errors=faults)


def _cannot_assemble(error: CannotAssemble) -> Problem:
    faults = [Fault(pointer=fault.pointer, detail=fault.words, type=fault.kind) for fault in error.faults]
    return Problem(
        "invalid-problem", "No problem can be built from this request; each reason is listed.", errors=faults
    )


def _busy(error: SolverBusy) -> Problem:
    return Problem("busy", str(error), headers={"Retry-After": str(error.retry_after_seconds)})


def _unanswered(error: Unanswered | ProgrammeFailed | ProcessFailed) -> Problem:
    return Problem("not-solved", f"{str(error)[:1].upper()}{str(error)[1:]}.")


def _out_of_sequence(error: SequenceConflict) -> Problem:
    return Problem("sequence-conflict", str(error), sequence=error.sequence, digest=error.digest)


PROBLEMS: ProblemMapping = {
    SequenceConflict: _out_of_sequence,
    ListChanged: "conflict",
    InvalidProblem: _invalid,
    CannotAssemble: _cannot_assemble,
    SolverBusy: _busy,
    Unanswered: _unanswered,
    ProgrammeFailed: _unanswered,
    ProcessFailed: _unanswered,
    NothingLoaded: "nothing-loaded",
    FaultySheetsError: faulty,
    TooLargeForAWorkbookError: "not-acceptable",
}
"""Domain errors -> problems."""
