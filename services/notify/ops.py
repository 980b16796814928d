"""Notify's HTTP endpoints for the operator: health, metrics, progress, and the list of what was not delivered."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from prometheus_client import CollectorRegistry, generate_latest

from services.notify.metrics import NotifyCollector
from services.notify.runtime import Runtime
from web.gate import does
from web.operator_door import Readiness, operator_routes, time_left

UNDELIVERED = ("abandoned", "held", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyProgress:
    """Up to where rulings were gathered, and how much is due or open here; `idle`: nothing is left to do."""

    gathered: str
    owned: list[int]
    due: int
    open: int
    idle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredMessage:
    """A delivery that was refused, abandoned or held, and why."""

    delivery: str
    status: str
    number: str
    role: str
    channel: str
    tries: int
    reason: str
    partition: int


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _readiness(request: Request) -> Readiness:
    """Ready when every owned partition is worked on; an old directory is no reason."""
    runtime = _runtime(request)
    reasons = runtime.reasons()
    details = {"reasons": reasons, "directory": runtime.directory.source.details(), **time_left(runtime.left)}
    return Readiness(not reasons, details)


async def _metrics(request: Request) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NotifyCollector(_runtime(request)))
    return generate_latest(registry)


router = operator_routes(_readiness, _metrics)


@router.get("/v1/progress")
@does("ops.progress")
async def progress(request: Request) -> NotifyProgress:
    """How far this process has come."""
    runtime = _runtime(request)
    workers = runtime.workers.by_partition
    return NotifyProgress(
        gathered=str(runtime.gatherer.vector()),
        owned=sorted(runtime.workers.owned),
        due=sum(len(runtime.gatherer.due[partition]) for partition in workers),
        open=sum(worker.open_deliveries for worker in workers.values()),
        idle=runtime.gatherer.caught_up and runtime.workers.ready and runtime.idle,
    )


@router.get("/v1/undelivered")
@does("ops.undelivered")
async def undelivered(request: Request) -> list[UndeliveredMessage]:
    """Deliveries that were refused, abandoned or held, and why; `python -m services.notify redrive` retries one."""
    listed = []
    for partition, worker in sorted(_runtime(request).workers.by_partition.items()):
        for delivery in worker.ledger.deliveries.values():
            if delivery.status in UNDELIVERED:
                notice = worker.ledger.notices[delivery.notice]
                listed.append(
                    UndeliveredMessage(
                        delivery=delivery.id,
                        status=delivery.status,
                        number=notice.number,
                        role=delivery.role,
                        channel=delivery.channel,
                        tries=delivery.tries,
                        reason=delivery.reason,
                        partition=partition,
                    )
                )
    return listed
