"""Ten thousand submissions over 64 connections while Kafka, then the sign-in, are killed three times each."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from contracts.rulings import SubmissionRepeated
from contracts.submission import decode_submission
from contracts.topics import PARTITIONS, SUBMISSIONS
from embedded.machine_error import MachineError
from embedded.parts import INTAKE, KAFKA, RATING
from embedded.stack import Stack
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.parts import ISSUER
from tests.services.intake.running_intake import YUANCHENG
from tests.services.rating.counted import counted_events

pytestmark = [pytest.mark.load, pytest.mark.services, pytest.mark.timeout(0)]
SUBMITTED = int(os.environ.get("CHAOS_SUBMISSIONS", "10000"))
CONNECTIONS = 64
KILLED = [*["kafka"] * 3, *["issuer"] * 3]
STILL_SECONDS = 180
"""Without any progress before the test gives up; however long all of it takes on a slow machine."""


class Load:
    """What was sent, and what was answered."""

    def __init__(self, stack: Stack, programme: ProgrammeFile, tokens: dict[str, str]) -> None:
        self.stack, self.programme, self.tokens = stack, programme, tokens
        self.receipts: dict[int, dict[str, Any]] = {}
        self.statuses: Counter[int] = Counter()
        self.bare: list[str] = []
        """Errors that did not say when to come again."""

    async def lane(self, http: httpx.AsyncClient, numbers: Iterator[int]) -> None:
        for number in numbers:
            item = self.programme.items[number % len(self.programme.items)]
            url = f"/v1/programmes/{self.programme.programme}/items/{item.id}/submissions"
            data = {"period": "2024Q1", "claim": "in_progress", "narrative": f"第 {number} 件"}
            body = orjson.dumps({"type": "progress.reported", "data": data})
            headers = {
                "Authorization": f"Bearer {self.tokens[item.lead_unit]}",
                "Idempotency-Key": f"load-{number}",
                "Content-Type": "application/json",
            }
            while True:
                answer = await http.post(url, content=body, headers=headers)
                self.statuses[answer.status_code] += 1
                if answer.status_code == 202:
                    self.receipts[number] = answer.json()
                    break
                if "retry-after" not in answer.headers:
                    self.bare.append(f"{answer.status_code} {answer.text[:200]}")
                    break
                await asyncio.sleep(min(float(answer.headers["retry-after"]), 1.0))

    async def kill(self) -> None:
        """Each part once a seventh more has been received; what is killed next has come back before."""
        for number, name in enumerate(KILLED, 1):
            await self.until_received(SUBMITTED * number // (len(KILLED) + 1))
            self.stack.kill(name)
            await self.until_back(name, number)
            if name == "issuer":  # whoever signs in anew is let in, too
                self.tokens = await tokens_of(self.stack, self.programme)
        await self.until_received(SUBMITTED - len(self.bare))

    async def until_back(self, name: str, number: int) -> None:
        """Wait until the end of what was killed, the so-many-th, was noticed and it answers again."""
        deadline = time.monotonic() + STILL_SECONDS
        while True:
            try:
                if len(self.stack.ended) >= number:
                    await asyncio.to_thread(self.stack.wait_ready, name)
                    return
            except MachineError:  # it ended, and is being started
                pass
            assert time.monotonic() < deadline, f"{name} did not come back in {STILL_SECONDS} s"
            await asyncio.sleep(0.1)

    async def until_received(self, number: int) -> None:
        known, at = -1, time.monotonic()
        while len(self.receipts) < number:
            if len(self.receipts) != known:
                known, at = len(self.receipts), time.monotonic()
            stood = time.monotonic() - at
            assert stood < STILL_SECONDS, f"{known} of {SUBMITTED} received, and no more for {STILL_SECONDS} s"
            await asyncio.sleep(0.1)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


async def tokens_of(stack: Stack, programme: ProgrammeFile) -> dict[str, str]:
    """A token of each lead unit, and of the office."""
    people = {unit: f"u-{unit}-1" for unit in {item.lead_unit for item in programme.items}} | {"": "o1"}
    async with httpx.AsyncClient(base_url=stack.urls["issuer"], trust_env=False) as http:
        return {
            unit: (await http.post("/token", json={"person": person})).json()["token"]
            for unit, person in people.items()
        }


async def published(http: httpx.AsyncClient, load: Load) -> None:
    """The programme is on the log, and intake knows its items."""
    headers = {"Authorization": f"Bearer {load.tokens['']}", "Idempotency-Key": "p", "Content-Type": "application/yaml"}
    answer = await http.post("/v1/programmes?simulated=true", content=YUANCHENG.read_bytes(), headers=headers)
    assert answer.status_code == 202, answer.text
    item, deadline = load.programme.items[-1], time.monotonic() + 120
    path = f"/v1/programmes/{load.programme.programme}/items/{item.id}/submissions"
    asking = {"Authorization": f"Bearer {load.tokens[item.lead_unit]}", "Idempotency-Key": "first"}
    report = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "in_progress"}}
    while (answer := await http.post(path, json=report, headers=asking)).status_code != 202:
        assert time.monotonic() < deadline, f"intake takes nothing about {item.id}: {answer.text}"
        await asyncio.sleep(0.2)


async def test_every_receipt_is_on_the_log_with_one_ruling_and_everything_else_said_when_to_come_again(
    tmp_path: Path,
) -> None:
    programme = load_programme(YUANCHENG)
    with Stack(tmp_path / "load", parts=(ISSUER, RATING, INTAKE), servers=(KAFKA,)) as stack:
        load, memory = Load(stack, programme, await tokens_of(stack, programme)), list[int]()
        limits, numbers = httpx.Limits(max_connections=CONNECTIONS), iter(range(SUBMITTED))
        async with httpx.AsyncClient(base_url=stack.urls["intake"], timeout=60, limits=limits, trust_env=False) as http:
            await published(http, load)
            killing = asyncio.create_task(load.kill())
            lanes = [asyncio.create_task(load.lane(http, numbers)) for _ in range(CONNECTIONS)]
            began = time.monotonic()
            while not all(lane.done() for lane in lanes):
                memory.append(resident(stack.process("intake").pid))
                await asyncio.sleep(1.0)
                assert not killing.done() or killing.exception() is None, killing.exception()
            await asyncio.gather(*lanes, killing)
            seconds = time.monotonic() - began
        log = KafkaLog(KafkaSettings(bootstrap_servers=stack.env["KAFKA_BOOTSTRAP_SERVERS"], topic_prefix=""))
        try:
            told = await judged(log, stack.env["KAFKA_BOOTSTRAP_SERVERS"], load)
        finally:
            await log.close()
        ended = Counter(one.name for one in stack.ended)
    sys.stderr.write(
        f"{seconds:.0f} s; answers {dict(load.statuses)}; {told}; killed {dict(ended)}; intake's memory "
        f"{memory[0] >> 20} … {max(memory) >> 20} … {memory[-1] >> 20} MB"
    )
    assert not load.bare, load.bare[:5]
    assert len(load.receipts) == SUBMITTED
    assert ended["kafka"] == 3
    assert ended["issuer"] == 3


async def judged(log: KafkaLog, bootstrap: str, load: Load) -> str:
    """Every receipt's record lies where it says and has one ruling that counts, every key one that is no repetition."""
    records = {}
    for partition in range(PARTITIONS):
        end, found = await log.end(SUBMISSIONS, partition), 0
        async with log.follow({(SUBMISSIONS, partition): 0}) as follower:
            while found < end:
                for record in (await follower.poll(1.0)).get((SUBMISSIONS, partition), []):
                    records[partition, record.offset] = decode_submission(record.value).id
                    found = record.offset + 1
    for receipt in load.receipts.values():
        assert records[receipt["partition"], receipt["offset"]] == receipt["submission_id"]
    wanted = {(receipt["partition"], receipt["offset"]) for receipt in load.receipts.values()}
    missing, at = len(wanted) + 1, time.monotonic()
    while missing:
        rulings, used = Counter[tuple[int, int]](), Counter[str]()
        for event in await asyncio.to_thread(lambda: list(counted_events(bootstrap, ""))):
            if event.ordinal == 0:
                rulings[event.partition, event.causeoffset] += 1
                used[event.causeid] += not isinstance(event.data, SubmissionRepeated)
        if (left := len(wanted - rulings.keys())) < missing:
            missing, at = left, time.monotonic()
        assert time.monotonic() - at < STILL_SECONDS, f"{missing} receipts have no ruling that counts"
        await asyncio.sleep(1.0)
    assert {rulings[place] for place in wanted} == {1}
    assert {used[receipt["submission_id"]] for receipt in load.receipts.values()} == {1}
    repeated = len(records) - len(set(records.values()))
    return f"{len(wanted)} receipts, {len(records)} records, {repeated} of them repetitions; each receipt ruled on once"
