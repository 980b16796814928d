"""One request's view of the read model: who asks, as of when, after which position was waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final

import psycopg
from fastapi import Depends, Request
from psycopg_pool import PoolTimeout

from contracts.position_vector import LastOffsets, MalformedPosition
from services.query.answers.access import Viewer
from services.query.answers.explanations import Explanations
from services.query.answers.problem import QueryProblem
from services.query.read_model.as_of import MalformedAsOf, parse_as_of
from services.query.read_model.pools import ReadingPool
from services.query.read_model.position import Progress
from services.query.read_model.snapshot import Snapshot, snapshot
from web.identity import Unauthenticated
from web.sessions import SessionsUnavailable
from web.visitor import Visitors

LONGEST_WAIT: Final = 60.0
USUAL_WAIT: Final = 10.0
PAGE_WAIT: Final = 3.0


@dataclass(frozen=True, slots=True)
class RequestView:
    """A snapshot, who looks at it, and the sentences about the lights in it."""

    snapshot: Snapshot
    viewer: Viewer
    explanations: Explanations


class RequestViews:
    """Opens the views of requests; built once."""

    def __init__(self, pool: ReadingPool, progress: Progress, visitors: Visitors) -> None:
        self._pool = pool
        self._progress = progress
        self._visitors = visitors
        self._explanations = Explanations()

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[RequestView]:
        """Wait for `min_position`, then look `as_of`. Raises QueryProblem."""
        viewer = await self.viewer(request)
        try:
            as_of = parse_as_of(request.query_params.get("as_of", ""))
        except MalformedAsOf as error:
            raise QueryProblem("malformed", f"as_of: {error}") from None
        await self._wait_for(request)
        try:
            async with snapshot(self._pool, as_of) as seen:
                yield RequestView(seen, viewer, self._explanations)
        except psycopg.DataError:
            # An id that PostgreSQL cannot even hold, such as one with a NUL character, names nothing.
            raise QueryProblem("not-found") from None
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise QueryProblem("unavailable", type(error).__name__) from error

    async def viewer(self, request: Request) -> Viewer:
        """Who asks. Raises QueryProblem."""
        try:
            return Viewer((await self._visitors.of(request)).identity)
        except Unauthenticated as error:
            raise QueryProblem("sign-in-required", str(error)) from None
        except SessionsUnavailable as error:
            raise QueryProblem("unavailable", str(error)) from error

    async def _wait_for(self, request: Request) -> None:
        """A program gets an error when it waited in vain; a person a page that says what is not ruled yet."""
        if request.url.path.startswith("/v1"):
            await self.wait(request)
            return
        try:
            await self.wait(request, PAGE_WAIT)
        except QueryProblem as problem:
            if problem.code != "not-reached-yet":
                raise

    async def wait(self, request: Request, usual: float = USUAL_WAIT) -> None:
        """Wait until `min_position` was read, `timeout` (else `usual`) seconds at most. Raises QueryProblem."""
        wanted = request.query_params.get("min_position", "")
        if not wanted:
            return
        try:
            position = LastOffsets.parse(wanted)
            seconds = min(max(0.0, float(request.query_params.get("timeout", usual))), LONGEST_WAIT)
        except MalformedPosition as error:
            raise QueryProblem("malformed", f"min_position: {error}") from None
        except ValueError:
            raise QueryProblem("malformed", "timeout: a number of seconds") from None
        if not await self._progress.reach(position, seconds):
            raise QueryProblem(
                "not-reached-yet",
                f"waited {seconds:g} s",
                position=str(self._progress.position),
                missing=str(self._progress.position.missing(position)),
            )


async def _view(request: Request) -> AsyncIterator[RequestView]:
    views: RequestViews = request.app.state.request_views
    async with views.open(request) as view:
        yield view


ViewDep = Annotated[RequestView, Depends(_view)]
