"""The loop of one owned partition: catch up, read questions, append their answers where they are expected."""

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
from eventlog.owner.backlog import AnswerDefect, Backlog
from eventlog.owner.partition import OwnerSettings, PartitionHandler, PartitionStatus, Phase

logger = logging.getLogger(__name__)


class PartitionOwner:
    """Owns one partition until it is stopped. A concurrent owner is harmless: its batches fail the `at` check."""

    def __init__(
        self, log: Log, partition: int, make: Callable[[int], PartitionHandler], settings: OwnerSettings
    ) -> None:
        self.settings = settings
        self.status = PartitionStatus(partition)
        self._log = log
        self._partition = partition
        self._place = (self.settings.questions, partition)
        self._name = f"{self.settings.questions}-{partition}"
        self._make = make
        self._stopping = asyncio.Event()
        self._backlog: Backlog | None = None
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
                self._backlog = None
                logger.exception("%s starts again from the beginning, a defect", self._name)
            if self.status.position > position:
                delay = self.settings.first_backoff_seconds
            await self._pause(delay * random.uniform(0.8, 1.0))
            delay = min(delay * 2, self.settings.max_backoff_seconds)
        self.status.phase = Phase.STOPPED

    async def announce(self, now: datetime) -> None:
        """Append what is due by `now`, unless what was announced before still waits for its answer.

        What fails is told in `status.alarm_problem` and tried again at the next call.
        """
        try:
            await self._announce(now)
        except Exception as error:
            self.status.alarm_problem = str(error) or repr(error)
            raise
        self.status.alarm_problem = None

    async def _announce(self, now: datetime) -> None:
        backlog = self._backlog
        if backlog is None or self.status.phase is not Phase.FOLLOWING or backlog.next_question < self._announced_end:
            return
        if self._announced_at == (now, backlog.next_question):
            return
        due = backlog.handler.due(now)
        if not due:
            self._announced_at = (now, backlog.next_question)
            self.status.announced_until = now
        for batch in batches_of(due, self.settings.max_batch_bytes):
            base = await self._log.append_entries(*self._place, batch)
            self._announced_end = base + len(batch)

    async def _own(self) -> None:
        self.status.phase = Phase.CATCHING_UP
        began = time.monotonic()
        if self._backlog is None:
            self._backlog = Backlog(self._log, self._partition, self._make(self._partition), self.settings)
        backlog = self._backlog
        await self._catch_up(backlog)
        end = await self._log.end(*self._place)
        if backlog.next_question > end:
            raise LogCut(f"{self._name} ends at {end}, answered up to {backlog.next_question}")
        backlog.start_reading()
        async with self._log.follow({self._place: backlog.resume}) as follower:
            await self._verify(backlog, follower)
            self.status.catch_up_seconds = time.monotonic() - began
            self.status.phase = Phase.FOLLOWING
            self.status.problem = None
            checked = time.monotonic()
            while not self._stopping.is_set():
                if await self._step(backlog, follower):
                    continue
                if time.monotonic() - checked >= self.settings.check_seconds:
                    await self._catch_up(backlog)
                    await self._check_stall(backlog)
                    checked = time.monotonic()

    async def _check_stall(self, backlog: Backlog) -> None:
        end = await self._log.end(*self._place)
        if end <= backlog.next_question:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = time.monotonic()
        elif time.monotonic() - self._stalled_since > self.settings.stall_seconds:
            self._stalled_since = None
            raise LogUnavailable(f"{self._name} ends at {end} but gives nothing from {backlog.next_question} on")
        self.status.end = end

    async def _verify(self, backlog: Backlog, follower: Follower) -> None:
        began = time.monotonic()
        while backlog.last and not backlog.waiting and not self._stopping.is_set():
            if time.monotonic() - began > self.settings.stall_seconds:
                raise LogUnavailable(f"{self._name} does not give {backlog.last.causeoffset}")
            await self._poll(backlog, follower)
        backlog.drop_answered()
        self._update_status(backlog)

    async def _step(self, backlog: Backlog, follower: Follower) -> bool:
        """One batch; False if there was nothing to answer."""
        if not backlog.waiting:
            await self._poll(backlog, follower)
        backlog.drop_answered()
        self._update_status(backlog)
        if not backlog.waiting:
            return False
        self._stalled_since = None
        entries, answered = backlog.decide()
        if await backlog.guarded.append(entries):
            self.status.answers += answered
            self._losses = 0
        else:
            self.status.lost_races += 1
            self._losses += 1
            await self._pause(race_pause(self._losses))
            await self._catch_up(backlog)
        backlog.drop_answered()
        self._update_status(backlog)
        return True

    async def _poll(self, backlog: Backlog, follower: Follower) -> None:
        found = await follower.poll(self.settings.poll_seconds)
        backlog.read(found.get(self._place, ()))
        self.status.end = follower.end(*self._place)

    async def _catch_up(self, backlog: Backlog) -> None:
        try:
            await backlog.guarded.catch_up()
        finally:
            self._update_status(backlog)

    def _update_status(self, backlog: Backlog) -> None:
        if self._announced_at is None or self._announced_at[1] != backlog.next_question:
            self.status.announced_until = None
        self.status.position = backlog.next_question
        self.status.answers_end = backlog.guarded.expected
        self.status.counted = backlog.guarded.rule.counted
        self.status.void = backlog.guarded.rule.void

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
