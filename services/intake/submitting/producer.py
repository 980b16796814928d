"""Appends submissions to Kafka through FastStream's broker, and answers with the offset that Kafka answered.

What comes within `linger` seconds is given to the client together: it asks the broker once for all of it, and is woken
once and not for each partition.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from contracts.envelope import CONTENT_TYPE
from eventlog.backoff import Backoff
from eventlog.trouble_log import TroubleLog
from services.intake.metrics import IntakeMetrics

logger = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 10.0
"""Between two tries to connect: somebody waits at this door, so it is shorter than elsewhere."""
STOP_SECONDS = 5.0


class Unanswered(Exception):
    """No offset was answered: the submission may be on the log, now or later, or not at all."""


class _Append(NamedTuple):
    """A record to be appended, and who waits for its offset."""

    partition: int
    key: bytes
    value: bytes
    submission_id: str
    offset: asyncio.Future[int]


class SubmissionProducer:
    """One idempotent producer at a time, a new one after any error; an append that was sent is never cancelled."""

    def __init__(
        self,
        make: Callable[[], KafkaBroker],
        topic: str,
        *,
        within: float,
        max_waiting: int,
        metrics: IntakeMetrics,
        linger: float = 0.0,
    ) -> None:
        self._make = make
        self._topic = topic
        self._within = within
        self._max_waiting = max_waiting
        self._linger = linger
        self._metrics = metrics
        self._broker: KafkaBroker | None = None
        self._broken = asyncio.Event()
        self._gathered: list[_Append] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._waiting = 0
        """Appends without an answer of the broker, whether somebody still waits for it or not."""
        metrics.waiting.set_function(lambda: self._waiting)
        self._stopping: set[asyncio.Task[None]] = set()
        self._troubles = TroubleLog(logger)

    @property
    def connected(self) -> bool:
        """Whether there is a producer to append with."""
        return self._broker is not None

    async def run(self) -> None:
        """Keep a producer connected until cancelled, then stop it; bounded."""
        backoff, broker = Backoff(longest=LONGEST_PAUSE_SECONDS), None
        try:
            while True:
                broker = self._make()
                try:
                    await broker.start()
                except Exception as error:  # whatever it was: without a producer nothing is taken, so try again
                    self._troubles.trouble("the producer", error)
                    await self._retire(broker)
                    await asyncio.sleep(backoff.next())
                    continue
                backoff.reset()
                self._troubles.over("the producer")
                self._broken.clear()
                self._broker = broker
                await self._broken.wait()
                self._set_aside(broker)
        finally:
            self._broker = None
            if broker is not None:
                await self._retire(broker)

    async def append(self, partition: int, key: bytes, value: bytes, submission_id: str) -> int:
        """Append one record and return the offset that was answered, within bounded time. Raises Unanswered."""
        broker = self._broker
        if broker is None or self._waiting >= self._max_waiting:
            raise Unanswered("no connection" if broker is None else "too many appends wait for an answer")
        loop = asyncio.get_running_loop()
        offset: asyncio.Future[int] = loop.create_future()
        self._waiting += 1
        self._gathered.append(_Append(partition, key, value, submission_id, offset))
        if len(self._gathered) == 1:
            # A task of its own: requests may give up, what was gathered is sent and answered.
            sending = asyncio.create_task(self._send(broker))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        late = loop.call_later(self._within, self._give_up, offset)
        try:
            return await offset
        finally:
            late.cancel()

    async def _send(self, broker: KafkaBroker) -> None:
        await asyncio.sleep(self._linger)
        gathered, self._gathered = self._gathered, []
        for one in gathered:
            try:
                sent = await broker.publish(
                    one.value,
                    self._topic,
                    key=one.key,
                    partition=one.partition,
                    headers={"content-type": CONTENT_TYPE},
                    correlation_id=one.submission_id,
                    no_confirm=True,
                )
            except Exception as error:  # of this one: those behind it have answers of their own
                self._fail(broker, one.offset, error)
            else:
                sent.add_done_callback(partial(self._answered, broker, one))

    def _answered(self, broker: KafkaBroker, one: _Append, sent: asyncio.Future[Any]) -> None:
        if sent.cancelled():
            self._fail(broker, one.offset, KafkaError("cancelled"))
        elif (error := sent.exception()) is not None:
            self._fail(broker, one.offset, error)
        else:
            metadata = sent.result()
            if metadata.offset is None or metadata.offset < 0 or metadata.partition != one.partition:
                self._fail(broker, one.offset, KafkaError(f"answered {metadata}"))
                return
            self._waiting -= 1
            if not one.offset.done():
                one.offset.set_result(metadata.offset)

    def _fail(self, broker: KafkaBroker, offset: asyncio.Future[int], error: BaseException) -> None:
        self._waiting -= 1
        self._troubles.trouble("an append", error)
        if self._broker is broker:
            self._broken.set()
        if not offset.done():
            offset.set_exception(Unanswered(repr(error)))

    def _give_up(self, offset: asyncio.Future[int]) -> None:
        if not offset.done():
            offset.set_exception(Unanswered(f"no answer within {self._within:g} s"))

    def _set_aside(self, broker: KafkaBroker) -> None:
        """Let a broken producer finish what it holds, beside the new one."""
        self._broker = None
        self._metrics.producers.inc()
        stopping = asyncio.create_task(self._retire(broker))
        self._stopping.add(stopping)
        stopping.add_done_callback(self._stopping.discard)

    async def _retire(self, broker: KafkaBroker) -> None:
        try:
            # Not `wait_for`: before Python 3.12 it may swallow that this task is cancelled.
            async with asyncio.timeout(STOP_SECONDS):
                await broker.stop()
        except Exception as error:  # it is given up either way
            self._troubles.trouble("stopping a producer", error)
