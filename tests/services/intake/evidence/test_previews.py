"""Pages as pictures, drawn by a process that can do little harm."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.intake.evidence import draw_page, previews
from services.intake.evidence.media_types import kind_of
from services.intake.evidence.objects import EvidenceObjects
from services.intake.evidence.previews import Previews
from services.intake.evidence.store import StoredFile, path_of
from services.intake.problem import IntakeProblem
from tests.services.intake.evidence.files import pdf, picture

SHA256 = "ab" * 32


@pytest.fixture
def objects(tmp_path: Path) -> EvidenceObjects:
    return EvidenceObjects(tmp_path)


def _stored(objects: EvidenceObjects, content: bytes) -> StoredFile:
    path = objects.folder / path_of(SHA256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return StoredFile(SHA256, len(content), kind_of(path) or "unknown")


async def test_a_page_of_a_document_is_drawn_once(objects: EvidenceObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    file, drawing = _stored(objects, pdf(3)), Previews(objects)
    small, large = await drawing.picture(file, 2, "small"), await drawing.picture(file, 2, "large")
    assert small.pages == large.pages == 3
    assert [max(Image.open(io.BytesIO(one.content)).size) for one in (small, large)] == [320, 1600]

    def never(*_: Any) -> Any:
        raise AssertionError("it was drawn again")

    monkeypatch.setattr(previews, "_run", never)
    assert await Previews(objects).picture(file, 2, "large") == large


async def test_a_picture_is_turned_and_loses_what_it_says_of_itself(objects: EvidenceObjects) -> None:
    taken = Image.new("RGB", (400, 200), "blue")
    exif = taken.getexif()
    exif[0x0112], exif[0x010F] = 6, "a camera with a name"
    out = io.BytesIO()
    taken.save(out, "JPEG", exif=exif)
    shown = await Previews(objects).picture(_stored(objects, out.getvalue()), 1, "small")
    drawn = Image.open(io.BytesIO(shown.content))
    assert drawn.size == (160, 320)
    assert b"a camera" in out.getvalue()
    assert b"a camera" not in shown.content
    assert not drawn.getexif()


async def test_beyond_the_last_page_there_is_nothing(objects: EvidenceObjects) -> None:
    with pytest.raises(IntakeProblem) as refused:
        await Previews(objects).picture(_stored(objects, pdf(1)), 2, "small")
    assert refused.value.code == "not_found"


def _bomb() -> bytes:
    """A picture of 60,000 × 60,000 in some 40 KB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    head = struct.pack("!IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(7501 * 4000), 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [_bomb(), b"%PDF-1.7 nothing of the kind", b"\x89PNG\r\n\x1a\n", picture(format_="JPEG")[:300]],
    ids=["a bomb", "no document", "no picture", "cut off"],
)
async def test_what_cannot_be_drawn_is_told_so_and_not_tried_again(
    objects: EvidenceObjects, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, drawing = _stored(objects, content), Previews(objects)
    with pytest.raises(IntakeProblem) as refused:
        await drawing.picture(file, 1, "small")
    assert refused.value.code == "no_preview"
    monkeypatch.setattr(previews, "_run", lambda *_: pytest.fail("it was tried again"))
    with pytest.raises(IntakeProblem):
        await drawing.picture(file, 1, "small")


async def test_a_process_that_does_not_end_is_ended(
    objects: EvidenceObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(600)")
    monkeypatch.setattr(previews, "_SCRIPT", str(slow))
    monkeypatch.setattr(previews, "_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(IntakeProblem) as refused:
        await Previews(objects).picture(_stored(objects, picture()), 1, "small")
    assert refused.value.code == "no_preview"
    assert time.monotonic() - began < 30


async def test_no_more_are_drawn_at_a_time_than_there_are_cores(
    objects: EvidenceObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = most = 0
    release = asyncio.Event()

    async def drawn(*_: Any) -> tuple[int, bytes]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1
        return 0, b"9\nx"

    monkeypatch.setattr(previews, "_run", drawn)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(previews, "_MOST_WAITING", 5)
    file, drawing = _stored(objects, picture()), Previews(objects)
    tries = [asyncio.create_task(drawing.picture(file, n, "small")) for n in range(1, 8)]
    deadline = time.monotonic() + 60
    while running < 2 or sum(one.done() for one in tries) < 2:
        assert time.monotonic() < deadline, f"{running} are drawn"
        await asyncio.sleep(0.01)
    release.set()
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert most == 2
    assert [one.code for one in results if isinstance(one, IntakeProblem)] == ["previews_busy"] * 2


def _limited(code: str) -> subprocess.CompletedProcess[str]:
    """Runs Python after the limits were set as the script sets them."""
    script = f"import sys; sys.path.insert(0, {str(Path(draw_page.__file__).parent)!r}); import draw_page\n"
    command = [sys.executable, "-c", f"{script}draw_page._limit(256, 1)\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_process_has_little_memory_and_time_and_writes_nothing(tmp_path: Path) -> None:
    assert "MemoryError" in _limited("bytearray(300 * 1024 * 1024)").stderr
    assert _limited("while True: pass").returncode < 0
    written = _limited(f"f = open({str(tmp_path / 'x')!r}, 'wb'); f.write(b'x' * 100000); f.flush()")
    assert written.returncode != 0
    assert _limited("print('fine')").stdout == "fine\n"


OFFLINE = """
import socket
try:
    socket.create_connection(('127.0.0.1', PORT), 5)
except OSError as error:
    print(error.errno)
"""


def test_where_the_system_lets_it_the_process_has_no_network(unshares: bool, listening: int) -> None:
    if not unshares:
        pytest.skip("this system lets no process give up the network")
    assert _limited(OFFLINE.replace("PORT", str(listening))).stdout.strip() in {"101", "99", "111"}


@pytest.fixture
def unshares() -> bool:
    return subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
