"""A record that no client of the log can decode, as any program that may write there could append it."""

from __future__ import annotations

import struct

from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from eventlog.log.settings import KafkaSettings


async def append_undecodable(settings: KafkaSettings, topic: str, partition: int, value: bytes = b"1") -> int:
    """Append a record with a header whose name is no UTF-8; returns its offset."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch.append(timestamp=None, key=b"k", value=value, headers=[("NAME", b"v")])
        batch.close()
        forged = bytearray(batch._build())
        where = forged.index(b"NAME")
        forged[where : where + 4] = b"\xff\xfe\xff\xfe"
        struct.pack_into(">I", forged, 17, calc_crc32c(bytes(forged[21:])))
        batch._buffer = bytes(forged)
        sent = await producer.send_batch(batch, settings.physical(topic), partition=partition)
        return int((await sent).offset)
    finally:
        await producer.stop()
