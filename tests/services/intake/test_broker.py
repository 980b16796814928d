"""Intake while the broker hangs, dies and comes back: a 503 in bounded time, never a lost 202."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from contracts.topics import partition_of
from embedded.child_process import free_port
from embedded.kafka import KafkaServer
from tests.services.intake.running_intake import REPORT, RunningIntake, make_topics, running, settings_for, until

pytestmark = pytest.mark.services
PARTITION = partition_of("441602-2024/K01")


async def _ids(intake: RunningIntake) -> list[str]:
    return [s.id for s in await intake.rating.submissions()]


async def _until_received(intake: RunningIntake, key: str) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while (answer := await intake.submit("u-fagai-1", "K01", REPORT, key)).status_code != 202:
        assert answer.status_code == 503, answer.text
        assert time.monotonic() < deadline, "the broker is back, and still no 202"
        await asyncio.sleep(0.1)
    receipt: dict[str, object] = answer.json()
    return receipt


@pytest.mark.timeout(240)
async def test_a_broker_that_hangs_or_dies_costs_a_503_and_never_a_receipt(tmp_path: Path) -> None:
    server = KafkaServer(tmp_path / "kafka")
    bootstrap = await asyncio.to_thread(server.start)
    try:
        make_topics(bootstrap, "")
        async with running(settings_for(bootstrap, "", tmp_path, answer_within=1.0), tmp_path) as intake:
            await intake.publish_and_rule()
            assert server.process is not None
            receipts = [await _until_received(intake, "before")]

            os.killpg(server.process.pid, signal.SIGSTOP)
            began = time.monotonic()
            hanging = await asyncio.gather(*(intake.submit("u-fagai-1", "K01", REPORT, f"h{n}") for n in range(20)))
            assert time.monotonic() - began < 15, "one after the other they would take twenty"
            for answer in hanging:
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "5"
                assert answer.json()["title"]
                assert answer.json()["submission_id"]
            os.killpg(server.process.pid, signal.SIGCONT)
            receipts += [await _until_received(intake, f"h{n}") for n in range(20)]

            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
            began = time.monotonic()
            assert (await intake.submit("u-fagai-1", "K01", REPORT, "dead")).status_code == 503
            assert time.monotonic() - began < 15
            again = KafkaServer(tmp_path / "kafka", port=server.port)
            server = again
            await asyncio.to_thread(again.start)
            receipts.append(await _until_received(intake, "dead"))
            records = await intake.rating.records(PARTITION)
            for receipt in receipts:
                value = records[int(str(receipt["offset"]))].value or b""
                assert str(receipt["submission_id"]).encode() in value, "a receipt whose record is not there"
    finally:
        if server.process is not None:
            os.killpg(server.process.pid, signal.SIGCONT)
        await asyncio.to_thread(server.stop)


async def test_without_a_broker_it_is_alive_not_ready_and_takes_nothing(tmp_path: Path) -> None:
    settings = settings_for(f"127.0.0.1:{free_port()}", "", tmp_path, answer_within=1.0)
    async with running(settings, tmp_path, ready=False) as intake:
        assert (await intake.ops.get("/healthz")).status_code == 200
        ready = await intake.ops.get("/readyz")
        assert ready.status_code == 503
        assert any("producer" in reason for reason in ready.json()["reasons"])
        for answer in (await intake.submit("u-fagai-1", "K01", REPORT, "k"), await intake.publish()):
            assert answer.status_code == 503
            assert answer.headers["retry-after"]


async def test_topics_that_drifted_make_it_refuse_to_start(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="does not exist"):
        async with running(settings_for(kafka, topic_prefix, tmp_path), tmp_path):
            pass


async def test_a_partial_publication_is_completed_by_sending_it_again(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    make_topics(kafka, topic_prefix)
    async with running(settings_for(kafka, topic_prefix, tmp_path, max_waiting=1), tmp_path) as narrow:
        # Thirty-two parts are on their way at a time: all but one find the only place taken, however fast Kafka is.
        partly = await narrow.publish()
        assert partly.status_code == 503
        assert partly.headers["retry-after"]
        receipts = partly.json()["receipts"]
        assert 1 < len(receipts) < 109
    async with running(settings_for(kafka, topic_prefix, tmp_path), tmp_path) as intake:
        whole = await intake.publish()
        assert whole.status_code == 202
        await intake.rating.rule()
        submissions = await intake.rating.submissions()
        assert len({s.id for s in submissions}) == 109
        assert len({(s.id, s.digest) for s in submissions}) == 109, "sent again, it was another body"
        await until(lambda: len(intake.dependencies.roster.items) == 108, "the roster does not know the 108 items")
        once_more = await intake.publish()
        assert once_more.status_code == 202, "a publication that is complete may be repeated"
        again = await intake.rating.submissions()
        assert len({(s.id, s.digest) for s in again}) == 109


async def test_a_driven_clock_stamps_simulated_programmes_only(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    make_topics(kafka, topic_prefix)
    clock = tmp_path / "clock"
    clock.write_text("2024-03-19T09:00:00+08:00\n")
    async with running(settings_for(kafka, topic_prefix, tmp_path, clock=str(clock)), tmp_path) as intake:
        refused = await intake.publish()
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:liangdeng:problem:clock_not_allowed")
        taken = await intake.publish(simulated="true")
        assert taken.status_code == 202
        assert {receipt["received_at"] for receipt in taken.json()["receipts"]} == {"2024-03-19T09:00:00+08:00"}


async def test_a_driven_clock_is_refused_where_something_real_is_on_the_log(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    make_topics(kafka, topic_prefix)
    async with running(settings_for(kafka, topic_prefix, tmp_path), tmp_path) as intake:
        await intake.publish_and_rule()
    clock = tmp_path / "clock"
    clock.write_text("2024-03-19T09:00:00+08:00\n")
    async with running(settings_for(kafka, topic_prefix, tmp_path, clock=str(clock)), tmp_path) as intake:
        assert (await intake.submit("u-fagai-1", "K01", REPORT, "k")).status_code == 403
        ready = await intake.ops.get("/readyz")
        assert ready.status_code == 503
        assert any("driven" in reason for reason in ready.json()["reasons"])
