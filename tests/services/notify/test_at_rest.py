"""What the workers do while nothing waits for its time, and how soon they do what comes."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from contracts.topics import PARTITIONS
from services.notify.dispatch import partition_worker
from services.notify.dispatch.partition_worker import PartitionWorker
from tests.services.notify.running_notify import PROGRAMME, Stage, mailbox, raised, running, until


async def test_workers_without_anything_that_waits_are_woken_by_what_comes_and_not_twice_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, real = Counter[int](), PartitionWorker._round

    async def counted(self: PartitionWorker) -> bool:
        rounds[self.partition] += 1
        return await real(self)

    monkeypatch.setattr(PartitionWorker, "_round", counted)
    monkeypatch.setattr(partition_worker, "LOOK_SECONDS", 60.0)
    async with mailbox(tmp_path) as mail:
        stage = Stage(mail, tmp_path)
        await stage.rulings.opened("k-001")
        async with running(stage.notify()) as notify:
            await until(lambda: notify.idle and notify.reasons() == [], "caught up")
            await asyncio.sleep(0.5)
            rounds.clear()
            await asyncio.sleep(2)
            assert rounds.total() <= PARTITIONS
            began = time.monotonic()
            await stage.rulings.rule(f"{PROGRAMME}/k-001", raised())
            await until(lambda: mail.originals == 2, "two mails")
            assert time.monotonic() - began < partition_worker.LOOK_SECONDS / 2
