"""Notify's doors for the operator: metrics, health, progress, and the list of what could not be delivered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from services.notify.metrics import Figures
from services.notify.runtime import House

router = APIRouter()
UNDELIVERED = ("abandoned", "held", "refused")


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


@router.get("/healthz")
async def alive() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 when everything owned is worked on, else 503 with every reason."""
    reasons = _house(request).reasons()
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(_house(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/progress")
async def progress(request: Request) -> dict[str, Any]:
    """Up to where rulings were gathered, what is due or under way here; `idle`: nothing is left to do."""
    house = _house(request)
    desks = house.desks.desks
    return {
        "gathered": str(house.gatherer.vector()),
        "owned": sorted(house.desks.owned),
        "due": sum(len(house.gatherer.due[partition]) for partition in desks),
        "open": sum(desk.open_deliveries() for desk in desks.values()),
        "idle": house.gatherer.caught_up and house.desks.ready and house.idle,
    }


@router.get("/v1/undelivered")
async def undelivered(request: Request) -> list[dict[str, Any]]:
    """Deliveries that were abandoned or are held, with why (try again: `python -m services.notify redrive`)."""
    listed = []
    for partition, desk in sorted(_house(request).desks.desks.items()):
        for delivery in desk.ledger.deliveries.values():
            if delivery.status in UNDELIVERED:
                notice = desk.ledger.notices[delivery.notice]
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
