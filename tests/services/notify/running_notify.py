"""Runs notify in this process: a log in memory or on Kafka, a real SMTP server, and rulings worth a notice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from contracts.dispatch import Dispatch, decode_dispatch
from contracts.dispatches import NoticeIssued
from contracts.policy import Policy, Weights
from contracts.ruling import RulingEvent, encode_ruling
from contracts.rulings import (
    EscalationRaised,
    ItemOpened,
    ProgrammeOpened,
    ReminderDue,
    RulingData,
    SubmissionAccepted,
)
from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, partition_of, subject_of
from contracts.values import Calendar, Leader, ReportingPeriod, Unit
from directory.contacts_file import ContactsFile
from eventlog.at.at_rule import SingleAtRule
from eventlog.log.log import Log
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Record
from eventlog.owner.assignment import Assignment, FixedAssignment
from sandbox.mail.mail_store import MailStore
from sandbox.mail.smtp_server import SmtpHandler, listen
from services.notify import app
from services.notify.delivery.channels.channel import Channel
from services.notify.notices.directory import ContactSource, Directory
from services.notify.runtime import Runtime
from services.notify.settings import NotifySettings

LOG = "test"
PROGRAMME = "441602-2024"
NINE = datetime.fromisoformat("2024-03-19T09:00:00+08:00")
SETTLED = datetime.fromisoformat("2024-04-11T00:00:00+08:00")
DUE = datetime.fromisoformat("2024-05-07T00:00:00+08:00")
DIRECTORY = """
contacts:
  office: ducha@office.test
  chief: chief@leaders.test
  "unit:*": "{id}@units.test"
  "leader:*": "{id}@leaders.test"
"""


def policy(**changes: object) -> Policy:
    weights = Weights(
        base=Decimal(100),
        yellow=Decimal(-1),
        red=Decimal(-2),
        missing_report=Decimal("-0.5"),
        lapsed_rectification=Decimal(-1),
        chief_interview=Decimal(-2),
    )
    return Policy(id="yuancheng-2024", version=1, weights=weights, **changes)  # type: ignore[arg-type]


def programme_opened(**changes: object) -> ProgrammeOpened:
    values: dict[str, object] = {
        "title": "2024年区《政府工作报告》重点工作督查方案",
        "jurisdiction": "河源市源城区",
        "document": "源府办〔2024〕3号",
        "issued_on": date(2024, 3, 19),
        "simulated": True,
        "derived": True,
        "units": (Unit(id="nongye", name="区农业农村局"), Unit(id="shuiwu", name="区水务局")),
        "leaders": (Leader(id="leader-1", label="分管农业农村、水务的区领导"),),
        "items": ("k-001", "k-002"),
        "policy": policy(),
    }
    return ProgrammeOpened(**{**values, **changes})  # type: ignore[arg-type]


def item_opened(**changes: object) -> ItemOpened:
    values: dict[str, object] = {
        "title": "高标准农田提升改造8000亩",
        "category": "key_task",
        "classification": "public",
        "source": "",
        "lead_unit": "nongye",
        "cooperating": ("shuiwu",),
        "leader": "leader-1",
        "published_at": NINE,
        "plan_due_at": SETTLED,
        "periods": (ReportingPeriod(id="2024Q1", quarter="2024Q1", opens_at=NINE, due_at=SETTLED),),
        "void": (),
        "annual_targets": (),
        "calendar": Calendar(first_on=date(2024, 1, 1), last_on=date(2025, 3, 31)),
        "policy": policy(),
        "simulated": True,
        "derived": True,
    }
    return ItemOpened(**{**values, **changes})  # type: ignore[arg-type]


def raised(number: int = 1, **changes: object) -> EscalationRaised:
    values: dict[str, object] = {
        "escalation": f"rectification-{number}",
        "level": "rectification",
        "state": "open",
        "cause": "2024Q1",
        "raised_at": SETTLED,
        "due_at": DUE,
        "to": "unit:nongye",
        "copy": ("leader:leader-1",),
        "rule": "Escalation ladder",
        "because": ("s-1",),
    }
    return EscalationRaised(**{**values, **changes})  # type: ignore[arg-type]


def reminder(**changes: object) -> ReminderDue:
    values: dict[str, object] = {"about": "2024Q1", "kind": "report", "due_at": SETTLED, "days": 5, "to": "nongye"}
    return ReminderDue(**{**values, **changes})  # type: ignore[arg-type]


class Rulings:
    """Writes counted rulings, one per call."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._next: dict[int, int] = defaultdict(int)

    async def rule(
        self, subject: str, *data: RulingData, time: datetime = SETTLED, partition: int | None = None
    ) -> None:
        """Append one ruling about a subject: an acceptance and what follows from it."""
        place = partition_of(subject) if partition is None else partition
        base, cause = await self._log.end(RULINGS, place), self._next[place]
        events = [SubmissionAccepted(), *data]
        values = [
            encode_ruling(event_of(subject, one, place, cause, base, ordinal, len(events), time))
            for ordinal, one in enumerate(events)
        ]
        await self._log.append(RULINGS, place, subject.encode(), values)
        self._next[place] += 1

    async def opened(self, *items: str, programme: str = PROGRAMME, **changes: object) -> None:
        """Open the programme and items of it."""
        await self.rule(programme, programme_opened(), time=NINE)
        for item in items:
            await self.rule(subject_of(programme, item), item_opened(**changes), time=NINE)


