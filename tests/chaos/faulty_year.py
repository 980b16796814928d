"""The small programme's year on real processes, with faults put in while it is lived, and what must hold afterwards."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from contracts.submission import decode_submission
from contracts.topics import PARTITIONS, SUBMISSIONS
from embedded.stack import Stack
from eventlog.clock import set_driven
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from sandbox.parts import EVERYTHING
from sandbox.year.client import ServicesClient, SubmissionPosition
from sandbox.year.counts import Counts, differences, planned
from sandbox.year.driver import Driver
from sandbox.year.journal import Start, begin
from sandbox.year.observed_counts import read_counts
from sandbox.year.plan import PUBLISHED_AT
from sandbox.year.planned_act import PlannedAct
from sandbox.year.run import publish
from sandbox.year.simulated_year import SMALL, SimulatedYear, simulated_years
from services.audit import replay
from services.audit.finding import AuditVerdict, ReplayReport
from services.query.follow.rebuild import RebuildOutcome, rebuild

SEED = "7"
Inject = Callable[["FaultyYear", datetime], Awaitable[None]]


async def no_fault(_faulty: FaultyYear, _at: datetime) -> None:
    """A year without faults."""


class FaultyYearClient(ServicesClient):
    """Rating's progress is that of all its instances, and every submission may be sent twice."""

    def __init__(self, faulty: FaultyYear) -> None:
        super().__init__(faulty.stack.urls)
        self._faulty = faulty

    async def rating_progress(self) -> dict[str, Any]:
        """The furthest progress of each partition over the instances that answer."""
        merged: dict[str, Any] = {}
        names = [name for name in self._faulty.stack.urls if name.startswith("rating")]
        for name in names:
            with suppress(httpx.HTTPError, KeyError):
                answer = await self._http.get(f"{self._urls[name]}/v1/progress", timeout=1.0)
                for partition, state in answer.json()["partitions"].items():
                    known = merged.get(partition)
                    if known is None or _further(state) > _further(known):
                        merged[partition] = state
        return merged

    async def submit(self, act: PlannedAct) -> SubmissionPosition:
        """Submit an act, remember its receipt, and send it again where the test asks for it."""
        place = await super().submit(act)
        self._faulty.receipts.append((act, place))
        if self._faulty.twice:
            self._faulty.again.append((place, await super().submit(act)))
        return place


def _further(state: dict[str, Any]) -> tuple[int, str]:
    return int(state["position"]), str(state["announced_until"] or "")


class FaultyYearDriver(Driver):
    """Puts a fault in after the clock has moved and before the services have caught up: amid all that falls due."""

    def __init__(self, faulty: FaultyYear, client: ServicesClient, clock: Path) -> None:
        super().__init__(client, clock)
        self._faulty = faulty

    async def advance_to(self, at: datetime) -> None:
        """Move the clock on, put the fault in, and wait as the driver does."""
        set_driven(self._clock, at)
        await self._faulty.inject(self._faulty, at)
        await self.catch_up(at)


