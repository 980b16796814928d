"""Appends submissions to Kafka through FastStream's broker, and answers with the offset that Kafka answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aiokafka.errors import KafkaError
from faststream.exceptions import FastStreamException
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


class SubmissionProducer:
    """One idempotent producer at a time, a new one after any error; an append that was sent is never cancelled."""

    def __init__(
        self, make: Callable[[], KafkaBroker], topic: str, *, within: float, max_waiting: int, metrics: IntakeMetrics
    ) -> None:
        self._make = make
        self._topic = topic
        self._within = within
        self._max_waiting = max_waiting
        self._metrics = metrics
        self._broker: KafkaBroker | None = None
        self._broken = asyncio.Event()
        self._waiting: set[asyncio.Task[int]] = set()
        metrics.waiting.set_function(lambda: len(self._waiting))
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
        if broker is None or len(self._waiting) >= self._max_waiting:
            raise Unanswered("no connection" if broker is None else "too many appends wait for an answer")
        # A task of its own: the request may give up, the append goes on until it is answered.
        sending = asyncio.create_task(self._send(broker, partition, key, value, submission_id))
        self._waiting.add(sending)
        sending.add_done_callback(self._answered)
        await asyncio.wait((sending,), timeout=self._within)
        if not sending.done():
            raise Unanswered(f"no answer within {self._within:g} s")
        try:
            return sending.result()
        except (KafkaError, FastStreamException, OSError) as error:
            if self._broker is broker:
                self._broken.set()
            raise Unanswered(repr(error)) from error

    async def _send(self, broker: KafkaBroker, partition: int, key: bytes, value: bytes, submission_id: str) -> int:
        metadata = await broker.publish(
            value,
            self._topic,
            key=key,
            partition=partition,
            headers={"content-type": CONTENT_TYPE},
            correlation_id=submission_id,
        )
        offset: int | None = metadata.offset
        if offset is None or offset < 0 or metadata.partition != partition:
            raise KafkaError(f"answered {metadata}")
        return offset

    def _answered(self, sending: asyncio.Task[int]) -> None:
        self._waiting.discard(sending)
        if not sending.cancelled() and (error := sending.exception()) is not None:
            self._troubles.trouble("an append", error)

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
