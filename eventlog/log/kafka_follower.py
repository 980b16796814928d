"""Following Kafka's partitions: assigned and sought before the first poll, no group, no committed offsets, no reset."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError, OffsetOutOfRangeError

from eventlog.log.log import LogCut, LogUnavailable, LogUnreadable
from eventlog.log.record import Place, Record
from eventlog.log.settings import KafkaSettings
from eventlog.log.stop_within import stop_within


class KafkaFollower:
    """As `Follower`; one consumer of its own, so that one partition's trouble is nobody else's."""

    def __init__(self, settings: KafkaSettings, positions: Mapping[Place, int]) -> None:
        self._settings = settings
        self._positions = dict(positions)
        self._consumer: AIOKafkaConsumer | None = None
        self._places = {TopicPartition(settings.physical(topic), p): (topic, p) for topic, p in positions}

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        """As `Follower.poll`."""
        consumer = self._opened()
        try:
            found = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=max_records)
        except OffsetOutOfRangeError as error:
            raise LogCut(f"nothing lies at {self._named(error)}") from error
        except (CorruptRecordException, UnicodeDecodeError) as error:
            raise LogUnreadable(f"{sorted(self._positions)}: {error!r}") from error
        except KafkaError as error:
            raise LogUnavailable(repr(error)) from error
        if not found and consumer._fetcher.error_future.done():
            # Otherwise it would give nothing for ever, and say nothing.
            raise LogUnavailable("the consumer no longer fetches")
        polled: dict[Place, list[Record]] = {}
        for tp, records in found.items():
            topic, partition = place = self._places[tp]
            polled[place] = [
                Record(topic, partition, r.offset, r.timestamp, r.key, r.value, r.headers) for r in records
            ]
        return polled

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """As `Follower.seek`."""
        self._opened().seek(TopicPartition(self._settings.physical(topic), partition), offset)

    def end(self, topic: str, partition: int) -> int | None:
        """As `Follower.end`."""
        end: int | None = self._opened().highwater(TopicPartition(self._settings.physical(topic), partition))
        return end

    async def close(self) -> None:
        """As `Follower.close`."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await stop_within(consumer, self._settings.stop_seconds)

    async def __aenter__(self) -> Self:
        """As `Follower.__aenter__`. Raises LogCut, LogUnavailable."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap_servers,
            client_id=self._settings.client_id,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=int(self._settings.fetch_wait_seconds * 1000),
            request_timeout_ms=int(self._settings.request_timeout_seconds * 1000),
            **self._settings.client_options,
        )
        self._consumer = consumer
        # Assigned before the start, which fetches the topics' metadata; sought before the next await, and so
        # before the first fetch.
        consumer.assign(list(self._places))
        try:
            await consumer.start()
            for tp, place in self._places.items():
                consumer.seek(tp, self._positions[place])
            await self._check(consumer)
        except BaseException as error:
            await self.close()
            if isinstance(error, KafkaError | OSError):
                raise LogUnavailable(repr(error)) from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `Follower.__aexit__`."""
        await self.close()

    async def _check(self, consumer: AIOKafkaConsumer) -> None:
        starts = await consumer.beginning_offsets(list(self._places))
        ends = await consumer.end_offsets(list(self._places))
        for tp, (topic, partition) in self._places.items():
            position = self._positions[(topic, partition)]
            if not starts[tp] <= position <= ends[tp]:
                raise LogCut(f"{topic}-{partition} holds {starts[tp]} to {ends[tp]}, read up to {position}")

    def _named(self, error: OffsetOutOfRangeError) -> str:
        offsets = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        return ", ".join(
            f"{self._places[tp][0]}-{tp.partition}@{offset}" for tp, offset in offsets.items() if tp in self._places
        )

    def _opened(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("a follower is used inside `async with`")
        return self._consumer
