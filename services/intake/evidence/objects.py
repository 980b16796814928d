"""Where the bytes of evidence lie: in a folder, or in a bucket of an S3-compatible store."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from services.intake.problem import IntakeProblem

CHUNK_BYTES: Final = 1024 * 1024
_PARTS_AT_ONCE: Final = 2
"""Parts of an upload that are on their way at a time, 5 MiB each."""
_PART_BYTES: Final = 5 * 1024 * 1024
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_TEXTS: Final = tuple(f"os error {number})" for number in _FULL)
DRAFT: Final = ".draft-"
_RETRIED_FOR: Final = timedelta(seconds=20)


class Bucket(NamedTuple):
    """A bucket of an S3-compatible store."""

    name: str
    endpoint: str
    region: str
    key_id: str
    secret: str


class StoredObject(NamedTuple):
    """What the store says of an object: size in bytes, and the Unix time at which it was last written."""

    path: str
    size: int
    written: float


class EvidenceObjects:
    """Objects by path. Drafts are files of the folder; a bucket gets them when they are whole.

    Everything raises IntakeProblem: `no_space`, or `store_unavailable` if a bucket does not answer.
    """

    def __init__(self, folder: Path, bucket: Bucket | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._local = bucket is None
        self._store: ObjectStore = LocalStore(folder) if bucket is None else _s3(bucket)

    def draft(self) -> Path:
        """Where a new draft may be written."""
        return self.folder / f"{DRAFT}{uuid.uuid4().hex}"

    async def head(self, path: str) -> StoredObject | None:
        """What is at a path."""
        try:
            with _told():
                found = await obstore.head_async(self._store, path)
        except FileNotFoundError:
            return None
        return StoredObject(path, found["size"], found["last_modified"].timestamp())

    async def settle(self, draft: Path, path: str) -> None:
        """A draft that is whole and on disk takes its place; it lies there whole, or not at all."""
        with _told():
            if self._local:
                await obstore.rename_async(self._store, draft.name, path)
            else:
                await obstore.put_async(
                    self._store, path, draft, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE
                )
        await self._keep_names(path)

    async def put(self, path: str, content: bytes) -> None:
        """Write a small object."""
        with _told():
            await obstore.put_async(self._store, path, content)
        await self._keep_names(path)

    async def read(self, path: str) -> bytes | None:
        """A small object."""
        try:
            with _told():
                return bytes(await (await obstore.get_async(self._store, path)).bytes_async())
        except FileNotFoundError:
            return None

    async def stream(self, path: str) -> AsyncIterator[bytes] | None:
        """A large one, a part at a time; None if it is not there."""
        try:
            with _told():
                found = await obstore.get_async(self._store, path)
        except FileNotFoundError:
            return None
        return (bytes(part) async for part in found.stream(min_chunk_size=CHUNK_BYTES))

    @contextlib.asynccontextmanager
    async def as_file(self, path: str) -> AsyncIterator[Path]:
        """An object as a file of this machine. Raises FileNotFoundError."""
        if self._local:
            yield self.folder / path
            return
        draft, parts = self.draft(), await self.stream(path)
        if parts is None:
            raise FileNotFoundError(path)
        try:
            with _told(), draft.open("xb") as file:
                async for part in parts:
                    await asyncio.to_thread(file.write, part)
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    async def move(self, path: str, to: str) -> bool:
        """Whether it was there to be moved."""
        try:
            with _told():
                await obstore.rename_async(self._store, path, to)
        except FileNotFoundError:
            return False
        await self._keep_names(to)
        return True

    async def delete(self, paths: Iterable[str]) -> None:
        """Delete what is there of these."""
        for path in paths:
            with contextlib.suppress(FileNotFoundError), _told():
                await obstore.delete_async(self._store, path)

    async def listed(self, folder: str | None = None) -> AsyncIterator[list[StoredObject]]:
        """All objects, or those in a folder, some hundred at a time."""
        with _told():
            async for some in obstore.list(self._store, folder, chunk_size=500):
                yield [StoredObject(one["path"], one["size"], one["last_modified"].timestamp()) for one in some]

    async def _keep_names(self, path: str) -> None:
        """In a folder, what was written and the names that lead to it survive a loss of power."""
        if self._local:
            file = self.folder / path
            await asyncio.to_thread(_sync, (file, file.parent, self.folder))


@contextlib.contextmanager
def told_full() -> Iterator[None]:
    """A full disk as a problem, told to whoever uploads. Raises IntakeProblem `no_space`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise no_space() from None
        raise


def no_space() -> IntakeProblem:
    """There is no room for a file; others may go before long."""
    return IntakeProblem("no_space")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        with told_full():
            yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        if any(text in str(error) for text in _FULL_TEXTS):
            raise no_space() from None
        why = type(error).__name__
        raise IntakeProblem("store_unavailable", "", why, headers={"Retry-After": "10"}) from error


def _s3(bucket: Bucket) -> S3Store:
    return S3Store(
        bucket.name,
        endpoint=bucket.endpoint or None,
        region=bucket.region,
        access_key_id=bucket.key_id,
        secret_access_key=bucket.secret,
        virtual_hosted_style_request=False,
        client_options={"allow_http": bucket.endpoint.startswith("http://"), "timeout": "60s", "connect_timeout": "5s"},
        retry_config={"max_retries": 3, "retry_timeout": _RETRIED_FOR},
    )


def _sync(paths: Iterable[Path]) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
