"""The loop of one owned partition: catch up, read submissions, answer them in whole batches where they are expected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from datetime import datetime

from eventlog.at.guarded_append import race_pause
from eventlog.log.log import AppendUnknown, Follower, Log, LogCut, LogError, LogUnavailable
from eventlog.log.record import batches_of
from eventlog.owner.backlog import AnswerDefect, Work
from eventlog.owner.partition import Answering, OwnerSettings, PartitionStatus, Phase

logger = logging.getLogger(__name__)


class PartitionOwner:
    """Owns one partition until it is stopped; whoever else believes to own it is met by the `at` rule."""

    def __init__(
        self, log: Log, partition: int, make: Callable[[int], Answering], settings: OwnerSettings | None = None
    ) -> None:
        self.settings = settings or OwnerSettings()
        self.status = PartitionStatus(partition)
        self._log = log
        self._partition = partition
        self._place = (self.settings.questions, partition)
        self._name = f"{self.settings.questions}-{partition}"
        self._make = make
        self._stopping = asyncio.Event()
        self._work: Work | None = None
        self._losses = 0
        self._stalled_since: float | None = None
        self._announced_end = 0
        self._announced_at: tuple[datetime, int] | None = None

    def stop(self) -> None:
        """Ask the loop to end; a batch in flight is awaited."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stopping.is_set()

    async def run(self) -> None:
        """Own the partition until `stop`; ends early, and never raises, when the log was cut."""
        delay = self.settings.first_backoff_seconds
        while not self._stopping.is_set():
            position = self.status.position
            try:
                await self._own()
            except asyncio.CancelledError as error:
                if _cancelled_from_outside():
                    raise
                self._report(Phase.WAITING, LogUnavailable(f"a client cancelled its own work: {error!r}"))
                logger.warning("%s waits: a client cancelled its own work", self._name, exc_info=error)
            except LogCut as error:
                self._report(Phase.CUT, error)
                logger.critical("%s stopped, the log was cut: %s", self._name, error)
                return
            except LogError as error:
                self._report(Phase.WAITING, error)
                logger.warning("%s waits for the log: %s", self._name, error)
            except AnswerDefect as error:
                self._report(Phase.WAITING, error)
                logger.error("%s waits, a defect: %s", self._name, error, exc_info=error)
            except Exception as error:
                self._report(Phase.WAITING, error)
                self._work = None
                logger.exception("%s starts again from the beginning, a defect", self._name)
            if self.status.position > position:
                delay = self.settings.first_backoff_seconds
            await self._pause(delay * random.uniform(0.8, 1.0))
            delay = min(delay * 2, self.settings.max_backoff_seconds)
        self.status.phase = Phase.STOPPED

    async def announce(self, now: datetime) -> None:
        """Append what is due by `now`, unless what was announced before still waits for its ruling.

        What fails is told in `status.alarm_problem` and proposed again at the next call.
        """
        try:
            await self._announce(now)
        except Exception as error:
            self.status.alarm_problem = str(error) or repr(error)
            raise
        self.status.alarm_problem = None

    async def _announce(self, now: datetime) -> None:
        work = self._work
        if work is None or self.status.phase is not Phase.FOLLOWING or work.next_question < self._announced_end:
            return
        if self._announced_at == (now, work.next_question):
            return
        due = work.answering.due(now)
        if not due:
            self._announced_at = (now, work.next_question)
            self.status.announced_until = now
        for batch in batches_of(due, self.settings.max_batch_bytes):
            base = await self._log.append_entries(*self._place, batch)
            self._announced_end = base + len(batch)

    async def _own(self) -> None:
        self.status.phase = Phase.CATCHING_UP
        began = time.monotonic()
        if self._work is None:
            self._work = Work(self._log, self._partition, self._make(self._partition), self.settings)
        work = self._work
        await self._catch_up(work)
        end = await self._log.end(*self._place)
        if work.next_question > end:
            raise LogCut(f"{self._name} ends at {end}, ruled up to {work.next_question}")
        work.start_reading()
        async with self._log.follow({self._place: work.resume}) as follower:
            await self._verify(work, follower)
            self.status.catch_up_seconds = time.monotonic() - began
            self.status.phase = Phase.FOLLOWING
            self.status.problem = None
            checked = time.monotonic()
            while not self._stopping.is_set():
                if await self._step(work, follower):
                    continue
                if time.monotonic() - checked >= self.settings.check_seconds:
                    await self._catch_up(work)
                    await self._check_stall(work)
                    checked = time.monotonic()

    async def _check_stall(self, work: Work) -> None:
        end = await self._log.end(*self._place)
        if end <= work.next_question:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = time.monotonic()
        elif time.monotonic() - self._stalled_since > self.settings.stall_seconds:
            self._stalled_since = None
            raise LogUnavailable(f"{self._name} ends at {end} but gives nothing from {work.next_question} on")
        self.status.end = end

    async def _verify(self, work: Work, follower: Follower) -> None:
        began = time.monotonic()
        while work.last and not work.waiting and not self._stopping.is_set():
            if time.monotonic() - began > self.settings.stall_seconds:
                raise LogUnavailable(f"{self._name} does not give {work.last.causeoffset}")
            await self._poll(work, follower)
        work.drop_answered()
        self._tell(work)

    async def _step(self, work: Work, follower: Follower) -> bool:
        """One batch; False if there was nothing to answer."""
        if not work.waiting:
            await self._poll(work, follower)
        work.drop_answered()
        self._tell(work)
        if not work.waiting:
            return False
        self._stalled_since = None
        entries, answered = work.decide()
        if await work.guarded.append(entries):
            self.status.rulings += answered
            self._losses = 0
        else:
            self.status.lost_races += 1
            self._losses += 1
            await self._pause(race_pause(self._losses))
            await self._catch_up(work)
        work.drop_answered()
        self._tell(work)
        return True

    async def _poll(self, work: Work, follower: Follower) -> None:
        found = await follower.poll(self.settings.poll_seconds)
        work.read(found.get(self._place, ()))
        self.status.end = follower.end(*self._place)

    async def _catch_up(self, work: Work) -> None:
        try:
            await work.guarded.catch_up()
        finally:
            self._tell(work)

    def _tell(self, work: Work) -> None:
        if self._announced_at is None or self._announced_at[1] != work.next_question:
            self.status.announced_until = None
        self.status.position = work.next_question
        self.status.answers_end = work.guarded.expected
        self.status.counted = work.guarded.folding.counted
        self.status.void = work.guarded.folding.void

    def _report(self, phase: Phase, error: Exception) -> None:
        self.status.phase = phase
        self.status.problem = str(error) or repr(error)
        self.status.announced_until = None
        self._announced_at = None
        if isinstance(error, AppendUnknown):
            self.status.unknown_appends += 1
        elif not isinstance(error, LogError):
            self.status.defects += 1

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
