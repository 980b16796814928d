"""One request's view of the read model: who asks, as of when, after which position was waited for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final

import psycopg
from fastapi import Depends, Request
from psycopg_pool import PoolTimeout
from starlette.responses import Response

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.rulings import ItemOpened
from contracts.topics import jurisdiction_of
from eventlog.clock import Clock
from services.query.answers.access import Deputies, Viewer
from services.query.answers.decisions import Decisions
from services.query.answers.events import known
from services.query.answers.explanations import Explanations
from services.query.answers.problem import QueryProblem, malformed
from services.query.read_model.as_of import LOCAL, AsOf, MalformedAsOf, parse_as_of
from services.query.read_model.pools import ReadingPool
from services.query.read_model.position import Progress
from services.query.read_model.snapshot import Snapshot, snapshot
from supervision.deputies import Namings, evolve, in_force
from supervision.right import DEPUTIES
from web.identity import Identity
from web.position_tokens import MARK, PositionTokens, sealed
from web.privileged_reads import Opened, opened_by
from web.request_limits import Places, RequestLimits
from web.rights import Rights
from web.visitor import known_visitor

LONGEST_WAIT: Final = 60.0
USUAL_WAIT: Final = 10.0
PAGE_WAIT: Final = 3.0
_SECONDS: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class RequestView:
    """A snapshot, who looks at it, and the sentences about the lights in it."""

    snapshot: Snapshot
    viewer: Viewer
    explanations: Explanations
    decisions: Decisions
    clock: Clock
    tokens: PositionTokens | None = None
    """None where positions are shown as they are."""
    opened: Opened = field(default_factory=Opened)
    """What the answer shows of what few may read, which goes on record."""

    @property
    def now(self) -> datetime:
        """Business time: that which is looked at, else the clock's."""
        return self.snapshot.as_of.until or self.clock.now()

    def event_name(self, id_: str) -> str:
        """What an event is called: its id, which tells its place on the log, or another name."""
        return id_ if self.tokens is None else self.tokens.name(id_)

    def sealed(self, answer: Response) -> Response:
        """The answer with every position on the log as a token, unless the viewer sees positions."""
        return answer if self.tokens is None else sealed(self.tokens, answer)


class RequestViews:
    """Opens the views of requests; built once."""

    def __init__(
        self, pool: ReadingPool, progress: Progress, tokens: PositionTokens, clock: Clock, waits: Places
    ) -> None:
        self._pool = pool
        self._progress = progress
        self._waits = waits
        self.tokens = tokens
        self._clock = clock
        self._explanations, self._decisions = Explanations(), Decisions()

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[RequestView]:
        """Wait for `min_position`, then look `as_of`. Raises QueryProblem."""
        identity = known_visitor(request).identity
        as_of = self._as_of(request)
        await self._wait_for(request)
        try:
            async with snapshot(self._pool, as_of) as seen:
                # Only who names no jurisdiction belongs to the one that is served.
                one_served = identity is not None and not identity.jurisdictions
                served = {jurisdiction_of(one) for one in await seen.programme_ids()} if one_served else ()
                tokens = None if sees_positions(request) else self.tokens
                viewer = Viewer(Rights(identity, served), await self._deputies(seen, identity))
                yield RequestView(
                    seen, viewer, self._explanations, self._decisions, self._clock, tokens, opened_by(request)
                )
        except psycopg.DataError:
            # An id that PostgreSQL cannot even hold, such as one with a NUL character, names nothing.
            raise QueryProblem("not-found") from None
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise QueryProblem("unavailable", type(error).__name__) from error

    async def _deputies(self, seen: Snapshot, identity: Identity | None) -> Deputies:
        """Who stands in for whom today, by item, where whoever asks could be one of them (rulebook: Who)."""
        if identity is None or identity.role not in DEPUTIES:
            return {}
        namings: dict[tuple[str, str], Namings] = {}
        for row, data in known(await seen.namings()):
            about = (row.programme, row.item or "")
            namings[about] = data.deputies if isinstance(data, ItemOpened) else evolve(namings.get(about, ()), data)
        today = self._clock.now().astimezone(LOCAL).date()
        return {about: in_force(named, today) for about, named in namings.items()}

    def shown_position(self, request: Request, position: str) -> str:
        """A position as whoever asks may see it."""
        if not position or sees_positions(request):
            return position
        return self.tokens.seal(LastOffsets.parse(position))

    def _position(self, request: Request, name: str) -> LastOffsets:
        """The position that a parameter names: a token, or for those who see positions the plain text."""
        text = request.query_params.get(name, "")
        try:
            if text.startswith(MARK):
                return self.tokens.open(text)
            if text and not sees_positions(request):
                raise MalformedPosition("a token of a position, as an answer or a receipt's address gave it")
            return LastOffsets.parse(text)
        except MalformedPosition as error:
            raise malformed(name, "应为回答或回执中给出的日志位置", f"must be a position: {error}") from None

    def _as_of(self, request: Request) -> AsOf:
        text = request.query_params.get("as_of", "")
        if "@" in text or text.startswith(MARK):
            return AsOf(text, position=self._position(request, "as_of"))
        if known_visitor(request).identity is None and len(text) > len("2024-07-10"):
            # Each instant is another answer to be worked out; of a day there is one.
            raise malformed("as_of", "公众按日查询，如 2024-07-10", "for the public a day, such as 2024-07-10")
        try:
            return parse_as_of(text)
        except MalformedAsOf as error:
            raise malformed("as_of", "应为日期、带时区的时刻或日志位置", f"{error}") from None

    async def _wait_for(self, request: Request) -> None:
        """A program gets an error when it waited in vain; a person a page that says what is not ruled yet."""
        if request.scope["path"].startswith("/v1"):
            await self.wait(request)
            return
        try:
            await self.wait(request, PAGE_WAIT)
        except QueryProblem as problem:
            if problem.code != "not-reached-yet":
                raise

    async def wait(self, request: Request, usual: float = USUAL_WAIT) -> None:
        """Wait until `min_position` was read, `timeout` (else `usual`) seconds at most. Raises QueryProblem."""
        asked = request.query_params.get("timeout")
        if asked is not None and not _SECONDS.fullmatch(asked):
            raise malformed("timeout", "应为秒数，如 2.5", "must be a number of seconds such as 2.5")
        if not request.query_params.get("min_position", ""):
            return
        position = self._position(request, "min_position")
        seconds = min(usual if asked is None else float(asked), LONGEST_WAIT)
        limits: RequestLimits = request.app.state.request_limits
        with self._waits.place(limits.asker(request)):
            reached = await self._progress.reach(position, seconds)
        if not reached:
            raise QueryProblem(
                "not-reached-yet",
                f"waited {seconds:g} s",
                position=self.shown_position(request, str(self._progress.position)),
                missing=self.shown_position(request, str(self._progress.position.missing(position))),
            )


def sees_positions(request: Request) -> bool:
    """Whether whoever asks is shown positions as they are; others could count what is hidden from them."""
    return Rights(known_visitor(request).identity).may("positions.see")


async def _view(request: Request) -> AsyncIterator[RequestView]:
    views: RequestViews = request.app.state.request_views
    async with views.open(request) as view:
        yield view


ViewDep = Annotated[RequestView, Depends(_view)]
