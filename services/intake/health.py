"""For the operator: metrics, liveness, and readiness with its reasons."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from services.intake.dependencies import Desk, desk_of

router = APIRouter()


@router.get("/healthz")
async def alive() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 if a submission would be taken, else 503 with every reason."""
    reasons = readiness(desk_of(request))
    body = orjson.dumps({"ready": not reasons, "reasons": reasons})
    return Response(body, 503 if reasons else 200, media_type="application/json")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    desk = desk_of(request)
    for partition, counting in enumerate(desk.following.counting):
        desk.metrics.roster_position.labels(partition).set(counting.seen)
        desk.metrics.roster_void.labels(partition).set(counting.void)
    desk.metrics.roster_items.set(len(desk.roster.items))
    return Response(generate_latest(desk.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def readiness(desk: Desk) -> list[str]:
    """Why no submission would be taken now; empty: it would."""
    reasons = list(desk.topics.trouble)
    if not desk.publishing.connected:
        reasons.append("producer: not connected")
    if desk.following.trouble is not None:
        reasons.append(desk.following.trouble)
    if desk.settings.clock and not desk.roster.simulated_only:
        reasons.append("clock: driven, but a programme on the log is not simulated")
    return reasons
