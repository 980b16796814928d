"""Where a service reads the time: the system's clock, or a file that a simulated year moves on."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """A source of business time."""

    def now(self) -> datetime:
        """An aware instant; never earlier than one given before by this object."""
        ...


class SystemClock:
    """The clock of this machine, kept from running backwards."""

    def __init__(self) -> None:
        self._latest = datetime.now(UTC)

    def now(self) -> datetime:
        """Now, or the latest instant given if the machine's clock was set back."""
        self._latest = max(self._latest, datetime.now(UTC))
        return self._latest


class DrivenClock:
    """A clock whose instant (RFC 3339, with offset) stands in a file, re-read when the file changes; monotone."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._stamp = self._look()
        self._latest = _parse(self._path.read_text())

    def now(self) -> datetime:
        """The latest instant that the file ever held; a file that is gone or unreadable leaves it standing."""
        with contextlib.suppress(OSError, ValueError):
            stamp = self._look()
            if stamp != self._stamp:
                self._latest = max(self._latest, _parse(self._path.read_text()))
                self._stamp = stamp
        return self._latest

    def _look(self) -> tuple[int, int, int]:
        status = self._path.stat()
        return (status.st_mtime_ns, status.st_ino, status.st_size)


class FixedClock:
    """A clock that stands still until it is set, for tests and for logs in memory."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant that was set last."""
        return self._instant

    def set(self, instant: datetime) -> None:
        """Move on to `instant`; an earlier one is ignored."""
        self._instant = max(self._instant, instant)


def clock_from(source: str) -> Clock:
    """The clock that a setting names: "" is the system's, anything else the path of a driven clock's file."""
    return DrivenClock(source) if source else SystemClock()


def set_driven(path: str | Path, instant: datetime) -> None:
    """Write a driven clock's file in one step, so that no reader sees half of it."""
    if instant.tzinfo is None:
        raise ValueError("a driven clock needs an instant with an offset")
    target = Path(path)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.write_text(instant.isoformat() + "\n")
    fresh.replace(target)


def _parse(text: str) -> datetime:
    instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        raise ValueError("a driven clock needs an instant with an offset")
    return instant
