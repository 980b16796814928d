"""Evidence files, named by their SHA-256: checked while they stream in, whole in the store or not there at all.

Beside each lies an empty object for everyone who uploaded it: only those may cite it, or learn that it is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from contracts.values import Evidence
from exact.faults import Fault
from services.intake.evidence.disk_space import DiskSpace
from services.intake.evidence.media_types import ALLOWED, agrees, kind_of
from services.intake.evidence.objects import EvidenceObjects, told_full
from services.intake.evidence.virus_scan import VirusScan
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import too_large

SHA256: Final = re.compile(r"[0-9a-f]{64}")
UNKNOWN_KIND: Final = "unknown"
"""The kind of a file that came before kinds were told apart and is none that would be taken today."""
_REMEMBERED: Final = 10_000
_MARK_DIGITS: Final = 32
"""Hex digits of an uploader's digest: 128 bits."""
_WRITE_BYTES: Final = 1024 * 1024
_NAME: Final = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*(; ?[a-z0-9-]+=[A-Za-z0-9._-]+)?")


class StoredFile(NamedTuple):
    """A file of the store: its SHA-256, its size in bytes, its kind (a key of `media_types.KINDS`)."""

    sha256: str
    size: int
    kind: str


class EvidenceStore:
    """Objects `ab/abcd…`; a file that is there is complete, and has the hash in its name.

    A file that no submission cites may be cited for as long as `citable_for` after it was brought.
    """

    def __init__(
        self,
        objects: EvidenceObjects,
        space: DiskSpace,
        scan: VirusScan,
        is_cited: Callable[[str], bool],
        *,
        limit: int,
        citable_for: timedelta,
    ) -> None:
        self._objects = objects
        self._space = space
        self._scan = scan
        self._is_cited = is_cited
        self._limit = limit
        self._citable_for = citable_for.total_seconds()
        self._files: dict[str, StoredFile] = {}
        self._marks: dict[str, float] = {}

    async def find(self, sha256: str) -> StoredFile | None:
        """A file, None if it was not uploaded. Raises IntakeProblem `store_unavailable`."""
        known = self._files.get(sha256)
        if known is None:
            found = await self._objects.head(path_of(sha256))
            if found is None:
                return None
            known = StoredFile(sha256, found.size, await self._kind(sha256))
            _remember(self._files, sha256, known)
        return known

    async def uploaded(self, sha256: str, owners: Iterable[str]) -> bool:
        """Whether one of `owners` uploaded a file of this hash."""
        return await self._marked_at(sha256, owners) is not None

    async def pass_on(self, sha256: str, owners: Iterable[str]) -> None:
        """From now on these may open and cite a file as if they had uploaded it, too. Raises `store_unavailable`."""
        for owner in owners:
            await self._objects.put(_mark(path_of(sha256), owner), b"")
        self.forget(sha256)

    async def keep(
        self, chunks: AsyncIterator[bytes], owners: Sequence[str], expected: str | None = None, size: int | None = None
    ) -> StoredFile:
        """Store what `owners` upload; `size` is how many bytes it will have at most, as far as that is known.

        Raises:
            IntakeProblem: `too_large`; `digest_mismatch` if it does not have the `expected` hash; `evidence_type`,
                `evidence_infected`; `no_space`, `store_unavailable`, `scanner_unavailable`. Nothing stays then.
        """
        draft = self._objects.draft()
        try:
            with self._space.reserved(min(self._limit if size is None else size, self._limit)):
                with told_full():
                    file = await asyncio.to_thread(draft.open, "xb")
                    with file:
                        sha256, written = await self._write(file, chunks)
                if expected is not None and sha256 != expected:
                    detail = f"实为 {sha256}", f"it is {sha256}"
                    raise IntakeProblem("digest_mismatch", *detail, more={"sha256": sha256})
                return await self._settled(draft, StoredFile(sha256, written, await self._checked(draft)), owners)
        finally:
            await asyncio.to_thread(draft.unlink, missing_ok=True)

    async def faults(self, cited: Iterable[Evidence], owners: Sequence[str]) -> list[Fault]:
        """What is wrong with the evidence that a submission of `owners` cites."""
        return [fault for index, one in enumerate(cited) for fault in await self._faults(index, one, owners)]

    def forget(self, sha256: str) -> None:
        """Ask the store again about a file."""
        self._files.pop(sha256, None)
        for mark in [mark for mark in self._marks if sha256 in mark]:
            del self._marks[mark]

    async def _checked(self, draft: Path) -> str:
        kind = await asyncio.to_thread(kind_of, draft)
        if kind is None:
            raise IntakeProblem("evidence_type", f"可用：{ALLOWED}", f"allowed: {ALLOWED}")
        await self._scan.check(draft)
        return kind

    async def _settled(self, draft: Path, file: StoredFile, owners: Sequence[str]) -> StoredFile:
        """The mark comes first: whoever clears away what is not referenced looks for a fresh one last."""
        path = path_of(file.sha256)
        self.forget(file.sha256)
        for owner in owners:
            await self._objects.put(_mark(path, owner), b"")
        await self._objects.put(f"{path}.kind", file.kind.encode())
        if await self._objects.head(path) is None:
            await self._objects.settle(draft, path)
        _remember(self._files, file.sha256, file)
        return file

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

    async def _kind(self, sha256: str) -> str:
        """As it was found when it came; a file that came before that is looked at now."""
        path = path_of(sha256)
        if (noted := await self._objects.read(f"{path}.kind")) is not None:
            return noted.decode()
        async with self._objects.as_file(path) as file:
            kind = await asyncio.to_thread(kind_of, file) or UNKNOWN_KIND
        await self._objects.put(f"{path}.kind", kind.encode())
        return kind

    async def _marked_at(self, sha256: str, owners: Iterable[str]) -> float | None:
        """When one of `owners` brought a file last, as Unix time."""
        found: list[float] = []
        for owner in owners:
            mark = _mark(path_of(sha256), owner)
            if mark not in self._marks and (lying := await self._objects.head(mark)) is not None:
                _remember(self._marks, mark, lying.written)
            found += [self._marks[mark]] if mark in self._marks else []
        return max(found, default=None)

    async def _faults(self, index: int, one: Evidence, owners: Sequence[str]) -> list[Fault]:
        at = ("data", "evidence", index)
        found = []
        if not _NAME.fullmatch(one.name) or one.name.strip(". ") == "":
            found.append(
                Fault((*at, "name"), "file_name", "须为不含路径的文件名", "must be a file name without a path")
            )
        if not _MEDIA_TYPE.fullmatch(one.media_type):
            found.append(Fault((*at, "media_type"), "media_type", "须为媒体类型", "must be a media type"))
        file = await self._citable(one.sha256, owners)
        if file is None:
            rule = "evidence_not_uploaded"
            found.append(Fault((*at, "sha256"), rule, "该文件尚未上传", "this file was not uploaded"))
            return found
        if file.size != one.size:
            wrong = f"该文件为 {file.size} 字节", f"the file has {file.size} bytes"
            found.append(Fault((*at, "size"), "evidence_size", *wrong))
        return found + (_disagreeing(at, one, file.kind) if not found else [])

    async def _citable(self, sha256: str, owners: Sequence[str]) -> StoredFile | None:
        marked = await self._marked_at(sha256, owners)
        if marked is None or not (time.time() - marked < self._citable_for or self._is_cited(sha256)):
            return None
        return await self.find(sha256)


