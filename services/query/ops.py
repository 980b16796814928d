"""For the operator: metrics, liveness, and readiness with its reasons, at a door that nothing publishes."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout

from services.query.follow.follow_loop import Following
from services.query.metrics import QueryMetrics
from services.query.read_model.counts import light_counts, message_counts
from services.query.read_model.pools import ReadingPool
from web.gate import GuardedRoute, does

router = APIRouter(route_class=GuardedRoute)


def operator(app: FastAPI) -> FastAPI:
    """The operator's door of a built query."""
    door = FastAPI(title="Liangdeng query, operator", docs_url=None, redoc_url=None, openapi_url=None)
    door.state = app.state
    door.include_router(router)
    return door


@router.get("/healthz")
@does("ops.health")
async def healthz(request: Request) -> Response:
    """The process answers, and it goes on reading the log."""
    task: asyncio.Task[None] | None = request.app.state.task
    dead = task is not None and task.done()
    return PlainTextResponse("following has ended" if dead else "ok", 503 if dead else 200)


@router.get("/readyz")
@does("ops.ready")
async def readyz(request: Request) -> Response:
    """200 if the read model can be asked, has caught up, and tokens can be checked."""
    state = request.app.state
    following: Following | None = state.following
    if following is None:
        return JSONResponse({"ready": False, "reasons": ["starting"]}, 503)
    asked, reasons = await _can_be_asked(state.reader), await state.who.problems()
    ready = following.ready and asked and not reasons
    body: dict[str, object] = {
        "ready": ready,
        "reasons": reasons,
        "read_model": asked,
        "caught_up": following.caught_up,
        "trouble": following.trouble,
        "stopped": list(following.stopped.values()),
    }
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics")
@does("ops.metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    known: QueryMetrics = request.app.state.metrics
    with contextlib.suppress(psycopg.Error, PoolTimeout):
        await _count(request.app.state.reader, known)
    return Response(generate_latest(known.registry), media_type=CONTENT_TYPE_LATEST)


async def _can_be_asked(reader: ReadingPool) -> bool:
    try:
        async with reader.connection() as connection:
            await connection.execute("SELECT 1")
    except (psycopg.Error, PoolTimeout):
        return False
    return True


async def _count(reader: ReadingPool, known: QueryMetrics) -> None:
    if not known.counts_are_old():
        return
    async with reader.connection() as connection:
        known.counted(await light_counts(connection), await message_counts(connection))
