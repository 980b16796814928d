"""Uploads reserve the space that they will take, so that many at once cannot fill the disk."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.intake.evidence.objects import no_space


class DiskSpace:
    """The disk of a folder, of which `kept_free` bytes remain free."""

    def __init__(self, folder: Path, kept_free: int) -> None:
        self._folder = folder
        self._kept_free = kept_free
        self._reserved = 0

    @contextlib.contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        """While an upload of at most `size` bytes comes in. Raises IntakeProblem `no_space`.

        What is written already counts twice meanwhile: that errs on the safe side.
        """
        if shutil.disk_usage(self._folder).free - self._reserved - size < self._kept_free:
            raise no_space()
        self._reserved += size
        try:
            yield
        finally:
            self._reserved -= size
