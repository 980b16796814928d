"""For the operator: metrics, liveness, and readiness with its reasons, at a door that nothing publishes."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, FastAPI, Request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from services.intake.dependencies import Dependencies
from web.gate import GuardedRoute, does

router = APIRouter(route_class=GuardedRoute)


def operator(app: FastAPI) -> FastAPI:
    """The operator's door of a built intake."""
    door = FastAPI(title="亮灯 · intake, operator", docs_url=None, redoc_url=None, openapi_url=None)
    door.state = app.state
    door.include_router(router)
    return door


@router.get("/healthz")
@does("ops.health")
async def alive() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
@does("ops.ready")
async def ready(request: Request) -> Response:
    """200 if a submission would be taken, else 503 with every reason."""
    reasons = await readiness(request.app.state.dependencies)
    body = orjson.dumps({"ready": not reasons, "reasons": reasons})
    return Response(body, 503 if reasons else 200, media_type="application/json")


@router.get("/metrics")
@does("ops.metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    dependencies: Dependencies = request.app.state.dependencies
    for partition, counting in enumerate(dependencies.roster_feed.counting):
        dependencies.metrics.roster_position.labels(partition).set(counting.seen)
        dependencies.metrics.roster_void.labels(partition).set(counting.void)
    dependencies.metrics.roster_items.set(len(dependencies.roster.items))
    return Response(generate_latest(dependencies.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def readiness(dependencies: Dependencies) -> list[str]:
    """Why no submission would be taken now; empty: it would."""
    reasons = [*dependencies.topics.trouble, *await dependencies.who.problems()]
    if not dependencies.producer.connected:
        reasons.append("producer: not connected")
    reasons += dependencies.roster_feed.problems
    if dependencies.settings.clock and not dependencies.roster.simulated_only:
        reasons.append("clock: driven, but a programme on the log is not simulated")
    return reasons