def event_of(
    subject: str,
    data: RulingData,
    partition: int = 0,
    cause: int = 0,
    base: int = 0,
    ordinal: int = 1,
    of: int = 2,
    time: datetime = SETTLED,
) -> RulingEvent:
    """A ruling's event."""
    return RulingEvent(
        log=LOG,
        partition=partition,
        subject=subject,
        time=time,
        causeid=f"s-{partition}-{cause}",
        causedigest="0" * 64,
        causeoffset=cause,
        ordinal=ordinal,
        of=of,
        at=base + ordinal,
        rules="1",
        policy="yuancheng-2024@1",
        data=data,
    )


def settings(tmp_path: Path, **changes: object) -> NotifySettings:
    """NotifySettings with short spans; the SMTP port is given with `smtp_port`."""
    place = tmp_path / "directory.yaml"
    if not place.exists():
        place.write_text(DIRECTORY)
    values: dict[str, object] = {
        "KAFKA_BOOTSTRAP_SERVERS": "unused",
        "LIANGDENG_LOG": LOG,
        "directory": place,
        "mail_from": "ducha@office.test",
        "smtp_security": "none",
        "lease": 2,
        "skew": 1,
        "retry_first": 0.05,
        "retry_longest": 0.4,
        "smtp_timeout": 5.0,
        "stop_seconds": 3.0,
    }
    return NotifySettings(**{**values, **changes})  # type: ignore[arg-type]


def notify_on(
    log: Log,
    chosen: NotifySettings,
    *channels: Channel,
    assignment: Assignment | None = None,
    source: ContactSource | None = None,
) -> Runtime:
    """One process's notify; without channels given it has the mail channel, without a source the file of contacts."""
    senders = {channel.name: app.sender(channel, chosen) for channel in channels or [app.mail_channel(chosen)]}
    owned = assignment or FixedAssignment(range(PARTITIONS))
    assert chosen.directory is not None
    return app.runtime(log, owned, Directory(source or ContactsFile(chosen.directory)), senders, chosen)


@asynccontextmanager
async def running(notify: Runtime) -> AsyncIterator[Runtime]:
    """Start it, and stop it at the end."""
    await notify.start()
    try:
        yield notify
    finally:
        await notify.stop()


@dataclass
class Mailbox:
    """A real SMTP server on this loop."""

    port: int
    smtp: SmtpHandler
    store: MailStore

    def counts(self) -> dict[str, dict[str, int]]:
        return self.store.counts()

    @property
    def originals(self) -> int:
        return sum(one["originals"] for one in self.counts().values())

    @property
    def copies(self) -> int:
        return sum(one["copies"] for one in self.counts().values())


@asynccontextmanager
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    """Open a mailbox on a free port."""
    store = MailStore(tmp_path / "mail")
    smtp = SmtpHandler(store)
    server = await listen(smtp, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield Mailbox(port, smtp, store)
    server.close()
    store.close()


async def until(what: Callable[[], object], missing: str, seconds: float = 120) -> None:
    """Wait until `what` holds; says what was missing otherwise."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s: {missing}"
        await asyncio.sleep(0.01)


def dispatches(records: Mapping[int, Iterable[Record]]) -> list[Dispatch]:
    """All dispatches that count, by partition and offset."""
    found = []
    for partition, lying in sorted(records.items()):
        found += [decode_dispatch(counted.record.value, partition) for counted in SingleAtRule().fold(lying)]
    return found


def dispatched(topics: MemoryTopics) -> list[Dispatch]:
    """All dispatches that count in a memory log."""
    return dispatches({p: topics.records(DISPATCHES, p) for p in range(PARTITIONS)})


def issued(topics: MemoryTopics) -> list[NoticeIssued]:
    """All notices issued."""
    return [one.data for one in dispatched(topics) if isinstance(one.data, NoticeIssued)]


def kinds(topics: MemoryTopics) -> Counter[str]:
    """Counted dispatches by the name of their data."""
    return Counter(type(one.data).__name__ for one in dispatched(topics))


@dataclass
class Stage:
    """A memory log, its rulings, and a mailbox."""

    mail: Mailbox
    folder: Path
    topics: MemoryTopics = field(default_factory=MemoryTopics)
    rulings: Rulings = field(init=False)

    def __post_init__(self) -> None:
        self.rulings = Rulings(MemoryLog(self.topics))

    def settings(self, **changes: object) -> NotifySettings:
        return settings(self.folder, smtp_port=self.mail.port, **changes)

    def notify(self, log: MemoryLog | None = None, source: ContactSource | None = None, **changes: object) -> Runtime:
        return notify_on(log or MemoryLog(self.topics), self.settings(**changes), source=source)


async def kill(notify: Runtime) -> None:
    """End it as SIGKILL would: nothing is appended, nothing is sent any more."""
    tasks = [
        *notify.workers._running.values(),
        *(task for sender in notify.senders.values() for task in sender._tasks),
        *(task for task in (notify.workers._ticker, notify._gathering) if task is not None),
    ]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for sender in notify.senders.values():
        await sender.channel.close()


def dead(notify: Runtime) -> bool:
    """Whether a planned crash has happened."""
    return any(task.done() for task in notify.workers._running.values())
