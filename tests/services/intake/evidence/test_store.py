"""The store of evidence: whole or not there; scanned; within the disk; and what nothing cites goes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from contracts.topics import SUBMISSIONS
from contracts.values import Evidence
from eventlog.log.memory import MemoryLog
from eventlog.log.record import Record
from services.intake.evidence.citations import CitationsFeed, EvidenceCitations
from services.intake.evidence.disk_space import DiskSpace
from services.intake.evidence.objects import EvidenceObjects
from services.intake.evidence.store import EvidenceStore, path_of
from services.intake.evidence.unreferenced import UnreferencedFiles
from services.intake.evidence.virus_scan import VirusScan
from services.intake.problem import IntakeProblem
from tests.services.intake.evidence.files import picture

DAY = 86400.0
OWNER = ["441602/unit:fagai"]


class Town:
    """A store with its log, its citations, and what clears away."""

    def __init__(self, folder: Path, *, scanner: str = "", kept_free: int = 0, objects: EvidenceObjects | None = None):
        self.objects = objects or EvidenceObjects(folder)
        self.log, self.citations = MemoryLog(), EvidenceCitations()
        self.store = EvidenceStore(
            self.objects,
            DiskSpace(folder, kept_free),
            VirusScan(scanner, 10),
            self.citations.is_cited,
            limit=8_000_000,
            citable_for=timedelta(days=1),
        )
        self.feed = feed = CitationsFeed(self.log, self.citations)
        self.prepared: set[str] | None = set()
        self.clearing = UnreferencedFiles(
            self.objects, self.store, self.citations, feed, self.log, timedelta(days=1), self._held
        )

    async def ready(self) -> Town:
        """The citations were read up to the end of the log; from now on they are read when a test says so."""
        following = asyncio.create_task(self.feed.run())
        deadline = time.monotonic() + 60
        while self.feed.problems:
            assert time.monotonic() < deadline, self.feed.problems
            await asyncio.sleep(0.01)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        return self

    async def _held(self) -> set[str]:
        """As what waits for a signature tells it; None: PostgreSQL does not answer."""
        if self.prepared is None:
            raise IntakeProblem("prepared_unavailable")
        return self.prepared

    async def bring(self, content: bytes, owners: list[str] = OWNER) -> str:
        """Upload a file; its hash."""
        return (await self.store.keep(_parts(content), owners, size=len(content))).sha256

    async def append(self, sha256: str) -> Record:
        """A submission that cites a file lies on the log; its citation is not read yet."""
        body = {
            "type": "liangdeng.progress.reported.v1",
            "subject": "441602-2024/K01",
            "data": {"period": "2024Q1", "evidence": [{"sha256": sha256, "name": "a.png"}]},
        }
        await self.log.append(SUBMISSIONS, 0, b"441602-2024/K01", [orjson.dumps(body)])
        return self.log.topics.records(SUBMISSIONS, 0)[-1]

    async def read(self, record: Record) -> None:
        """The citation is read."""
        await self.citations.take({(SUBMISSIONS, record.partition): [record]})

    async def is_there(self, sha256: str) -> bool:
        """Whether the file itself lies there."""
        return await self.objects.head(path_of(sha256)) is not None

    async def rules(self, sha256: str, size: int) -> list[str]:
        """The rules that citing it breaks."""
        one = Evidence(sha256=sha256, name="a.png", size=size, media_type="image/png")
        return [fault.rule for fault in await self.store.faults([one], OWNER)]


async def _parts(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


def _made_older(folder: Path) -> None:
    for name in _left(folder):
        os.utime(folder / name, (time.time() - 2 * DAY, time.time() - 2 * DAY))


def _left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_what_is_not_whole_leaves_nothing(tmp_path: Path) -> None:
    town = await Town(tmp_path).ready()

    async def broken() -> AsyncIterator[bytes]:
        yield picture()
        raise IntakeProblem("aborted")

    for code, chunks, expected in (
        ("aborted", broken(), None),
        ("digest_mismatch", _parts(picture()), "0" * 64),
        ("evidence_type", _parts(b"MZ\x90\0" + bytes(100)), None),
        ("too_large", _parts(bytes(8_000_001)), None),
    ):
        with pytest.raises(IntakeProblem) as refused:
            await town.store.keep(chunks, OWNER, expected)
        assert refused.value.code == code
        assert _left(tmp_path) == []


async def test_a_file_that_came_before_kinds_were_noted_is_looked_at(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(picture()).hexdigest()
    path = tmp_path / path_of(sha256)
    path.parent.mkdir()
    path.write_bytes(picture())
    found = await Town(tmp_path).store.find(sha256)
    assert found is not None
    assert found.kind == "png"
    assert path.with_name(f"{sha256}.kind").read_text() == "png"


async def test_what_nothing_cites_goes_after_a_day_and_an_hour(tmp_path: Path) -> None:
    town, now = await Town(tmp_path).ready(), time.time()
    orphan, cited = await town.bring(picture("red")), await town.bring(picture("blue"))
    await town.read(await town.append(cited))
    assert await town.clearing.clear(now + DAY + 3500) == 0
    assert await town.clearing.clear(now + DAY + 3700) == 1
    assert [await town.is_there(one) for one in (orphan, cited)] == [False, True]
    assert not [path for path in _left(tmp_path) if orphan in path]
    assert await town.rules(orphan, len(picture("red"))) == ["evidence_not_uploaded"]
    assert await town.rules(cited, len(picture("blue"))) == []


async def test_what_waits_for_a_signature_keeps_its_files_and_none_goes_while_that_is_unknown(tmp_path: Path) -> None:
    town, later = await Town(tmp_path).ready(), time.time() + 2 * DAY
    sha256 = await town.bring(picture())
    town.prepared = {sha256}
    assert await town.clearing.clear(later) == 0
    assert await town.is_there(sha256)
    town.prepared = None
    with pytest.raises(IntakeProblem):
        await town.clearing.clear(later)
    assert await town.is_there(sha256)
    town.prepared = set()
    assert await town.clearing.clear(later) == 1


async def test_nothing_goes_while_a_citation_on_the_log_is_not_read(tmp_path: Path) -> None:
    town, later = await Town(tmp_path).ready(), time.time() + 2 * DAY
    sha256 = await town.bring(picture())
    record = await town.append(sha256)
    assert await town.clearing.clear(later) == 0
    assert await town.is_there(sha256)
    await town.read(record)
    assert await town.clearing.clear(later) == 0
    assert await town.is_there(sha256)


async def test_a_file_may_be_cited_for_a_day_so_no_append_is_on_its_way_when_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, now, size = await Town(tmp_path).ready(), time.time(), len(picture())
    sha256 = await town.bring(picture())
    monkeypatch.setattr(time, "time", lambda: now + DAY - 60)
    assert await town.rules(sha256, size) == []
    assert await town.clearing.clear(time.time()) == 0
    monkeypatch.setattr(time, "time", lambda: now + DAY + 60)
    assert await town.rules(sha256, size) == ["evidence_not_uploaded"]
    assert await town.clearing.clear(time.time()) == 0
    # brought again, it may be cited again
    monkeypatch.undo()
    os.utime(tmp_path / path_of(sha256), (now - 2 * DAY, now - 2 * DAY))
    await town.bring(picture())
    assert await town.rules(sha256, size) == []


@pytest.mark.parametrize("moment", ["before it is set aside", "when it has been set aside"])
async def test_a_file_that_comes_again_while_it_goes_stays(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another instance brings it: its clock is ours, a day later than the file's."""
    town, other = await Town(tmp_path).ready(), Town(tmp_path)
    sha256, now = await town.bring(picture()), time.time()
    _made_older(tmp_path)
    move = EvidenceObjects.move

    async def moved(objects: EvidenceObjects, path: str, to: str) -> bool:
        if objects is town.objects and to.startswith("cleared/"):
            if moment.startswith("before"):
                await other.bring(picture())
            done = await move(objects, path, to)
            if moment.startswith("when"):
                await other.bring(picture())
            return done
        return await move(objects, path, to)

    monkeypatch.setattr(EvidenceObjects, "move", moved)
    assert await town.clearing.clear(now) == 0
    assert await town.is_there(sha256)
    assert await other.rules(sha256, len(picture())) == []


