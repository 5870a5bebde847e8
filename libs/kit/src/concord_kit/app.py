"""The application every service is built with: its envelope, authority, errors, health and lifespan."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from concord_kit import documentation, migrations, refusals
from concord_kit.authority import Authority
from concord_kit.calls import Surroundings, action_of
from concord_kit.database import Database
from concord_kit.health import health_routes
from concord_kit.http_client import ServiceClient
from concord_kit.keys import public_keys
from concord_kit.mandates import MandateSource, NoMandates
from concord_kit.metrics import ServiceMetrics
from concord_kit.middleware import Envelope
from concord_kit.problems import ProblemMapping
from concord_kit.routing import Routes
from concord_kit.settings import ServiceSettings
from concord_kit.tokens import PublicKeys, TokenVerifier

log = logging.getLogger("concord.app")
SECONDS_BEFORE_A_NEW_BEGINNING = 1.0

Background = Callable[[], Awaitable[None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *,
    name: str,
    title: str,
    version: str,
    summary: str,
    settings: ServiceSettings,
    database: Database,
    routers: Sequence[Routes],
    authority: Authority,
    problems: ProblemMapping | None = None,
    mandates: MandateSource | None = None,
    dependencies: Sequence[ServiceClient] = (),
    background: Sequence[Background] = (),
    lifespan: Lifespan | None = None,
    metrics: ServiceMetrics | None = None,
    keys: PublicKeys | None = None,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """A service. `problems` maps its domain errors; `dependencies` are opened with it and shown on readiness;
    `background` runs while it does, e.g. `outbox.run`; `body_limits` are those below an address.

    ValueError where a route has no row in the authority table: what nobody was thought of for, nobody may do.
    """
    measured = metrics or ServiceMetrics(name, version)
    for client in dependencies:
        client.measure(measured.dependencies)
    app = FastAPI(
        title=title,
        version=version,
        summary=summary,
        lifespan=_lifespan(database, dependencies, background, lifespan),
        redoc_url=None,
        redirect_slashes=False,
    )
    verifier = TokenVerifier(settings.issuer, settings.audience, keys or public_keys(settings.jwks))
    app.state.concord = Surroundings(settings, database, authority, verifier, mandates or NoMandates(), database.clock)
    app.state.metrics = measured
    for router in routers:
        app.router.routes.extend(router.routes)
    _require_authority(app, authority)
    app.router.routes.extend(health_routes(database, dependencies, measured).routes)
    refusals.install(app, problems or {})
    app.add_middleware(
        Envelope, metrics=measured, max_body_bytes=settings.max_body_bytes, body_limits=body_limits or {}
    )
    documentation.install(app, _public_routes(app, authority))
    return app


def actions_by_route(app: FastAPI) -> dict[tuple[str, str], str | None]:
    """(method, address) -> the action it takes, for tests and documentation. None: outside of authority (health)."""
    found: dict[tuple[str, str], str | None] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.path:
            actions = [action_of(part.call) for part in route.dependant.dependencies]
            action = next((one for one in actions if one), None)
            found.update({(method, context.path): action for method in sorted(route.methods or ())})
    return found


def _require_authority(app: FastAPI, authority: Authority) -> None:
    for (method, path), action in actions_by_route(app).items():
        if action is None:
            raise ValueError(f"{method} {path} takes no Call: give it `Depends(allowed(...))`")
        if action not in authority.actions:
            raise ValueError(f"{method} {path}: the authority table has no row for {action}")


def _public_routes(app: FastAPI, authority: Authority) -> frozenset[tuple[str, str]]:
    """What may be asked without a token."""
    return frozenset(route for route, action in actions_by_route(app).items() if action in authority.public_actions)


def _lifespan(
    database: Database, dependencies: Sequence[ServiceClient], background: Sequence[Background], own: Lifespan | None
) -> Lifespan:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(database)
            await anyio.to_thread.run_sync(migrations.require_head, database)
            for client in dependencies:
                await stack.enter_async_context(client)
            if own is not None:
                await stack.enter_async_context(own(app))
            tasks = [asyncio.create_task(_kept_running(job)) for job in background]
            stack.push_async_callback(_cancelled, tasks)
            yield

    return run


async def _kept_running(job: Background) -> None:
    """Background work that fails is logged and begun again; only the end of the application ends it."""
    while True:
        try:
            return await job()
        except Exception:
            log.exception("background work failed and begins again")
            await asyncio.sleep(SECONDS_BEFORE_A_NEW_BEGINNING)


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
