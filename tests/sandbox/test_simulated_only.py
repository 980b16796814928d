"""What pretends finds out from the log itself whether something real lies there, and then refuses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.topics import PARTITIONS, RULINGS, TOPIC_CONFIG, TOPICS, partition_of
from embedded.machine_error import MachineError
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.memory import MemoryLog
from eventlog.log.record import Entry
from eventlog.log.settings import KafkaSettings
from sandbox.simulated_only import real_programme, require_simulated
from tests.services.query.feed import Feed


def with_programmes(**simulated: bool) -> Feed:
    feed = Feed()
    for programme, pretended in simulated.items():
        feed.publish(f"441602-{programme}", simulated=pretended)
    return feed


async def test_a_log_with_nothing_on_it_or_with_simulated_programmes_is_no_obstacle() -> None:
    assert await real_programme(MemoryLog()) is None
    assert await real_programme(MemoryLog(with_programmes(a=True, b=True).topics)) is None


async def test_one_programme_that_is_not_simulated_is_found_among_others() -> None:
    feed = with_programmes(a=True, b=False, c=True)
    feed.topics.place(RULINGS, 3, [Entry(b"k", b"no event"), Entry(b"k", None)])
    assert await real_programme(MemoryLog(feed.topics)) == "441602-b"


@pytest.mark.services
def test_the_sign_in_that_pretends_does_not_start_beside_a_real_programme(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "LIANGDENG_TOPIC_PREFIX": topic_prefix, "ISSUER_FOLDER": str(tmp_path)}
    provisioning.apply(kafka, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=topic_prefix))
    require_simulated(env)
    feed, place = with_programmes(b=False), (RULINGS, partition_of("441602-b"))

    async def copy() -> None:
        log = KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix))
        async with MemoryLog(feed.topics).follow({place: 0}) as follower:
            for record in (await follower.poll())[place]:
                await log.append(*place, record.key, [record.value or b""])
        await log.close()

    asyncio.run(copy())
    with pytest.raises(MachineError, match=r"(?s)441602-b 不是模拟数据.*441602-b on the log is not simulated"):
        require_simulated(env)
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.issuer"], env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "441602-b" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "key.json").exists()


@pytest.mark.services
def test_a_log_that_cannot_be_read_is_an_obstacle_too(kafka: str) -> None:
    with pytest.raises(MachineError, match="cannot be read"):
        require_simulated({"KAFKA_BOOTSTRAP_SERVERS": kafka, "LIANGDENG_TOPIC_PREFIX": "nobody-made-these-"})
