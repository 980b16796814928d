"""Rating's endpoints for operators: metrics, health, readiness, and how far each partition has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from fastapi import APIRouter, FastAPI, Request

from eventlog.owner.partition import PartitionStatus
from eventlog.remainder import Remainder
from web.gate import GuardedRoute, does
from web.operator_door import Readiness, guarded, operator_routes, time_left

PATHS: Final = ("/metrics", "/healthz", "/readyz", "/v1/progress")


class RatingStatus(Protocol):
    """What these endpoints show of the running service."""

    @property
    def ready(self) -> bool:
        """Every partition owned is followed and has no problem."""
        ...

    @property
    def left(self) -> Remainder | None:
        """What is left to be read before every partition is followed; None where nothing is."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionHealth:
    """What a partition is doing, what is wrong, and how many submissions wait for their ruling."""

    phase: str
    problem: str | None
    lag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionProgress:
    """The next submission to be ruled on, up to when everything is announced, and whether nothing is left to do."""

    position: int
    announced_until: str | None
    idle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingProgress:
    """The progress of each partition owned, by its number."""

    partitions: dict[str, PartitionProgress]


def build(rating: RatingStatus) -> FastAPI:
    """The endpoints as an ASGI application."""
    endpoints = FastAPI(title="亮灯 · rating, operator", docs_url=None, redoc_url=None, openapi_url=None)
    more = APIRouter(route_class=GuardedRoute)

    async def readiness(_: Request) -> Readiness:
        partitions = {str(p): _health(one) for p, one in rating.statuses().items()}
        return Readiness(rating.ready, {"partitions": partitions, **time_left(rating.left)})

    async def metrics(_: Request) -> bytes:
        return rating.metrics()

    @more.get("/v1/progress")
    @does("ops.progress")
    async def progress() -> RatingProgress:
        """How far each partition has come."""
        return RatingProgress(partitions={str(p): _progress(rating, one) for p, one in rating.statuses().items()})

    endpoints.include_router(operator_routes(readiness, metrics))
    endpoints.include_router(more)
    return guarded(endpoints)


def _health(status: PartitionStatus) -> PartitionHealth:
    return PartitionHealth(phase=status.phase, problem=status.problem or status.alarm_problem, lag=status.lag)


def _progress(rating: RatingStatus, status: PartitionStatus) -> PartitionProgress:
    until = rating.announced_until(status.partition)
    return PartitionProgress(
        position=status.position, announced_until=until.isoformat() if until else None, idle=status.idle
    )
