"""Stops a Kafka client within a bound, whatever it does meanwhile."""

from __future__ import annotations

import asyncio
import logging

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

logger = logging.getLogger(__name__)
LAST_SECONDS = 1.0


async def stop_within(client: AIOKafkaConsumer | AIOKafkaProducer, seconds: float) -> None:
    """Stop a client in at most `seconds`; what it has not finished by then is given up.

    It never raises: a consumer that is stopped while it waits to fetch again raises CancelledError from its own
    `stop` (aiokafka 0.14), which would end the task of whoever stopped it, and leaves its connections open.
    """
    stopping = asyncio.create_task(client.stop())
    done, _ = await asyncio.wait([stopping], timeout=seconds)
    if not done:
        stopping.cancel()
        await asyncio.wait([stopping], timeout=LAST_SECONDS)
    if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
        return
    if done:
        logger.info("a client stopped halfway")
    else:
        logger.warning("a client did not stop within %s s and was given up", seconds)
    inner = client.client if isinstance(client, AIOKafkaProducer) else client._client
    closing = asyncio.create_task(inner.close())
    await asyncio.wait([closing], timeout=LAST_SECONDS)
    if closing.done() and not closing.cancelled():
        closing.exception()


def cancelled_from_outside() -> bool:
    """Whether a CancelledError that was caught was meant for this task; a client may raise one for its own work."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
