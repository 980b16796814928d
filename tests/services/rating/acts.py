"""What people submit in these tests: one key task of 2024, its plan, its reports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal

from contracts.policy import Policy, Weights
from contracts.submission import encode_submission, new_submission
from contracts.submissions import ItemAssigned, ProgressReported, SubmissionData
from contracts.topics import partition_of
from contracts.values import Actor, Calendar, Evidence, ReportingPeriod

LOG = "house"

CHINA = datetime.fromisoformat("2024-01-01T00:00:00+08:00").tzinfo

UNIT = Actor(role="unit", id="u-nongye-1", unit="nongye")

OFFICE = Actor(role="office", id="office-1")

LEADER = Actor(role="leader", id="leader-1")

PROOF = (Evidence(sha256="ab" * 32, name="照片.jpg", size=3, media_type="image/jpeg"),)

WEIGHTS = Weights(
    base=Decimal(100),
    yellow=Decimal(-1),
    red=Decimal(-2),
    missing_report=Decimal("-0.5"),
    lapsed_rectification=Decimal(-1),
    chief_interview=Decimal(-2),
)

QUARTERS = {
    "2024Q1": ("2024-01-01", "2024-04-11"),
    "2024Q2": ("2024-04-01", "2024-07-11"),
    "2024Q3": ("2024-07-01", "2024-10-11"),
    "2024Q4": ("2024-10-01", "2025-01-11"),
}

PUBLISHED = datetime.fromisoformat("2024-03-19T09:00:00+08:00")


def at(text: str) -> datetime:
    """An instant of China, such as `2024-04-10 09:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def assigned(*, simulated: bool = True) -> ItemAssigned:
    """A key task of 2024 that nongye leads."""
    return ItemAssigned(
        title="高标准农田",
        category="key_task",
        lead_unit="nongye",
        leader="leader-1",
        published_at=PUBLISHED,
        plan_due_at=at("2024-03-30 00:00"),
        periods=tuple(
            ReportingPeriod(id=name, quarter=name, opens_at=at(f"{opens} 00:00"), due_at=at(f"{due} 00:00"))
            for name, (opens, due) in QUARTERS.items()
        ),
        calendar=Calendar(first_on=date(2024, 1, 1), last_on=date(2025, 12, 31)),
        policy=Policy(id="house", version=1, weights=WEIGHTS),
        simulated=simulated,
    )


def subjects(partition: int, count: int = 1) -> list[str]:
    """Subjects that lie on a partition."""
    found = (f"house-2024/item-{n}" for n in range(10_000))
    return [subject for subject in found if partition_of(subject) == partition][:count]


def report(period: str) -> ProgressReported:
    """A report that meets a node without targets."""
    return ProgressReported(period=period, claim="completed", evidence=PROOF)


def submitted(
    subject: str, data: SubmissionData, actor: Actor, key: str, received_at: datetime, log: str = LOG
) -> bytes:
    """A submission as intake writes it."""
    return encode_submission(new_submission(log, actor, key, subject, data, received_at))


async def until(holds: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Wait until `holds()`, which may have to be awaited, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        held = holds()
        if await held if isinstance(held, Awaitable) else held:
            return
        assert time.monotonic() < deadline, f"did not come about: {what}"
        await asyncio.sleep(0.005)


async def until_grown(count: Callable[[], Awaitable[int]], by: int, still_seconds: float = 1.0) -> None:
    """Wait until a count has grown `by` so much, or for so long has not grown at all."""
    seen = await count()
    wanted, grown_at = seen + by, time.monotonic()
    while seen < wanted and time.monotonic() - grown_at < still_seconds:
        await asyncio.sleep(0.005)
        now = await count()
        if now > seen:
            seen, grown_at = now, time.monotonic()
