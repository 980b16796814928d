"""The topics, their partitions and retention, and where a subject lies."""

from __future__ import annotations

import zlib
from functools import lru_cache
from types import MappingProxyType
from typing import Final

SUBMISSIONS: Final = "submissions"
RULINGS: Final = "rulings"
DISPATCHES: Final = "dispatches"
TOPICS: Final = (SUBMISSIONS, RULINGS, DISPATCHES)

PARTITIONS: Final = 12
"""Part of the contract, never changed: more partitions mean a new generation of topics."""

MAX_SUBMISSION_BYTES: Final = 64 * 1024
MAX_RULING_BYTES: Final = 256 * 1024
MAX_BATCH_BYTES: Final = 900_000

TOPIC_CONFIG: Final = MappingProxyType(
    {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": "1000000",
    }
)


@lru_cache(maxsize=4096)
def partition_of(subject: str) -> int:
    """Partition of a subject (`programme` or `programme/item`): CRC-32 of its UTF-8 bytes, modulo 12."""
    return zlib.crc32(subject.encode()) % PARTITIONS


def subject_of(programme: str, item: str | None = None) -> str:
    """The subject of an event about a programme or one of its items."""
    return programme if item is None else f"{programme}/{item}"


def jurisdiction_of(subject: str) -> str:
    """The jurisdiction of a programme or of its item: what stands before the last dash of the programme's id."""
    return split_subject(subject)[0].rpartition("-")[0]


def split_subject(subject: str) -> tuple[str, str | None]:
    """Programme and item of a subject."""
    programme, _, item = subject.partition("/")
    return programme, item or None
