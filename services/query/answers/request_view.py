"""One request's view of the read model: who asks, as of when, after which position was waited for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Final

import psycopg
from fastapi import Depends, Request
from psycopg_pool import PoolTimeout
from starlette.responses import Response

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.topics import jurisdiction_of
from eventlog.clock import Clock
from services.query.answers.access import Viewer
from services.query.answers.decisions import Decisions, kept_decisions
from services.query.answers.evaluation_outcomes import ItemOutcome, Outcomes, kept_outcomes
from services.query.answers.explanations import ItemSentences, Sentences, kept_sentences
from services.query.answers.kept_items import KeptItems
from services.query.answers.light_sums import ItemLights, LightSums, kept_sums
from services.query.answers.problem import QueryProblem, malformed
from services.query.answers.programme import Catalogue, Catalogues, ProgrammeAnswer
from services.query.answers.standing_in import NamingsByItem, kept_namings, standing_in
from services.query.read_model.as_of import LOCAL, AsOf, MalformedAsOf, parse_as_of
from services.query.read_model.pools import ReadingPool
from services.query.read_model.position import Progress
from services.query.read_model.results import HeldItem
from services.query.read_model.snapshot import Snapshot, Snapshots
from supervision.deputies import Namings
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
class Folds:
    """What was folded and is kept for all who ask, each in one place; nothing in it depends on who asks."""

    catalogues: Catalogues = field(default_factory=Catalogues)
    sentences: KeptItems[ItemSentences, Sentences] = field(default_factory=kept_sentences)
    outcomes: KeptItems[ItemOutcome, Outcomes] = field(default_factory=kept_outcomes)
    decisions: KeptItems[Decisions, Decisions] = field(default_factory=kept_decisions)
    namings: KeptItems[Namings, NamingsByItem] = field(default_factory=kept_namings)
    sums: KeptItems[ItemLights, LightSums] = field(default_factory=kept_sums)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A snapshot, who looks at it, all programmes as they are in it, and what is kept."""

    snapshot: Snapshot
    viewer: Viewer
    catalogue: Catalogue
    folds: Folds
    clock: Clock
    tokens: PositionTokens | None = None
    """None where positions are shown as they are."""
    opened: Opened = field(default_factory=Opened)
    """What the answer shows of what few may read, which goes on record."""
    _items: dict[str, list[HeldItem]] = field(default_factory=dict)

    @property
    def programmes(self) -> list[ProgrammeAnswer]:
        """All programmes that the viewer may see, by id."""
        return self.catalogue.seen_by(self.viewer)

    def programme(self, id_: str) -> ProgrammeAnswer:
        """One programme. Raises QueryProblem: there is none, or it is not the viewer's to see."""
        found = self.catalogue.by_id.get(id_)
        if found is None or not self.viewer.may("programme.read", id_):
            raise QueryProblem("not-found")
        return found

    async def items(self, programme: str) -> list[HeldItem]:
        """All items of a programme, whoever sees them: read once."""
        if programme not in self._items:
            self._items[programme] = await self.snapshot.items(programme)
        return self._items[programme]

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
        self._snapshots = Snapshots(pool)
        self._folds = Folds()
        self._progress = progress
        self._waits = waits
        self.tokens = tokens
        self._clock = clock

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[RequestView]:
        """Wait for `min_position`, then look `as_of`. Raises QueryProblem."""
        identity = known_visitor(request).identity
        as_of = self._as_of(request)
        await self._wait_for(request)
        try:
            async with self._snapshots.open(as_of) as seen:
                catalogue = await self._folds.catalogues.of(seen)
                viewer = await self._viewer(seen, catalogue, identity)
                tokens = None if sees_positions(request) else self.tokens
                yield RequestView(seen, viewer, catalogue, self._folds, self._clock, tokens, opened_by(request))
        except psycopg.DataError:
            # An id that PostgreSQL cannot even hold, such as one with a NUL character, names nothing.
            raise QueryProblem("not-found") from None
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise QueryProblem("unavailable", type(error).__name__) from error

    async def own_programmes(self, identity: Identity | None) -> list[ProgrammeAnswer]:
        """The programmes that somebody may see now. Raises psycopg.Error, PoolTimeout."""
        async with self._snapshots.open() as seen:
            catalogue = await self._folds.catalogues.of(seen)
            return catalogue.seen_by(Viewer(Rights(identity, catalogue.by_jurisdiction)))

    async def _viewer(self, seen: Snapshot, catalogue: Catalogue, identity: Identity | None) -> Viewer:
        if identity is None:
            return Viewer(Rights())
        served: Collection[str] = ()
        if not identity.jurisdictions:  # only who names none belongs to the one that is served, now
            past = seen.as_of.text
            served = {jurisdiction_of(one) for one in await seen.programme_ids()} if past else catalogue.by_jurisdiction
        viewer = Viewer(Rights(identity, served))
        own, today = [one.id for one in catalogue.seen_by(viewer)], self._clock.now().astimezone(LOCAL).date()
        return replace(viewer, deputies=await standing_in(self._folds.namings, seen, identity, own, today))

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
