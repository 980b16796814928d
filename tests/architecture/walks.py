"""Four walks through the house: the files of our own whose code runs between two ends.

`python -m tests.architecture.walks` starts a Kafka and a PostgreSQL of its own (or uses KAFKA_BOOTSTRAP_SERVERS and
DATABASE_URL), takes the walks and prints their files. A walk ends with a call, such as that of the client that appends.
What runs while a module is imported does not count, nor does what runs beside the walk: only the tasks that were
started for it are looked at. The log is in memory where a test's house can do with that.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from contracts.topics import subject_of
from embedded.kafka import KafkaServer
from embedded.postgres import PostgresServer, forget_private_place
from tests.architecture.picture import packages
from tests.services.intake import running_intake as intake
from tests.services.notify import running_notify as notify
from tests.services.query import feed as query_feed
from tests.services.query import house as query
from tests.services.rating import acts
from tests.services.rating import running_rating as rating

PROJECT = Path(__file__).resolve().parents[2]
OURS = sorted({package.split(".")[0] for package in packages()} - {"sandbox", "cli", "bench"})
"""Not who submits (the sandbox signs people in): the house alone."""
_PLACES = tuple(f"{PROJECT / package}{os.sep}" for package in OURS)
_NEVER = 3600.0
"""Seconds between the ticks of a loop that is to do nothing of its own during the walk."""
_BESIDE = frozenset({"workers-ticker", "directory copy"})
"""Tasks that look at something every so often: what they do is on no way, though it may fall into the time of one."""


@dataclass
class Walk:
    """What ran while it was `on`, in the tasks that carry it; it ends with a call to `last`, a file and a function."""

    last: tuple[str, str]
    files: set[str] = field(default_factory=set)
    on: bool = False
    ended: bool = False

    @contextmanager
    def carried(self) -> Iterator[None]:
        """Tasks made inside carry this walk, and so do the tasks that those make."""
        token = _carried.set(self)
        try:
            yield
        finally:
            _carried.reset(token)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """What the carrying tasks run inside is counted."""
        self.on = True
        yield
        assert self.ended, f"{self.last} was not called"


_carried: ContextVar[Walk | None] = ContextVar("walk", default=None)


def _beside() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a thread without a loop
        return False
    return task is not None and task.get_name() in _BESIDE


def _look(frame: FrameType, event: str, _arg: Any) -> None:
    if event != "call":
        return
    walk = _carried.get()
    if walk is None or not walk.on:
        return
    file = frame.f_code.co_filename
    if frame.f_code.co_name == walk.last[1] and walk.last[0] in file:
        walk.on, walk.ended = False, True
    if file not in walk.files and file.startswith(_PLACES) and not _beside() and not _imported(frame):
        walk.files.add(file)


def _imported(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


async def walked(way: Way, folder: Path) -> list[str]:
    """The files of a way, relative to the project."""
    taken = Walk(way.last)
    threading.setprofile(_look)
    sys.setprofile(_look)
    try:
        await way.take(taken, folder)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return sorted(str(Path(file).relative_to(PROJECT)) for file in taken.files)


def post_to_append(bootstrap: str, prefix: str, url: str) -> Callable[[Walk, Path], Awaitable[None]]:
    """A unit's report, sent by a program: from the POST until it lies on the log and the receipt is given."""

    async def take(walk: Walk, folder: Path) -> None:
        intake.make_topics(bootstrap, prefix)
        settings = intake.settings_for(bootstrap, prefix, folder, database_url=url)
        async with intake.running(settings, folder) as running:
            await running.publish_and_rule()
            item = running.programme.items[0]
            address = f"/v1/programmes/{running.programme.programme}/items/{item.id}/submissions"
            headers = running.program(f"u-{item.lead_unit}-1", "walk")
            with walk.carried(), walk.counted():
                answer = await running.http.post(address, json=intake.REPORT, headers=headers)
            assert answer.status_code == 202, answer.text

    return take


