"""Notify's HTTP endpoints for the operator: health, metrics, progress, and the list of what was not delivered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from services.notify.metrics import NotifyCollector
from services.notify.runtime import Runtime
from web.gate import GuardedRoute, does

router = APIRouter(route_class=GuardedRoute)
UNDELIVERED = ("abandoned", "held", "refused")


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


@router.get("/healthz")
@does("ops.health")
async def alive() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
@does("ops.ready")
async def ready(request: Request) -> Response:
    """200 when every owned partition is worked on, else 503 with every reason; an old directory is no reason."""
    runtime = _runtime(request)
    reasons = runtime.reasons()
    body = {"ready": not reasons, "reasons": reasons, "directory": runtime.directory.source.details()}
    return JSONResponse(body, 503 if reasons else 200)


@router.get("/metrics")
@does("ops.metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NotifyCollector(_runtime(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/progress")
@does("ops.progress")
async def progress(request: Request) -> dict[str, Any]:
    """Up to where rulings were gathered, and how much is due or open here; `idle`: nothing is left to do."""
    runtime = _runtime(request)
    workers = runtime.workers.by_partition
    return {
        "gathered": str(runtime.gatherer.vector()),
        "owned": sorted(runtime.workers.owned),
        "due": sum(len(runtime.gatherer.due[partition]) for partition in workers),
        "open": sum(worker.open_deliveries for worker in workers.values()),
        "idle": runtime.gatherer.caught_up and runtime.workers.ready and runtime.idle,
    }


@router.get("/v1/undelivered")
@does("ops.undelivered")
async def undelivered(request: Request) -> list[dict[str, Any]]:
    """Deliveries that were refused, abandoned or held, and why; `python -m services.notify redrive` retries one."""
    listed = []
    for partition, worker in sorted(_runtime(request).workers.by_partition.items()):
        for delivery in worker.ledger.deliveries.values():
            if delivery.status in UNDELIVERED:
                notice = worker.ledger.notices[delivery.notice]
                listed.append(
                    {
                        "delivery": delivery.id,
                        "status": delivery.status,
                        "number": notice.number,
                        "role": delivery.role,
                        "channel": delivery.channel,
                        "tries": delivery.tries,
                        "reason": delivery.reason,
                        "partition": partition,
                    }
                )
    return listed
