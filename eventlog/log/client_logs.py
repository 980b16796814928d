"""Keeps the Kafka client from filling the log: it says the same again ten times a second while a broker is away."""

from __future__ import annotations

import logging
import time

REMIND_SECONDS = 600.0
REMEMBERED = 1000
LOGGERS = (
    "aiokafka",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.consumer",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.producer",
    "aiokafka.producer.sender",
)


class SameAgain(logging.Filter):
    """Lets a warning or an error through once in ten minutes."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """As `logging.Filter.filter`."""
        if record.levelno < logging.WARNING:
            return True
        text, now = record.getMessage(), time.monotonic()
        if now - self._told.get(text, -REMIND_SECONDS) < REMIND_SECONDS:
            return False
        if len(self._told) >= REMEMBERED:
            self._told.clear()
        self._told[text] = now
        return True


_SAME_AGAIN = SameAgain()


def limit_client_logs() -> None:
    """Have the client's warnings told once in ten minutes, in the whole process; calling it again changes nothing."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_SAME_AGAIN)