def path_of(sha256: str) -> str:
    """Where a file of this hash lies. Raises ValueError."""
    if not SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in lower-case hex")
    return f"{sha256[:2]}/{sha256}"


def _disagreeing(at: tuple[str | int, ...], one: Evidence, kind: str) -> list[Fault]:
    """The content decides what a file is; its name and the media type have to agree."""
    if kind == UNKNOWN_KIND:
        wrong = f"文件类型不可用；可用：{ALLOWED}", f"this kind of file is not taken; allowed: {ALLOWED}"
        return [Fault((*at, "sha256"), "evidence_type", *wrong)]
    name, media_type = agrees(kind, one.name, one.media_type)
    wrong = f"与文件内容不符，内容为 {kind}", f"does not agree with the content, which is {kind}"
    fields = [] if name else ["name"]
    fields += [] if media_type else ["media_type"]
    return [Fault((*at, field), "evidence_type", *wrong) for field in fields]


def _remember(known: dict[str, Any], key: str, value: object) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[key] = value


def _write_some(file: BinaryIO, digest: hashlib._Hash, content: bytes) -> None:
    file.write(content)
    digest.update(content)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _mark(path: str, owner: str) -> str:
    return f"{path}.{hashlib.sha256(owner.encode()).hexdigest()[:_MARK_DIGITS]}"
