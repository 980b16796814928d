"""HTTP to Kafka as fast as Python does it here: plain ASGI, msgspec, librdkafka's producer, uvloop and httptools.

It does what `bench/floor_endpoint.py` does, on the same producer's settings. Run by the peers' Python.
"""

from __future__ import annotations

import asyncio
import os
import threading
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvicorn
from confluent_kafka import KafkaError, Message, Producer

PARTITIONS = 12
POLL_SECONDS = 0.05
QUEUE_MILLISECONDS = 2
BATCH_BYTES = 512 * 1024
JSON = [(b"content-type", b"application/json")]
Asked = dict[str, Any]
Send = Callable[[Asked], Awaitable[None]]


class BodyRead(msgspec.Struct):
    """What is posted."""

    type: str
    data: dict[str, Any]


class PlaceTold(msgspec.Struct):
    """Where it lies."""

    partition: int
    offset: int


class Outbox:
    """librdkafka's producer; a thread of its own hears the broker's answers, and wakes the loop once for many."""

    def __init__(self, bootstrap: str) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": QUEUE_MILLISECONDS,
                "batch.size": BATCH_BYTES,
            }
        )
        self._loop = asyncio.get_running_loop()
        self._answered: list[tuple[asyncio.Future[PlaceTold], KafkaError | None, Message]] = []
        threading.Thread(target=self._poll, daemon=True).start()

    def append(self, topic: str, key: bytes, value: bytes) -> asyncio.Future[PlaceTold]:
        """Resolves once the broker has it."""
        told: asyncio.Future[PlaceTold] = self._loop.create_future()
        self._producer.produce(
            topic,
            value,
            key,
            zlib.crc32(key) % PARTITIONS,
            lambda error, message: self._answered.append((told, error, message)),
        )
        return told

    def _poll(self) -> None:
        while True:
            self._producer.poll(POLL_SECONDS)
            if self._answered:
                answered, self._answered = self._answered, []
                self._loop.call_soon_threadsafe(_tell, answered)


def _tell(answered: list[tuple[asyncio.Future[PlaceTold], KafkaError | None, Message]]) -> None:
    for told, error, message in answered:
        if error is not None:
            told.set_exception(RuntimeError(str(error)))
        elif not told.done():
            told.set_result(PlaceTold(message.partition(), message.offset()))


class Endpoint:
    """`POST /{topic}/{key}` appends; anything else says that it is there."""

    def __init__(self) -> None:
        self._outbox: Outbox | None = None
        self._read = msgspec.json.Decoder(BodyRead).decode
        self._write = msgspec.json.Encoder().encode

    async def __call__(self, scope: Asked, receive: Callable[[], Awaitable[Asked]], send: Send) -> None:
        """As ASGI."""
        if scope["method"] != "POST":
            await self._answer(send, 200, b"{}")
            return
        outbox = self._outbox = self._outbox or Outbox(os.environ["KAFKA_BOOTSTRAP_SERVERS"])
        _, topic, key = scope["path"].split("/", 2)
        body = b""
        while (part := await receive()).get("more_body"):
            body += part["body"]
        try:
            posted = self._read(body + part["body"])
        except msgspec.ValidationError as error:
            await self._answer(send, 422, self._write({"detail": str(error)}))
            return
        place = await outbox.append(topic, key.encode(), self._write(posted))
        await self._answer(send, 202, self._write(place))

    async def _answer(self, send: Send, status: int, body: bytes) -> None:
        headers = [*JSON, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    port = int(os.environ["BEST_ENDPOINT_PORT"])
    uvicorn.run(
        Endpoint(),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
    )