@dataclass
class FaultyYear:
    """Real processes with which the small programme lives through its year."""

    stack: Stack
    start: Start
    inject: Inject = no_fault
    twice: bool = False
    receipts: list[tuple[PlannedAct, SubmissionPosition]] = field(default_factory=list)
    again: list[tuple[SubmissionPosition, SubmissionPosition]] = field(default_factory=list)
    """Of what was sent twice: where both receipts say that it lies."""
    faults: int = 0
    before: datetime = PUBLISHED_AT

    @property
    def prefix(self) -> str:
        return self.stack.env["LIANGDENG_TOPIC_PREFIX"]

    @property
    def bootstrap(self) -> str:
        return self.stack.env["KAFKA_BOOTSTRAP_SERVERS"]

    def log(self) -> KafkaLog:
        """A client of the log; close it."""
        return KafkaLog(KafkaSettings(bootstrap_servers=self.bootstrap, topic_prefix=self.prefix))

    async def live(self, year: SimulatedYear) -> Counts:
        """Live through the whole year and look at how it ended."""
        async with FaultyYearClient(self) as client:
            driver = FaultyYearDriver(self, client, self.start.clock)
            await publish(client, driver, self.start, [year])
            await driver.live(year.plan.acts)
            await client.wait_until_notified()
            return await read_counts(client, year.plan)

    def replay(self) -> ReplayReport:
        """What an audit finds."""
        return replay.run(self.bootstrap, self.prefix)

    async def rebuilt(self) -> RebuildOutcome:
        """The live read model compared with one built anew."""
        log = self.log()
        try:
            return await rebuild(log, self.stack.env["DATABASE_URL"], swap=False)
        finally:
            await log.close()

    def mails(self) -> dict[str, dict[str, int]]:
        """By Message-ID: how often the original came to the mailbox, and how many marked copies."""
        answer = httpx.get(f"{self.stack.urls['mail']}/counts.json", trust_env=False, timeout=30)
        counts: dict[str, dict[str, int]] = answer.json()
        return counts

    async def judge(self, year: SimulatedYear, seen: Counts) -> str:
        """Check what must hold after any fault; returns a line of figures.

        The lights, escalations and verdicts of the plan; one counting ruling per submission, all of them derived
        again; every receipt's record where the receipt says; the read model equal to one built anew; every mail once,
        or as copies that are marked.
        """
        assert differences(planned(year.plan), seen) == []
        report = self.replay()
        assert report.verdict is AuditVerdict.PROVED, report.as_dict()
        outcome = await self.rebuilt()
        assert outcome.compared
        assert outcome.difference is None
        lost, doubled = self._mails_lost_and_doubled(seen)
        assert (lost, doubled) == (0, 0), seen.messages
        await self._receipts_hold()
        copies = sum(count["copies"] for count in self.mails().values())
        return f"{report.submissions} submissions, {report.void} void, {copies} marked copies"

    def _mails_lost_and_doubled(self, seen: Counts) -> tuple[int, int]:
        sent = sum(n for (_, channel, _), n in seen.messages.items() if channel == "mail")
        mails = self.mails()
        return sent - len(mails), sum(count["originals"] > 1 for count in mails.values())

    async def _receipts_hold(self) -> None:
        by_place = {(place.partition, place.offset): act for act, place in self.receipts}
        log = self.log()
        ends = {(SUBMISSIONS, p): await log.end(SUBMISSIONS, p) for p in range(PARTITIONS)}
        read = dict.fromkeys(ends, 0)
        async with asyncio.timeout(120), log.follow(read) as follower:
            while any(read[place] < ends[place] for place in ends):
                for (topic, partition), records in (await follower.poll(0.5)).items():
                    read[topic, partition] = records[-1].offset + 1
                    for record in records:
                        act = by_place.pop((partition, record.offset), None)
                        if act is not None:
                            told = decode_submission(record.value)
                            assert told.subject == f"{act.programme}/{act.item}"
                            assert told.type == f"liangdeng.{act.type}.v1"
        await log.close()
        assert by_place == {}, "receipts without a record"


def stack_for_a_year(
    home: Path, name: str, database: str, kafka: str | None, settings: dict[str, dict[str, str]] | None = None
) -> tuple[Stack, Start, SimulatedYear]:
    """A stack for one year; without `kafka` it has a broker of its own."""
    (year,) = simulated_years(SEED, files=[SMALL], by_hand=False)
    start = begin(home, [year.plan])
    stack = Stack(
        home,
        parts=EVERYTHING,
        clock=start.clock,
        kafka=kafka,
        database_url=database,
        env={
            "LIANGDENG_TOPIC_PREFIX": f"chaos-{name}-",
            "RATING_GROUP": f"chaos-{name}",
            "RATING_SESSION_TIMEOUT_SECONDS": "6",
        },
        settings=settings,
    )
    return stack, start, year


def kill_all(stack: Stack, names: Sequence[str]) -> None:
    """SIGKILL every named part that runs, side by side."""
    threads = [threading.Thread(target=_kill, args=(stack, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _kill(stack: Stack, name: str) -> None:
    process = stack.process(name)
    with suppress(ProcessLookupError):
        process.kill()
