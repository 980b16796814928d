"""Appends that come together go to the client together, and each has its own answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata
from faststream.kafka import KafkaBroker

from services.intake.metrics import IntakeMetrics
from services.intake.submitting.producer import SubmissionProducer, Unanswered
from tests.services.intake.running_intake import until

REFUSED = b"refused"


class Client(KafkaBroker):
    """A client without a broker: what it was given, for a test to answer."""

    def __init__(self) -> None:
        super().__init__(logger=None)
        self.given: dict[bytes, asyncio.Future[RecordMetadata]] = {}

    async def start(self) -> None:
        pass

    async def stop(self, *_: Any) -> None:
        pass

    async def publish(self, message: Any, *_: Any, **told: Any) -> Any:
        if message == REFUSED:
            raise KafkaError("refused")
        assert told["no_confirm"]
        self.given[message] = asyncio.get_running_loop().create_future()
        return self.given[message]

    def answer(self, message: bytes, offset: int) -> None:
        """Answer as the broker does."""
        self.given[message].set_result(RecordMetadata("t", 0, None, offset, -1, 0, 0))


@contextlib.asynccontextmanager
async def connected(
    *clients: Client, within: float = 60, max_waiting: int = 100
) -> AsyncIterator[tuple[SubmissionProducer, IntakeMetrics]]:
    """A producer with its first client; those behind it are taken one after the other when one is broken."""
    metrics, left, wrong = IntakeMetrics(), iter(clients), list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, what: wrong.append(what))
    producer = SubmissionProducer(
        lambda: next(left), "t", within=within, max_waiting=max_waiting, metrics=metrics, linger=0.001
    )
    running = asyncio.create_task(producer.run())
    await until(lambda: producer.connected, "no client")
    yield producer, metrics
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not wrong


def append(producer: SubmissionProducer, value: bytes) -> asyncio.Task[int]:
    """An append under way."""
    return asyncio.create_task(producer.append(0, b"k", value, value.decode()))


def waiting(metrics: IntakeMetrics) -> float:
    """How many appends have no answer."""
    found = metrics.registry.get_sample_value("intake_waiting_appends")
    assert found is not None
    return found


async def test_what_comes_together_is_given_together_and_answered_each_by_itself() -> None:
    client = Client()
    async with connected(client) as (producer, metrics):
        appends = [append(producer, value) for value in (b"a", b"b", b"c")]
        await until(lambda: bool(client.given), "nothing was given to the client")
        assert list(client.given) == [b"a", b"b", b"c"]
        for value, offset in ((b"b", 8), (b"c", 9), (b"a", 7)):
            client.answer(value, offset)
        assert await asyncio.gather(*appends) == [7, 8, 9]
        assert waiting(metrics) == 0


async def test_one_that_the_client_does_not_take_fails_alone_and_costs_the_producer() -> None:
    client, next_client = Client(), Client()
    async with connected(client, next_client) as (producer, metrics):
        appends = [append(producer, value) for value in (b"a", REFUSED, b"b")]
        await until(lambda: b"b" in client.given, "what came behind it was not given to the client")
        client.answer(b"a", 0)
        client.answer(b"b", 1)
        first, refused, last = await asyncio.gather(*appends, return_exceptions=True)
        assert (first, last) == (0, 1)
        assert isinstance(refused, Unanswered)
        await until(lambda: metrics.registry.get_sample_value("intake_broken_producers_total") == 1, "none was broken")
        await until(lambda: producer.connected, "no next client")
        after = append(producer, b"c")
        await until(lambda: b"c" in next_client.given, "the next client was given nothing")
        next_client.answer(b"c", 2)
        assert await after == 2
        assert waiting(metrics) == 0


async def test_whoever_gives_up_leaves_the_append_under_way_and_its_place_taken() -> None:
    client = Client()
    async with connected(client, within=0.02, max_waiting=1) as (producer, metrics):
        with pytest.raises(Unanswered, match="no answer within"):
            await append(producer, b"a")
        with pytest.raises(Unanswered, match="too many"):
            await append(producer, b"b")
        client.answer(b"a", 0)
        await until(lambda: waiting(metrics) == 0, "its place is still taken")
        assert list(client.given) == [b"a"]


async def test_a_request_that_is_cancelled_leaves_its_append_and_those_beside_it() -> None:
    client = Client()
    async with connected(client) as (producer, metrics):
        gone, stays = append(producer, b"a"), append(producer, b"b")
        await asyncio.sleep(0)
        gone.cancel()
        await until(lambda: len(client.given) == 2, "not both were given to the client")
        client.answer(b"a", 0)
        client.answer(b"b", 1)
        assert await stays == 1
        assert waiting(metrics) == 0


@pytest.mark.parametrize("offset", [-1, None])
async def test_an_answer_without_an_offset_is_none(offset: int | None) -> None:
    client, next_client = Client(), Client()
    async with connected(client, next_client) as (producer, _):
        appending = append(producer, b"a")
        await until(lambda: bool(client.given), "nothing was given to the client")
        client.given[b"a"].set_result(RecordMetadata("t", 0, None, offset, -1, 0, 0))
        with pytest.raises(Unanswered):
            await appending
