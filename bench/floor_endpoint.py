"""The floor for intake: FastAPI and aiokafka, and nothing between them."""

from __future__ import annotations

import os
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request
from starlette.responses import Response


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], enable_idempotence=True, acks="all", linger_ms=2
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
async def append(topic: str, key: str, request: Request) -> Response:
    """Read JSON, append it, answer with its place."""
    body: dict[str, Any] = orjson.loads(await request.body())
    partition = zlib.crc32(key.encode()) % 12
    place = await request.app.state.producer.send_and_wait(
        topic, orjson.dumps(body), key=key.encode(), partition=partition
    )
    return Response(
        orjson.dumps({"partition": place.partition, "offset": place.offset}), 202, media_type="application/json"
    )


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["FLOOR_ENDPOINT_PORT"]), log_level="warning", access_log=False
    )
