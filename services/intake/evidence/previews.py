"""Pages of a file as pictures: drawn by a limited process, one at a time per core, and kept beside the file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from services.intake.evidence import draw_page
from services.intake.evidence.media_types import KINDS
from services.intake.evidence.objects import EvidenceObjects
from services.intake.evidence.store import StoredFile, path_of
from services.intake.problem import IntakeProblem

Size = Literal["small", "large"]
EDGES: Final[dict[Size, int]] = {"small": 320, "large": 1600}
"""Pixels of the longer side."""
MEGABYTES: Final = 768
CPU_SECONDS: Final = 10
_SECONDS: Final = 30.0
_MOST_WAITING: Final = 32
_MOST_BYTES: Final = 8 * 1024 * 1024
_REMEMBERED: Final = 1000
_SCRIPT: Final = str(Path(draw_page.__file__))


class Picture(NamedTuple):
    """A page as a JPEG, and how many pages there are."""

    pages: int
    content: bytes


class Previews:
    """Draws what was never asked for before."""

    def __init__(self, objects: EvidenceObjects) -> None:
        self._objects = objects
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)
        self._waiting = 0
        self._refused: dict[str, IntakeProblem] = {}

    async def picture(self, file: StoredFile, page: int, size: Size) -> Picture:
        """A page (from 1) of a file.

        Raises:
            IntakeProblem: `no_preview` for what cannot be drawn, `not_found` beyond the last page, `previews_busy`,
                and what the store raises.
        """
        if file.kind not in KINDS or not KINDS[file.kind].pictured:
            raise IntakeProblem("no_preview")
        kept = f"{path_of(file.sha256)}.page-{page}-{size}"
        if (refused := self._refused.get(kept)) is not None:
            raise refused
        if (found := await self._objects.read(kept)) is not None:
            return _read(found)
        async with self._turn():
            if (found := await self._objects.read(kept)) is None:
                found = await self._drawn(file, page, size, kept)
                await self._objects.put(kept, found)
        return _read(found)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= _MOST_WAITING:
            raise IntakeProblem("previews_busy")
        self._waiting += 1
        try:
            async with self._cores:
                yield
        finally:
            self._waiting -= 1

    async def _drawn(self, file: StoredFile, page: int, size: Size, kept: str) -> bytes:
        async with self._objects.as_file(path_of(file.sha256)) as path:
            code, drawn = await _run(str(path.resolve()), page, EDGES[size])
        if code == 0 and b"\n" in drawn[:12]:
            return drawn
        if code == draw_page.NO_SUCH_PAGE:
            raise IntakeProblem("not_found")
        why = ("图片过大", "the picture is too large") if code == draw_page.TOO_LARGE else ("", "")
        problem = IntakeProblem("no_preview", *why)
        if len(self._refused) >= _REMEMBERED:
            self._refused.clear()
        self._refused[kept] = problem
        raise problem


def _read(kept: bytes) -> Picture:
    pages, _, content = kept.partition(b"\n")
    return Picture(int(pages), content)


async def _run(path: str, page: int, edge: int) -> tuple[int, bytes]:
    """Exit code and output of the process; killed after a time, it has none."""
    arguments = (path, page, edge, MEGABYTES, CPU_SECONDS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", _SCRIPT, *map(str, arguments)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    assert process.stdout is not None
    output = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            while chunk := await process.stdout.read(65536):
                output += chunk
                if len(output) > _MOST_BYTES:
                    break
            else:
                return await process.wait(), bytes(output)
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return -1, b""