async def test_what_a_run_that_was_broken_off_set_aside_comes_back_if_it_is_cited(tmp_path: Path) -> None:
    town = await Town(tmp_path).ready()
    sha256 = await town.bring(picture())
    await town.read(await town.append(sha256))
    await town.objects.move(path_of(sha256), f"cleared/{sha256}")
    await town.clearing.clear(time.time() + 2 * DAY)
    assert await town.is_there(sha256)


async def test_many_files_that_nobody_cites_do_not_stay(tmp_path: Path) -> None:
    """The attack: an account that brings file after file and submits nothing."""
    town = await Town(tmp_path).ready()
    for n in range(60):
        await town.bring(picture(f"#0000{n:02x}"))
    (tmp_path / ".draft-left").write_bytes(b"killed")
    assert await town.clearing.clear(time.time() + 2 * DAY) == 60
    assert _left(tmp_path) == []


async def test_uploads_leave_the_disk_its_free_space(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(IntakeProblem) as refused:
        await Town(tmp_path, kept_free=2 * free).bring(picture())
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (507, "300")
    space = DiskSpace(tmp_path, 0)
    with space.reserved(free // 2), pytest.raises(IntakeProblem), space.reserved(free * 3 // 4):
        pass
    with space.reserved(free * 3 // 4):
        pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told_and_leaves_nothing(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town, small = Town(small_disk), picture()
    monkeypatch.setattr(DiskSpace, "reserved", lambda *_: contextlib.nullcontext())
    with pytest.raises(IntakeProblem) as refused:
        await town.bring(b"%PDF-1.7" + bytes(3_000_000))
    assert (refused.value.status, refused.value.code) == (507, "no_space")
    assert _left(small_disk) == []
    assert await town.is_there(await town.bring(small))
