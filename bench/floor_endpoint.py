"""The floor for intake: an endpoint as FastAPI's and aiokafka's own documentation write it, and nothing more."""

from __future__ import annotations

import os
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request
from pydantic import BaseModel


class PostedBody(BaseModel):
    """What is posted."""

    type: str
    data: dict[str, Any]


class Appended(BaseModel):
    """Where it lies."""

    partition: int
    offset: int


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # The producer is set up as intake's, so that the two differ in what they do, not in how they batch.
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        enable_idempotence=True,
        acks="all",
        linger_ms=2,
        max_batch_size=512 * 1024,
    )
    await producer.start()
    app.state.producer = producer
    yield
    await producer.stop()


app = FastAPI(lifespan=_lifespan)


@app.get("/readyz")
async def ready() -> dict[str, bool]:
    """Answers once the producer is connected."""
    return {"ready": True}


@app.post("/{topic}/{key}", status_code=202)
async def append(topic: str, key: str, body: PostedBody, request: Request) -> Appended:
    """Append the body, answer with its place."""
    place = await request.app.state.producer.send_and_wait(
        topic, body.model_dump_json().encode(), key=key.encode(), partition=zlib.crc32(key.encode()) % 12
    )
    return Appended(partition=place.partition, offset=place.offset)


if __name__ == "__main__":
    port = int(os.environ["FLOOR_ENDPOINT_PORT"])
    uvicorn.run(app, loop="asyncio", http="h11", host="127.0.0.1", port=port, log_level="warning", access_log=False)
