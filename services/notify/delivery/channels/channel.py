"""What a channel takes and answers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from contracts.dispatches import NoticeIssued
from services.notify.delivery.outcome import Outcome, Sort


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one address; `id` is the same for every try, `copy` numbers a marked copy (0: the original)."""

    id: str
    delivery: str
    notice: NoticeIssued
    address: str
    copy: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """The instant after which nothing may be sent, on a clock that also runs while the process stands still."""

    at: float

    @staticmethod
    def clock() -> float:
        """Seconds since boot; goes on during SIGSTOP and suspend, and is never set."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    @classmethod
    def after(cls, seconds: float) -> Limit:
        """`seconds` from now."""
        return cls(cls.clock() + seconds)

    @property
    def left(self) -> float:
        """Seconds left; negative when it has passed."""
        return self.at - self.clock()


class Channel(Protocol):
    """Sends parcels; several at a time."""

    name: str
    sort: Sort

    async def send(self, parcel: Parcel, limit: Limit) -> Outcome:
        """Send one message if `limit` still allows it right before it leaves; never raises for what a server does."""
        ...

    async def close(self) -> None:
        """Let go of connections; bounded."""
        ...
