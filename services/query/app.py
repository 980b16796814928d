"""Builds query: pools, the follow loop, the API, the pages; the one place where its parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS
from directory.administration import Administration
from directory.copy import DirectoryCopy
from directory.store import DirectoryStore, pool_of
from eventlog.clock import clock_from
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log
from exact.faults import fault_of
from services.application import application
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestViews
from services.query.description import operations
from services.query.follow.follow_loop import Following
from services.query.metrics import QueryMetrics
from services.query.ops import operator
from services.query.read_model import schemas
from services.query.read_model.counts import StandingCounts
from services.query.read_model.pools import reading_pool, writing_pool
from services.query.read_model.position import Progress
from services.query.settings import QuerySettings
from services.query.web import api, pages
from services.query.web.people import account_routes, import_routes, place_routes, routes
from services.query.web.people.desk import PeopleDesk
from services.query.web.people.list_reader import ListReader
from services.recognition import Recognition, recognition
from supervision.right import REASONS
from supervision.words import Word
from web.addresses import SHARED
from web.api_page import described
from web.gate import OpenMount, methods_at, tell_denied
from web.header import shared
from web.identity import Unauthenticated
from web.position_tokens import PositionTokens
from web.privileged_reads import TrailUnavailable
from web.problem import HttpProblem, wants_page
from web.provider import Provider
from web.request_limits import LimitReached, Places
from web.rights import RightDenied
from web.sessions import SessionsUnavailable
from web.sign_in import SignIn
from web.visitor import request_id


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
    tokens = PositionTokens(settings.position_key.get_secret_value())
    who = recognition(settings, settings.database_url, "query", metrics.registry)
    directory = pool_of(settings.database_url)
    store = DirectoryStore(directory)
    copy = DirectoryCopy(store, settings.directory_copy)
    who.visitors.admits = lambda one: copy.register.admits(one.jurisdictions, one.id, program=one.program)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection:
            await schemas.ensure(connection, settings.sql_schema)
        log = open_log(settings)
        async with reader, writer, directory:
            following = Following(log, writer, progress, metrics)
            app.state.following = following
            task = asyncio.create_task(following.run(), name="query-following")
            app.state.task = task
            await who.open()
            await copy.start()
            tasks = [task, *([asyncio.create_task(who.sessions.run(), name="sessions")] if who.sessions else [])]
            try:
                yield
            finally:
                for running in tasks:
                    running.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await copy.stop()
                await who.close()
                await log.close()

    app = application(
        "Liangdeng query 亮灯查询",
        settings,
        told=_told,
        lifespan=lifespan,
        origin=settings.origin,
        hosts=settings.host_names,
    )
    app.state.settings, app.state.progress, app.state.metrics = settings, progress, metrics
    app.state.counts = StandingCounts()
    app.state.request_views = RequestViews(reader, progress, tokens, clock_from(settings.clock), _limits(app, settings))
    app.state.reader, app.state.who = reader, who
    app.state.copy, app.state.register = copy, lambda: copy.register
    app.state.people = PeopleDesk(store, Administration(store, settings.accounts), who, settings.origin, ListReader())
    app.state.following = app.state.task = None  # until it has started
    for router in (
        api.router,
        pages.router,
        import_routes.router,
        account_routes.router,
        place_routes.router,
        routes.router,
    ):
        app.include_router(router)
    app.state.provider = _provider(settings, who)
    app.router.routes.extend([*_sign_in(settings, who, app.state.provider), *_described(settings)])
    app.router.routes.append(OpenMount(SHARED, shared, "assets.read"))
    app.router.routes.append(OpenMount("/static", pages.static, "assets.read"))
    app.state.operator = operator(app)
    _errors(app)
    return app


def _limits(app: FastAPI, settings: QuerySettings) -> Places:
    """Set the limit of streams; the places for those who wait for a position."""
    app.state.streams = Places(Word("变动推送", "streams of changes"), settings.max_streams_each, settings.max_streams)
    return Places(Word("等待某一位置的请求", "waits for a position"), settings.max_waits_each, settings.max_waits)


def _described(settings: QuerySettings) -> list[Route]:
    """Where the API is described."""
    return described(operations.description(), settings.intake_root_path, people_sign_in=bool(settings.origin))


def _provider(settings: QuerySettings, who: Recognition) -> Provider | None:
    """Who signs people in; None where nobody signs in."""
    if who.sessions is None or settings.oidc_client_secret is None:
        return None
    return Provider(
        issuer=settings.issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        discovery=settings.oidc_discovery,
        claims=settings.mapping,
        security=who.security,
    )


def _sign_in(settings: QuerySettings, who: Recognition, provider: Provider | None) -> list[Route]:
    """Where people sign in and out."""
    if provider is None or who.sessions is None:
        return []
    return SignIn(settings.origin, settings.intake_root_path, provider, who.sessions, who.security).routes()


def _errors(app: FastAPI) -> None:
    @app.exception_handler(QueryProblem)
    @app.exception_handler(LimitReached)
    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, HttpProblem)
        return await _told(request, error)

    @app.exception_handler(RightDenied)
    async def denied(request: Request, error: Exception) -> Response:
        assert isinstance(error, RightDenied)
        tell_denied(request, error)
        return await _told(request, _denied(error))

    @app.exception_handler(Unauthenticated)
    async def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, Unauthenticated)
        return await _told(request, QueryProblem("sign-in-required", str(error), zh=error.zh))

    @app.exception_handler(SessionsUnavailable)
    @app.exception_handler(TrailUnavailable)
    async def unavailable(request: Request, error: Exception) -> Response:
        return await _told(request, QueryProblem("unavailable", str(error)))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        codes = {404: "not-found", 405: "method", 413: "too-large"}
        problem = QueryProblem(codes.get(error.status_code, "malformed"))
        problem.headers.update(error.headers or {})
        if problem.code == "method":
            problem.headers["Allow"] = methods_at(request)
        return await _told(request, problem)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [fault_of({**one, "loc": one["loc"][1:]}, (), {}) for one in error.errors()]
        return await _told(request, QueryProblem("malformed", faults=faults))


def _denied(error: RightDenied) -> QueryProblem:
    reason = error.said.reason
    if reason is None:
        return QueryProblem("not-found")
    word = REASONS[reason]
    if reason == "sign_in":
        return QueryProblem("sign-in-required", word.en, zh=word.zh)
    return QueryProblem("forbidden", word.en, zh=word.zh, reason=reason)


async def _told(request: Request, error: HttpProblem) -> Response:
    """To a program as a document, to a person as a page."""
    if not wants_page(request):
        return error.response(request_id(request))
    return await pages.problem_page(request, error)
