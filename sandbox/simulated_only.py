"""What pretends refuses to work where something real is on the log: it asks the log itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson

from contracts.ruling import RULING_TYPES
from contracts.rulings import ProgrammeOpened
from contracts.topics import PARTITIONS, RULINGS
from embedded.machine_error import MachineError
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log, LogError
from eventlog.log.record import Record
from eventlog.log.settings import KafkaSettings

_OPENED = RULING_TYPES.types[ProgrammeOpened]


def require_simulated(env: Mapping[str, str]) -> None:
    """Raise `MachineError` where a programme on the log is not simulated, or where the log cannot be read.

    `env` is the environment of a client of the log: KAFKA_BOOTSTRAP_SERVERS, LIANGDENG_TOPIC_PREFIX.
    """
    servers, prefix = env["KAFKA_BOOTSTRAP_SERVERS"], env.get("LIANGDENG_TOPIC_PREFIX", "")

    async def look() -> str | None:
        log = KafkaLog(KafkaSettings(bootstrap_servers=servers, topic_prefix=prefix, client_id="liangdeng-sandbox"))
        try:
            return await real_programme(log)
        finally:
            await log.close()

    try:
        real = asyncio.run(look())
    except LogError as error:
        raise MachineError(f"无法读取 {servers} 上的日志", f"The log at {servers} cannot be read: {error}") from None
    if real is not None:
        raise MachineError(
            f"日志中的方案 {real} 不是模拟数据：试用登录和模拟全年不能用于真实数据。",
            f"The programme {real} on the log is not simulated: nothing may pretend beside it.",
        )


async def real_programme(log: Log) -> str | None:
    """The subject of a programme on the log that is not simulated, None where there is none. Raises LogError."""
    places = [(RULINGS, partition) for partition in range(PARTITIONS)]
    positions = {place: await log.start(*place) for place in places}
    ends = {place: await log.end(*place) for place in places}
    async with log.follow(positions) as follower:
        while any(positions[place] < ends[place] for place in places):
            for place, records in (await follower.poll()).items():
                for record in records:
                    if (subject := _real(record)) is not None:
                        return subject
                positions[place] = records[-1].offset + 1
    return None


def _real(record: Record) -> str | None:
    if record.value is None or _OPENED.encode() not in record.value:
        return None
    try:
        event = orjson.loads(record.value)
        opened, simulated = event["type"] == _OPENED, event["data"]["simulated"]
    except (ValueError, KeyError, TypeError):
        return None  # no event of a programme: rating has ruled on it as it is
    return str(event["subject"]) if opened and not simulated else None
