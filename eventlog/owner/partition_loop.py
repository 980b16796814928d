"""The loop of one owned partition: catch up, read questions, append their answers where they are expected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from eventlog.at.guarded_append import race_pause
from eventlog.backoff import Backoff
from eventlog.log.log import AppendUnknown, Follower, Log, LogCut, LogError, LogUnavailable
from eventlog.log.record import Place, Record, batches_of
from eventlog.log.stop_within import cancelled_from_outside
from eventlog.owner.backlog import AnswerDefect, Backlog
from eventlog.owner.partition import OwnerSettings, PartitionHandler, PartitionStatus, Phase
from eventlog.remainder import Remainder
from eventlog.trouble_log import TroubleLog

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
        self._going = asyncio.Event()
        self._going.set()
        self._answering = asyncio.Lock()
        self._backlog: Backlog | None = None
        self._troubles = TroubleLog(logger)
        self._losses = 0
        self._stalled_since: float | None = None
        self._polling: asyncio.Timeout | None = None
        self._announced_end = 0
        self._announced_at: tuple[datetime, int] | None = None

    def stop(self) -> None:
        """Ask the loop to end; a batch in flight is awaited."""
        self._stopping.set()
        self._going.set()
        self._end_poll()

    async def let_go(self) -> None:
        """Returns once the batch in flight is answered; no other one is appended until `go_on` or `stop`."""
        self._going.clear()
        self._end_poll()
        async with self._answering:
            pass

    def go_on(self) -> None:
        """The partition is still this owner's."""
        self._going.set()

    @property
    def left(self) -> Remainder | None:
        """What is left to be read before it can follow."""
        return None if self._backlog is None else self._backlog.guarded.left

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stopping.is_set()

    async def run(self) -> None:
        """Own the partition until `stop`; after trouble it is looked at again, and what is known of it is kept."""
        backoff = Backoff(self.settings.first_backoff_seconds, self.settings.max_backoff_seconds)
        while not self._stopping.is_set():
            position = self.status.position
            try:
                await self._own()
            except asyncio.CancelledError as error:
                if cancelled_from_outside():
                    raise
                self._report(Phase.WAITING, LogUnavailable(f"a client cancelled its own work: {error!r}"))
            except LogCut as error:
                self._report(Phase.CUT, error, logging.CRITICAL)
            except LogError as error:
                self._report(Phase.WAITING, error)
            except AnswerDefect as error:
                self._report(Phase.WAITING, error, logging.ERROR)
            except Exception as error:
                self._report(Phase.WAITING, error, logging.ERROR)
                # The state may be wrong: it is folded from the beginning.
                self._backlog = None
            if self.status.position > position:
                backoff.reset()
            await self._pause(backoff.next())
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
        if self.status.phase is not Phase.CUT:
            self.status.phase = Phase.CATCHING_UP
        began = time.monotonic()
        if self._backlog is None:
            self._backlog = Backlog(self._log, self._partition, self._make(self._partition), self.settings)
        backlog = self._backlog
        await backlog.guarded.verify()
        await self._catch_up(backlog)
        end = await self._log.end(*self._place)
        if backlog.next_question > end:
            question = backlog.next_question
            raise LogCut(f"{self._name}@{question}: answered up to here, and it ends at {end}", self._place, question)
        self.status.end = end
        backlog.start_reading()
        async with self._log.follow({self._place: backlog.resume}) as follower:
            await self._verify(backlog, follower)
            self.status.catch_up_seconds = time.monotonic() - began
            self.status.phase = Phase.FOLLOWING
            self.status.problem = None
            self._troubles.over(self._name)
            checked = time.monotonic()
            while not self._stopping.is_set():
                if not self._going.is_set():
                    await self._rest(backlog)
                if await self._step(backlog, follower):
                    continue
                if time.monotonic() - checked >= self.settings.check_seconds:
                    await self._catch_up(backlog)
                    await self._check_stall(backlog)
                    checked = time.monotonic()

    async def _rest(self, backlog: Backlog) -> None:
        """Until the partition is known to be this owner's; meanwhile another one may have answered."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._going.wait(), self.settings.rest_seconds)
        self._going.set()
        if not self._stopping.is_set():
            await self._catch_up(backlog)

    async def _check_stall(self, backlog: Backlog) -> None:
        end = await self._log.end(*self._place)
        if end <= backlog.next_question:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = time.monotonic()
        elif time.monotonic() - self._stalled_since > self.settings.stall_seconds:
            self._stalled_since = None
            question = backlog.next_question
            raise LogUnavailable(
                f"{self._name}@{question}: nothing comes, though it ends at {end}", self._place, question
            )
        self.status.end = end

    async def _verify(self, backlog: Backlog, follower: Follower) -> None:
        began = time.monotonic()
        while backlog.last and not backlog.waiting and not self._stopping.is_set():
            if time.monotonic() - began > self.settings.stall_seconds:
                answered = backlog.last.causeoffset
                raise LogUnavailable(f"{self._name}@{answered}: does not come", self._place, answered)
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
        async with self._answering:
            if not self._going.is_set() or self._stopping.is_set():
                return True
            entries, answered = backlog.decide()
            counts = await backlog.guarded.append(entries)
        if counts:
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
        found: Mapping[Place, list[Record]] = {}
        try:
            async with asyncio.timeout(None) as until:
                self._polling = until
                found = await follower.poll(self.settings.poll_seconds)
        except TimeoutError:
            if not until.expired():
                raise
        finally:
            self._polling = None
        backlog.read(found.get(self._place, ()))
        end = follower.end(*self._place)
        self.status.end = self.status.end if end is None else end

    def _end_poll(self) -> None:
        until, self._polling = self._polling, None
        if until is not None:
            # What it was about to give comes with the next one.
            until.reschedule(asyncio.get_running_loop().time())

    async def _catch_up(self, backlog: Backlog) -> None:
        try:
            await backlog.guarded.catch_up()
        finally:
            self._update_status(backlog)

    def _update_status(self, backlog: Backlog) -> None:
        if self._announced_at is None or self._announced_at[1] != backlog.next_question:
            self.status.announced_until = None
        self.status.position = backlog.next_question
        self.status.counted = backlog.guarded.rule.counted
        self.status.void = backlog.guarded.rule.void

    def _report(self, phase: Phase, error: Exception, level: int = logging.WARNING) -> None:
        self._troubles.trouble(self._name, error, level, traceback=not isinstance(error, LogError))
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
