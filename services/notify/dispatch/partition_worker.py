"""Works on one partition of `dispatches`: folds it, decides what follows, appends that, sends what was claimed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.dispatch import Dispatch, decode_dispatch, encode_dispatch
from contracts.dispatches import DeliveryClaimed, DispatchData, NoticeIssued
from contracts.topics import DISPATCHES
from eventlog.at.appender import Appender
from eventlog.at.at_rule import Counted, SingleAtRule
from eventlog.at.guarded_append import GuardedPartition
from eventlog.backoff import Backoff
from eventlog.log.log import LogCut, LogUnavailable
from eventlog.log.record import Entry
from eventlog.trouble_log import TroubleLog
from services.notify.delivery.channels.channel import Lease
from services.notify.delivery.state import abandonment
from services.notify.dispatch.claim import Claims
from services.notify.dispatch.context import DispatchContext
from services.notify.dispatch.issue import issue
from services.notify.dispatch.ledger import Ledger
from services.notify.dispatch.resolve import Resolver

logger = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
"""Pause between two looks at what other processes appended to the partition; a worker at rest wakes no sooner."""
STUCK_SECONDS = 10.0
FIRST_BACKOFF = 0.5
ENOUGH_BYTES = 600_000
"""No further record is added to a batch beyond this; with the largest notice it stays below 900,000."""


@dataclass(slots=True)
class WorkerStatus:
    """What is known about one worker, for readiness and metrics."""

    ready: bool = False
    problem: str | None = None
    catch_up_seconds: float = 0.0


class PartitionWorker:
    """The worker of one partition: does everything while `active`, else only brings in the outcomes of its claims."""

    def __init__(self, context: DispatchContext, partition: int) -> None:
        self.partition = partition
        self.active = True
        self._name = f"{DISPATCHES}-{partition}"
        self.status = WorkerStatus()
        self.wake = context.gatherer.news[partition]
        self._context = context
        self._claims = Claims(context, self.wake.set)
        self._appending_since: float | None = None
        self._backoff = Backoff(FIRST_BACKOFF)
        self._troubles = TroubleLog(logger)
        self._troubled = False
        self._start_over()

    def _start_over(self) -> None:
        """Read the partition anew; messages under way stay so, and their outcomes are still brought in."""
        self.ledger = Ledger()
        self.guarded = GuardedPartition[Counted](
            self._context.log, DISPATCHES, self.partition, SingleAtRule(), self.ledger.fold
        )
        self._appender = Appender(self.guarded)
        self._resolver = Resolver(self._context, self.ledger)
        self._claims.forget_appended()

    @property
    def stuck(self) -> bool:
        """An append has been waiting for its answer for long."""
        since = self._appending_since
        return since is not None and time.monotonic() - since > STUCK_SECONDS

    @property
    def busy(self) -> bool:
        """Whether claims of this process are without a counted outcome."""
        return self._claims.open

    @property
    def at_rest(self) -> bool:
        """Whether nothing waits for its time here: no notice to be issued, no delivery, no outcome of a claim."""
        return not (self._context.gatherer.due[self.partition] or self.open_deliveries or self.busy)

    @property
    def open_deliveries(self) -> int:
        """How many deliveries will still be tried."""
        return sum(delivery.status in ("due", "claimed", "refused") for delivery in self.ledger.deliveries.values())

    async def run(self) -> None:
        """Work until the partition is given up and every outcome counts; whatever fails is tried again.

        A partition that was cut is given up aloud: nothing is sent from it until a restart.
        """
        while True:
            try:
                await self._work()
            except LogUnavailable as error:
                self.status.ready, self.status.problem = False, repr(error)
                self._troubles.trouble(self._name, error)
                await self._pause()
                if not self.active and not self.busy:
                    return
            except LogCut as error:
                self.status.ready, self.status.problem = False, f"cut: {error}"
                logger.error("%s was cut, nothing is sent from it: %s", self._name, error)
                await asyncio.Event().wait()
            except Exception as error:
                self.status.ready, self.status.problem = False, repr(error)
                self._troubles.trouble(self._name, error, logging.ERROR, traceback=True)
                await self._pause()
                if not self.active:
                    return
                self._start_over()
            else:
                return

    async def _work(self) -> None:
        started = time.monotonic()
        await self._appender.catch_up()
        self.status.catch_up_seconds = time.monotonic() - started
        self.status.ready, self.status.problem = True, None
        looked = time.monotonic()
        while self.active or self.busy:
            if time.monotonic() - looked > LOOK_SECONDS:
                await self._appender.catch_up()
                looked = time.monotonic()
            while await self._round():
                pass
            if self._troubled:
                self._troubled = False
                self._backoff.reset()
                self._troubles.over(self._name)
            await self._rest()

    async def _round(self) -> bool:
        """Append what is decided until it counts, then send what was claimed; False if nothing was appended."""
        self._appending_since = time.monotonic()
        try:
            appended = await self._appender.append(self._batch)
        finally:
            self._appending_since = None
        self._claims.launch(self.ledger, self.guarded.expected)
        return appended

    async def _pause(self) -> None:
        """Wait after trouble, longer each time, unless the partition is given up meanwhile."""
        self._troubled = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._backoff.next()):
                while self.active or self.busy:
                    self.wake.clear()
                    await self.wake.wait()

    async def _rest(self) -> None:
        """Wait for something to do, at most a tick; at rest until something comes, or until the next look."""
        tick = self._context.terms.tick
        try:
            async with asyncio.timeout(max(tick, LOOK_SECONDS) if self.at_rest else tick):
                await self.wake.wait()
        except TimeoutError:
            pass
        self.wake.clear()

    def _batch(self, at: int) -> Sequence[Entry]:
        """The next batch, to lie at `at`; empty if there is nothing to append."""
        # The clock is read before `now`, so that the lease never ends after the `until` that others go by.
        began, now = Lease.clock(), self._context.now()
        entries: list[Entry] = []
        size = 0
        for programme, time_, data in self._decide(now):
            place = at + len(entries)
            if isinstance(data, DeliveryClaimed):
                self._claims.appended(data, Lease(began + self._context.terms.lease.total_seconds()), place)
            dispatch = Dispatch(
                log=self._context.log_id, subject=programme, time=time_, partition=self.partition, at=place, data=data
            )
            value = encode_dispatch(dispatch)
            if isinstance(data, NoticeIssued):
                # A notice that cannot be read back would not count as issued, and would be issued again and again.
                decode_dispatch(value, self.partition)
            entries.append(Entry(programme.encode(), value))
            size += len(value)
            if size > ENOUGH_BYTES:
                break
        return entries

    def _decide(self, now: datetime) -> Iterator[tuple[str, datetime, DispatchData]]:
        """What follows from the ledger now: (programme, time, record), outcomes first, new claims last."""
        ledger = self.ledger
        for delivery, outcome in self._claims.outcomes(ledger):
            yield ledger.programme_of(delivery.id), now, self._resolver.record(outcome, delivery, now)
        if not self.active:
            return
        for delivery in list(ledger.deliveries.values()):
            if delivery.claim is None:
                end: DispatchData | None = abandonment(delivery, self._context.terms.retry)
            elif self._claims.in_hand(delivery):
                continue
            else:
                end = self._resolver.end_of(delivery, now)
            if end is not None:
                yield ledger.programme_of(delivery.id), now, end
        for notice in issue(self._context, self.partition, ledger):
            yield notice.programme, notice.data.issued_at, notice.data
        for claim in self._claims.new(ledger, now):
            yield ledger.programme_of(claim.delivery), now, claim
