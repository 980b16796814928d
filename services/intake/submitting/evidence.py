"""Evidence files, named by their SHA-256: checked while they stream in, whole on disk or not there at all.

Beside each lies an empty file for everyone who uploaded it: only those may cite it, or learn that it is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from contracts.values import Evidence
from exact.faults import Fault
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import too_large

SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REMEMBERED: Final = 10_000
_MARK_DIGITS: Final = 32
"""Hex digits of an uploader's digest: 128 bits."""
_WRITE_BYTES: Final = 1024 * 1024
_NAME: Final = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*(; ?[a-z0-9-]+=[A-Za-z0-9._-]+)?")


class EvidenceStore:
    """A folder of files `ab/abcd…`; a file that is there is complete, on disk, and has the hash in its name."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._sizes: dict[str, int] = {}
        self._marked: set[Path] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a file of this hash lies, if it is there."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self._folder / sha256[:2] / sha256

    def size(self, sha256: str) -> int | None:
        """Bytes of a file, None if it was not uploaded."""
        known = self._sizes.get(sha256)
        if known is None:
            try:
                known = self.path(sha256).stat().st_size
            except FileNotFoundError:
                return None
            if len(self._sizes) >= _REMEMBERED:
                self._sizes.clear()
            self._sizes[sha256] = known
        return known

    def uploaded(self, sha256: str, owners: Iterable[str]) -> bool:
        """Whether one of `owners` uploaded a file of this hash."""
        return any(self._is_marked(_mark(self.path(sha256), owner)) for owner in owners)

    async def keep(
        self, chunks: AsyncIterator[bytes], owners: Sequence[str], expected: str | None = None
    ) -> tuple[str, int]:
        """Store what `owners` upload; its SHA-256 and size in bytes.

        Raises:
            IntakeProblem: `too_large`; `digest_mismatch` if it does not have the `expected` hash. Nothing stays then.
        """
        draft = self._folder / f".draft-{uuid.uuid4().hex}"
        try:
            with await asyncio.to_thread(draft.open, "xb") as file:
                sha256, size = await self._write(file, chunks)
            if expected is not None and sha256 != expected:
                detail = f"实为 {sha256}", f"it is {sha256}"
                raise IntakeProblem("digest_mismatch", *detail, more={"sha256": sha256})
            path = self.path(sha256)
            await asyncio.to_thread(_settle, draft, path, [_mark(path, owner) for owner in owners])
        finally:
            draft.unlink(missing_ok=True)
        return sha256, size

    async def _write(self, file: BinaryIO, chunks: AsyncIterator[bytes]) -> tuple[str, int]:
        digest, size, buffer = hashlib.sha256(), 0, bytearray()
        async for chunk in chunks:
            size += len(chunk)
            if size > self._limit:
                raise too_large(self._limit)
            buffer += chunk
            if len(buffer) >= _WRITE_BYTES:
                await asyncio.to_thread(_write_some, file, digest, bytes(buffer))
                buffer.clear()
        await asyncio.to_thread(_write_some, file, digest, bytes(buffer))
        await asyncio.to_thread(_flush, file)
        return digest.hexdigest(), size

    def faults(self, cited: Iterable[Evidence], owners: Sequence[str]) -> list[Fault]:
        """What is wrong with the evidence that a submission of `owners` cites."""
        return [fault for index, one in enumerate(cited) for fault in self._faults(index, one, owners)]

    def _is_marked(self, mark: Path) -> bool:
        if mark not in self._marked:
            if not mark.exists():
                return False
            if len(self._marked) >= _REMEMBERED:
                self._marked.clear()
            self._marked.add(mark)
        return True

    def _faults(self, index: int, one: Evidence, owners: Sequence[str]) -> list[Fault]:
        at = ("data", "evidence", index)
        found = []
        if not _NAME.fullmatch(one.name) or one.name.strip(". ") == "":
            found.append(
                Fault((*at, "name"), "file_name", "须为不含路径的文件名", "must be a file name without a path")
            )
        if not _MEDIA_TYPE.fullmatch(one.media_type):
            found.append(Fault((*at, "media_type"), "media_type", "须为媒体类型", "must be a media type"))
        size = self.size(one.sha256) if self.uploaded(one.sha256, owners) else None
        if size is None:
            rule = "evidence_not_uploaded"
            found.append(Fault((*at, "sha256"), rule, "该文件尚未上传", "this file was not uploaded"))
        elif size != one.size:
            found.append(Fault((*at, "size"), "evidence_size", f"该文件为 {size} 字节", f"the file has {size} bytes"))
        return found


def _write_some(file: BinaryIO, digest: hashlib._Hash, content: bytes) -> None:
    file.write(content)
    digest.update(content)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _mark(path: Path, owner: str) -> Path:
    return path.with_name(f"{path.name}.{hashlib.sha256(owner.encode()).hexdigest()[:_MARK_DIGITS]}")


def _settle(draft: Path, path: Path, marks: Sequence[Path]) -> None:
    """Rename into place, mark it as its uploaders', and make the names themselves durable."""
    fresh = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    if path.exists() and all(mark.exists() for mark in marks):
        return
    if not path.exists():
        draft.replace(path)
    for mark in marks:
        mark.touch()
    for folder in (path.parent, path.parent.parent) if fresh else (path.parent,):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
