"""For the operator: metrics, liveness, and whether the read model can be asked and has caught up."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
from fastapi import FastAPI, Request
from prometheus_client import generate_latest
from psycopg_pool import PoolTimeout

from services.query.follow.follow_loop import Following
from services.query.metrics import QueryMetrics
from services.query.read_model.counts import StandingCounts
from services.query.read_model.pools import ReadingPool
from web.operator_door import Readiness, operator_door, operator_routes, time_left
from web.provider import Provider


def operator(app: FastAPI) -> FastAPI:
    """The operator's door of a built query."""
    return operator_door(app, "query", operator_routes(_readiness, _metrics, _goes_on_reading))


def _goes_on_reading(request: Request) -> bool:
    task: asyncio.Task[None] | None = request.app.state.task
    return task is None or not task.done()


async def _readiness(request: Request) -> Readiness:
    """Ready if the read model can be asked, has caught up, and tokens can be checked.

    A sign-in provider that is down is told and counted, and turns nothing red: whoever is signed in goes on.
    """
    state = request.app.state
    following: Following | None = state.following
    if following is None:
        return Readiness(False, {"reasons": ["starting"]})
    asked, reasons = await _can_be_asked(state.reader), await state.who.problems()
    details = {
        "reasons": reasons,
        "sign_in": await _sign_in(request),
        "read_model": asked,
        "caught_up": following.caught_up,
        "trouble": following.trouble,
        "stopped": list(following.stopped.values()),
        **time_left(following.left),
    }
    return Readiness(following.ready and asked and not reasons, details)


async def _metrics(request: Request) -> bytes:
    known: QueryMetrics = request.app.state.metrics
    with contextlib.suppress(psycopg.Error, PoolTimeout):
        await _count(request.app.state.reader, known, request.app.state.counts)
    await _sign_in(request)
    return generate_latest(known.registry)


async def _sign_in(request: Request) -> str | None:
    """What is wrong with signing in; noted for Prometheus."""
    provider: Provider | None = request.app.state.provider
    if provider is None:
        return None
    trouble = await provider.trouble()
    known: QueryMetrics = request.app.state.metrics
    known.sign_in.set(trouble is None)
    return trouble


async def _can_be_asked(reader: ReadingPool) -> bool:
    try:
        async with reader.connection() as connection:
            await connection.execute("SELECT 1")
    except (psycopg.Error, PoolTimeout):
        return False
    return True


async def _count(reader: ReadingPool, known: QueryMetrics, counts: StandingCounts) -> None:
    if not known.counts_are_old():
        return
    async with reader.connection() as connection:
        await counts.look(connection)
    known.counted(counts.lights, counts.messages)
