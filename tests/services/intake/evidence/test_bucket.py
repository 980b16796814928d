"""Evidence in a bucket of a real S3-compatible server, named by `S3_ENDPOINT`, `S3_KEY_ID` and `S3_KEY_SECRET`.

The bucket `liangdeng-tests` has to be there.
"""

from __future__ import annotations

import os
import time
import tracemalloc
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.evidence.citations import EvidenceCitations
from services.intake.evidence.disk_space import DiskSpace
from services.intake.evidence.objects import Bucket, EvidenceObjects
from services.intake.evidence.store import EvidenceStore, path_of
from services.intake.evidence.virus_scan import VirusScan
from services.intake.problem import IntakeProblem
from tests.services.intake.evidence.files import picture

ENDPOINT = os.environ.get("S3_ENDPOINT", "")
OWNER = ["441602/unit:fagai"]
pytestmark = pytest.mark.walk
LARGE = 48 * 1024 * 1024


def _bucket(endpoint: str) -> Bucket:
    keys = os.environ.get("S3_KEY_ID", "tests"), os.environ.get("S3_KEY_SECRET", "tests")
    return Bucket("liangdeng-tests", endpoint, "us-east-1", *keys)


def _store(objects: EvidenceObjects, citations: EvidenceCitations) -> EvidenceStore:
    space, scan = DiskSpace(objects.folder, 0), VirusScan("", 1)
    return EvidenceStore(objects, space, scan, citations.is_cited, limit=2 * LARGE, citable_for=timedelta(days=1))


async def _parts(content: bytes, times: int = 1) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield content


@pytest.fixture
def objects(tmp_path: Path) -> EvidenceObjects:
    if not ENDPOINT:
        pytest.skip("S3_ENDPOINT names no server: nothing was stored in a bucket")
    return EvidenceObjects(tmp_path, _bucket(ENDPOINT))


async def test_a_file_goes_into_the_bucket_and_comes_back(objects: EvidenceObjects) -> None:
    store, content = _store(objects, EvidenceCitations()), picture(f"#{uuid.uuid4().hex[:6]}")
    file = await store.keep(_parts(content), OWNER)
    again = _store(objects, EvidenceCitations())
    assert await again.find(file.sha256) == file
    assert await again.uploaded(file.sha256, OWNER)
    assert not await again.uploaded(file.sha256, ["another"])
    parts = await objects.stream(path_of(file.sha256))
    assert parts is not None
    assert b"".join([part async for part in parts]) == content
    async with objects.as_file(path_of(file.sha256)) as path:
        assert path.read_bytes() == content
    assert os.listdir(objects.folder) == []  # noqa: PTH208
    assert await objects.move(path_of(file.sha256), f"cleared/{file.sha256}")
    assert not await objects.move(path_of(file.sha256), f"cleared/{file.sha256}")
    assert await objects.head(path_of(file.sha256)) is None
    listed = [one async for some in objects.listed(file.sha256[:2]) for one in some if file.sha256 in one.path]
    assert len(listed) == 2, "its mark and its kind"
    assert all(abs(time.time() - one.written) < 60 for one in listed)
    await objects.delete([one.path for one in listed] + [f"cleared/{file.sha256}"])
    assert await objects.read(listed[0].path) is None


async def test_a_large_file_passes_in_parts_both_ways(objects: EvidenceObjects) -> None:
    store, head = _store(objects, EvidenceCitations()), b"%PDF-1.7" + os.urandom(1024 * 1024 - 8)
    tracemalloc.start()
    file = await store.keep(_parts(head, LARGE // len(head)), OWNER)
    parts = await objects.stream(path_of(file.sha256))
    assert parts is not None
    assert sum([len(part) async for part in parts]) == file.size == LARGE
    assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    tracemalloc.stop()


async def test_a_bucket_that_is_away_is_told(tmp_path: Path) -> None:
    away = _store(EvidenceObjects(tmp_path, _bucket("http://127.0.0.1:1")), EvidenceCitations())
    with pytest.raises(IntakeProblem) as refused:
        await away.keep(_parts(picture()), OWNER)
    assert (refused.value.code, refused.value.status) == ("store_unavailable", 503)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