async def record_to_ruling(walk: Walk, folder: Path) -> None:
    """A report on the log: from the record until its ruling is appended."""
    running = rating.RunningRating(folder)
    (subject,) = acts.subjects(0)
    with walk.carried():
        await running.start(0, tick_seconds=_NEVER)
    await running.open(subject)
    await running.ruled()
    with walk.counted():
        await running.say(subject, acts.report("2024Q1"), acts.UNIT, acts.at("2024-04-01 09:00"))
        await running.ruled()
    assert running.lights(subject) == {"2024Q1": "green"}
    await running.close()


async def ruling_to_mail(walk: Walk, folder: Path) -> None:
    """A rectification: from the ruling until its mail has arrived."""
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(notify.mailbox(folder))
        stage = notify.Stage(mail, folder)
        await stage.rulings.opened("k-001")
        with walk.carried():
            running = await stack.enter_async_context(notify.running(stage.notify()))
        await notify.until(lambda: not running.reasons(), "notify is not ready")
        with walk.counted():
            await stage.rulings.rule(subject_of(notify.PROGRAMME, "k-001"), notify.raised())
            await notify.until(lambda: mail.originals, "no mail has arrived")


def ruling_to_cell(url: str) -> Callable[[Walk, Path], Awaitable[None]]:
    """A light that turns green: from the ruling until the heat map's cell shows it."""

    async def take(walk: Walk, folder: Path) -> None:
        feed = query_feed.Feed()
        feed.publish()
        report = feed.report("p-2024", "K01")
        async with AsyncExitStack() as stack:
            with walk.carried():
                house = await stack.enter_async_context(query.house(url, feed, folder))
            with walk.counted():
                feed.green(report)
                await house.settled()
                with walk.carried():
                    page = await house.page("/programmes/p-2024")
        assert "green" in page

    return take


APPENDED = ("eventlog/log/memory.py", "append_entries")
PUBLISHED = ("faststream/kafka/broker/", "publish")
SENT = ("aiosmtplib/", "data")
SHOWN = ("starlette/responses.py", "__call__")


@dataclass(frozen=True)
class Way:
    """A walk's name, its last call, how many files it is meant to pass, how many it may pass, and how to take it."""

    name: str
    last: tuple[str, str]
    aim: int
    most: int
    take: Callable[[Walk, Path], Awaitable[None]]


def ways(bootstrap: str, prefix: str, url: str) -> list[Way]:
    """All four, on this Kafka under this topic prefix and on this empty database.

    None meets its aim; what is on each way, and why, says docs/decisions/0019. They get no longer.
    """
    return [
        Way("POST → append", PUBLISHED, 12, 30, post_to_append(bootstrap, prefix, url)),
        Way("record → ruling → append", APPENDED, 20, 29, record_to_ruling),
        Way("ruling → notice → mail", SENT, 16, 48, ruling_to_mail),
        Way("ruling → cell of the heat map", SHOWN, 12, 62, ruling_to_cell(url)),
    ]


def told(way: Way, files: list[str]) -> str:
    """A way's files in words, and how they are spread over the packages."""
    spread = Counter("/".join(file.split("/")[: 2 if file.startswith("services/") else 1]) for file in files)
    rooms = ", ".join(f"{room} {number}" for room, number in spread.most_common())
    return "\n    ".join([f"{way.name}: {len(files)} files (aim: {way.aim}): {rooms}", *files])


def _print_all(bootstrap: str, url: str, folder: Path) -> None:
    for number, way in enumerate(ways(bootstrap, f"walk{os.getpid()}-", url)):
        place = folder / str(number)
        place.mkdir()
        sys.stdout.write(told(way, asyncio.run(walked(way, place))) + "\n")


def main() -> None:
    """Take every walk and print it."""
    folder = Path(tempfile.mkdtemp(prefix="liangdeng-walks-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user where root starts it
    kafka = KafkaServer(folder / "kafka", say=_say)
    postgres = PostgresServer(folder / "postgres", say=_say)
    try:
        bootstrap = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or kafka.start()
        url = os.environ.get("DATABASE_URL") or postgres.start()
        _print_all(bootstrap, url, folder)
    finally:
        kafka.stop()
        postgres.stop()
        forget_private_place(folder / "postgres")
        shutil.rmtree(folder)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
