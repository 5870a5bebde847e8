"""Liveness, readiness and metrics: three addresses every service has, outside of authority and the API version."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from starlette.responses import Response

from concord_contracts.identifiers import Reply
from concord_kit import migrations
from concord_kit.database import Database, DatabaseUnavailable
from concord_kit.http_client import DependencyRefused, DependencyUnavailable, ServiceClient
from concord_kit.metrics import ServiceMetrics
from concord_kit.routing import Routes

CHECK_SECONDS = 1.0


class Live(Reply):
    status: Literal["ok"] = "ok"


class Ready(Reply):
    """`degraded`: the service answers, something it asks others for is missing."""

    status: Literal["ok", "degraded", "unavailable"]
    database: Literal["ok", "unavailable", "not-at-head"]
    dependencies: dict[str, Literal["ok", "degraded"]]


def health_routes(database: Database, dependencies: Sequence[ServiceClient], metrics: ServiceMetrics) -> Routes:
    """`/health/live`, `/health/ready` and `/metrics`."""
    router = Routes(tags=["health"])
    wanted = migrations.heads(database.migrations_package)

    @router.get("/health/live", summary="The process answers")
    async def live() -> Live:
        return Live()

    @router.get(
        "/health/ready",
        summary="The service can do its work",
        response_model=Ready,
        responses={503: {"model": Ready, "description": "Its own database cannot be used"}},
    )
    async def ready() -> Response:
        answer = await _readiness(database, wanted, dependencies)
        status = 503 if answer.status == "unavailable" else 200
        return Response(answer.model_dump_json(), status_code=status, media_type="application/json")

    @router.get("/metrics", include_in_schema=False)
    async def measurements() -> Response:
        await asyncio.gather(
            *(_state(client) for client in dependencies)
        )  # each says in its gauge whether it was reached
        return Response(await metrics.page(database), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


async def _readiness(database: Database, wanted: tuple[str, ...], dependencies: Sequence[ServiceClient]) -> Ready:
    own, *others = await asyncio.gather(_database_state(database, wanted), *(_state(client) for client in dependencies))
    shown = {client.name: state for client, state in zip(dependencies, others, strict=True)}
    if own != "ok":
        return Ready(status="unavailable", database=own, dependencies=shown)
    return Ready(status="degraded" if "degraded" in shown.values() else "ok", database=own, dependencies=shown)


async def _database_state(database: Database, wanted: tuple[str, ...]) -> Literal["ok", "unavailable", "not-at-head"]:
    try:
        found = await database.read(lambda tx: migrations.found_heads(tx.connection))
    except DatabaseUnavailable:
        return "unavailable"
    return "ok" if found == wanted else "not-at-head"


async def _state(client: ServiceClient) -> Literal["ok", "degraded"]:
    try:
        await client.check(CHECK_SECONDS)
    except (DependencyUnavailable, DependencyRefused):
        return "degraded"
    return "ok"
