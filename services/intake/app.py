"""Builds intake: its parts, its doors, and what it says when something does not work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from directory.store import pool_of
from eventlog.log.kafka import KafkaLog
from services.application import application
from services.intake.api.routes import api_router, busiest
from services.intake.dependencies import Dependencies
from services.intake.description import operations
from services.intake.ops import operator
from services.intake.pages import decisions, form_routes, publication, receipt_page, reviews, signing_queue
from services.intake.pages import evidence as evidence_pages
from services.intake.pages.drafts import draft_routers
from services.intake.pages.paper import routes as tables
from services.intake.pages.programme_changes import all_hands
from services.intake.pages.programme_changes import routes as programme_changes
from services.intake.pages.renderer import problem_page
from services.intake.pages.routes import pages_router
from services.intake.parts import parts
from services.intake.problem import IntakeProblem, denied, unauthenticated
from services.intake.settings import IntakeSettings
from web.addresses import SHARED
from web.api_page import described
from web.gate import FirstDoor, OpenMount, methods_at, tell_denied
from web.header import shared
from web.identity import Unauthenticated
from web.privileged_reads import TrailUnavailable
from web.problem import HttpProblem, wants_page
from web.request_limits import LimitReached
from web.rights import RightDenied
from web.sessions import SessionsUnavailable
from web.visitor import request_id


def build(settings: IntakeSettings) -> FastAPI:
    """The application; nothing connects before it is started."""
    log = KafkaLog(settings.kafka)
    pool = pool_of(settings.database_url) if settings.database_url else None
    dependencies = parts(settings, log, pool)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await dependencies.topics.require()
        feeds = (dependencies.roster_feed, dependencies.citations_feed)
        running = (dependencies.topics, dependencies.producer, *feeds, dependencies.held, dependencies.unreferenced)
        await dependencies.who.open()
        if pool is not None:
            await pool.open()
        # PostgreSQL may be down: submissions are taken while the directory is asked for.
        following = [dependencies.directory.run()] if dependencies.directory else []
        tasks = [asyncio.create_task(part) for part in (*(part.run() for part in running), *following)]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if pool is not None:
            await pool.close()
        await dependencies.who.close()
        await log.close()

    app = application(
        "亮灯 · intake",
        settings,
        told=_told,
        lifespan=lifespan,
        origin=settings.origin,
        hosts=settings.host_names,
        root_path=settings.intake_root_path,
    )
    # The innermost: behind the entrance and its limits.
    app.user_middleware.append(Middleware(FirstDoor, route=busiest, handlers=app.exception_handlers))
    app.state.dependencies, app.state.who = dependencies, dependencies.who
    app.state.operator = operator(app)
    app.router.routes.insert(0, busiest)
    app.include_router(api_router)
    app.include_router(evidence_pages.router)
    app.include_router(signing_queue.router)
    app.include_router(receipt_page.router)
    app.include_router(pages_router)
    app.include_router(form_routes.router)
    app.include_router(publication.router)
    app.include_router(all_hands.router)
    app.include_router(programme_changes.router)
    app.include_router(tables.router)
    for router in draft_routers:
        app.include_router(router)
    app.include_router(decisions.router)
    app.include_router(reviews.router)
    document = operations.description(settings.intake_root_path)
    app.router.routes.extend(described(document, settings.intake_root_path, people_sign_in=bool(settings.origin)))
    app.router.routes.append(OpenMount(SHARED, shared, "assets.read"))
    _handlers(app)
    return app


def _handlers(app: FastAPI) -> None:
    app.add_exception_handler(IntakeProblem, _problem)
    app.add_exception_handler(LimitReached, _problem)
    app.add_exception_handler(RightDenied, _denied)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(SessionsUnavailable, _sessions_unavailable)
    app.add_exception_handler(TrailUnavailable, _trail_unavailable)
    app.add_exception_handler(HTTPException, _http_error)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpProblem)
    return await _told(request, error)


async def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, RightDenied)
    tell_denied(request, error)
    return await _told(request, denied(error))


async def _unauthenticated(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unauthenticated)
    return await _told(request, unauthenticated(error))


async def _sessions_unavailable(request: Request, error: Exception) -> Response:
    return await _told(request, IntakeProblem("sessions_unavailable", "", str(error)))


async def _trail_unavailable(request: Request, error: Exception) -> Response:
    return await _told(request, IntakeProblem("not_recorded", "", str(error)))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method", 413: "too_large", 415: "media_type"}
    code = codes.get(error.status_code, "malformed")
    problem = IntakeProblem(code, en="" if code in codes.values() else str(error.detail), headers=error.headers)
    if code == "method":
        problem.headers["Allow"] = methods_at(request)
    return await _told(request, problem)


async def _told(request: Request, problem: HttpProblem) -> Response:
    """To a program as a document, to a person as a page."""
    if not wants_page(request):
        return problem.response(request_id(request))
    dependencies: Dependencies = request.app.state.dependencies
    await dependencies.who.visitors.glance(request)
    return problem_page(request, problem)
