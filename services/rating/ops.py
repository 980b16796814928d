"""Rating's endpoints for operators: metrics, health, readiness, and how far each partition has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Protocol

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST

from eventlog.owner.partition import PartitionStatus

PATHS: Final = ("/metrics", "/healthz", "/readyz", "/v1/progress")


class RatingStatus(Protocol):
    """What these endpoints show of the running service."""

    @property
    def ready(self) -> bool:
        """Every partition owned is followed and has no problem."""
        ...

    def statuses(self) -> dict[int, PartitionStatus]:
        """What is known about each partition owned now."""
        ...

    def announced_until(self, partition: int) -> datetime | None:
        """Up to when everything that fell due is announced and ruled on."""
        ...

    def metrics(self) -> bytes:
        """Text in the exposition format."""
        ...


def build(rating: RatingStatus) -> FastAPI:
    """The endpoints as an ASGI application."""
    endpoints = FastAPI(title="Liangdeng rating", docs_url=None, redoc_url=None, openapi_url=None)

    @endpoints.get("/metrics")
    async def metrics() -> Response:
        return Response(rating.metrics(), media_type=CONTENT_TYPE_LATEST)

    @endpoints.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @endpoints.get("/readyz")
    async def readyz(response: Response) -> dict[str, Any]:
        response.status_code = 200 if rating.ready else 503
        partitions = {str(p): _health(status) for p, status in rating.statuses().items()}
        return {"ready": rating.ready, "partitions": partitions}

    @endpoints.get("/v1/progress")
    async def progress() -> dict[str, Any]:
        return {"partitions": {str(p): _progress(rating, status) for p, status in rating.statuses().items()}}

    return endpoints


def _health(status: PartitionStatus) -> dict[str, Any]:
    return {"phase": status.phase, "problem": status.problem or status.alarm_problem, "lag": status.lag}


def _progress(rating: RatingStatus, status: PartitionStatus) -> dict[str, Any]:
    until = rating.announced_until(status.partition)
    return {
        "position": status.position,
        "announced_until": until.isoformat() if until else None,
        "idle": status.idle,
    }
