"""For the operator: metrics, and why no submission would be taken now."""

from __future__ import annotations

from fastapi import FastAPI, Request
from prometheus_client import generate_latest

from services.intake.dependencies import Dependencies
from web.operator_door import Readiness, operator_door, operator_routes, time_left


def operator(app: FastAPI) -> FastAPI:
    """The operator's door of a built intake."""
    return operator_door(app, "intake", operator_routes(_readiness, _metrics))


async def _readiness(request: Request) -> Readiness:
    dependencies: Dependencies = request.app.state.dependencies
    reasons = await readiness(dependencies)
    return Readiness(not reasons, {"reasons": reasons, **time_left(dependencies.roster_feed.left)})


async def _metrics(request: Request) -> bytes:
    dependencies: Dependencies = request.app.state.dependencies
    for partition, counting in enumerate(dependencies.roster_feed.counting):
        dependencies.metrics.roster_position.labels(partition).set(counting.seen)
        dependencies.metrics.roster_void.labels(partition).set(counting.void)
    dependencies.metrics.roster_items.set(len(dependencies.roster.items))
    return generate_latest(dependencies.metrics.registry)


async def readiness(dependencies: Dependencies) -> list[str]:
    """Why no submission would be taken now; empty: it would."""
    reasons = [*dependencies.topics.trouble, *await dependencies.who.problems()]
    if not dependencies.producer.connected:
        reasons.append("producer: not connected")
    reasons += dependencies.roster_feed.problems
    if dependencies.settings.clock and not dependencies.roster.simulated_only:
        reasons.append("clock: driven, but a programme on the log is not simulated")
    return reasons
