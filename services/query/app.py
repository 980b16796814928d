"""Builds query: pools, the follow loop, the API, the pages; the one place where its parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestViews
from services.query.follow.follow_loop import Following
from services.query.metrics import QueryMetrics
from services.query.read_model import schemas
from services.query.read_model.pools import reading_pool, writing_pool
from services.query.read_model.position import Progress
from services.query.read_model.snapshot import snapshot
from services.query.settings import QuerySettings
from services.query.web import api, pages
from web.tokens import Verifier


def kafka_log(settings: QuerySettings) -> Log:
    """The log on Kafka that these settings name."""
    return KafkaLog(settings.kafka)


async def require_topics(settings: QuerySettings) -> None:
    """Refuse to start on topics that are not what the contract says. Raises TopicDrift, LogUnavailable."""
    wanted = provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=settings.topic_prefix)
    await provisioning.require(settings.bootstrap_servers, wanted)


def build(settings: QuerySettings, open_log: Callable[[QuerySettings], Log] = kafka_log) -> FastAPI:
    """The application; it opens its connections when it starts and closes them when it stops."""
    metrics, progress = QueryMetrics(), Progress()
    reader = reading_pool(settings.database_url, settings.sql_schema, settings.connections)
    writer = writing_pool(settings.database_url, settings.sql_schema)
    verifier = Verifier(settings.jwks, settings.issuer) if settings.jwks else None

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection:
            await schemas.ensure(connection, settings.sql_schema)
        log = open_log(settings)
        async with reader, writer:
            following = Following(log, writer, progress, metrics)
            app.state.following = following
            task = asyncio.create_task(following.run(), name="query-following")
            app.state.task = task
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await log.close()

    app = FastAPI(title="Liangdeng query 亮灯查询", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings, app.state.progress, app.state.metrics = settings, progress, metrics
    app.state.request_views = RequestViews(reader, progress, verifier)
    app.state.reader = reader
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", pages.static, name="static")
    _doors(app)
    _errors(app)
    return app


def _doors(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        dead = app.state.task.done()
        return PlainTextResponse("following has ended" if dead else "ok", 503 if dead else 200)

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        following: Following = app.state.following
        asked = await _can_be_asked(app)
        ready = following.ready and asked
        body = {
            "ready": ready,
            "read_model": asked,
            "caught_up": following.caught_up,
            "trouble": following.trouble,
            "stopped": list(following.stopped.values()),
        }
        return JSONResponse(body, 200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        known: QueryMetrics = app.state.metrics
        with contextlib.suppress(psycopg.Error, PoolTimeout):
            await _count(app)
        return Response(generate_latest(known.registry), media_type=CONTENT_TYPE_LATEST)


async def _can_be_asked(app: FastAPI) -> bool:
    try:
        async with app.state.reader.connection() as connection:
            await connection.execute("SELECT 1")
    except (psycopg.Error, PoolTimeout):
        return False
    return True


async def _count(app: FastAPI) -> None:
    metrics: QueryMetrics = app.state.metrics
    if not metrics.counts_are_old():
        return
    async with snapshot(app.state.reader) as seen:
        lights, deliveries = await seen.light_counts(), await seen.delivery_counts()
    metrics.counted(lights, deliveries)


def _errors(app: FastAPI) -> None:
    @app.exception_handler(QueryProblem)
    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, QueryProblem)
        return await _told(request, error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return await _told(request, QueryProblem("not-found"))
        return JSONResponse(
            {"type": "about:blank", "title": str(error.detail), "status": error.status_code},
            error.status_code,
            headers=error.headers,
            media_type="application/problem+json",
        )

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        where = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return await _told(request, QueryProblem("malformed", where))


async def _told(request: Request, error: QueryProblem) -> Response:
    if request.url.path.startswith("/v1"):
        return error.response()
    return await pages.problem_page(request, error)
