"""What every channel has in common: the message it takes, the lease it keeps to, the call that sends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from contracts.dispatches import NoticeIssued
from services.notify.delivery.outcome import Capability, SendOutcome


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address. `id` is the same for every try; `copy` numbers a marked copy (0: the original)."""

    id: str
    delivery: str
    notice: NoticeIssued
    address: str
    copy: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """The instant `ends_at` after which a claimed message may no longer leave, in seconds of `Lease.clock`."""

    ends_at: float

    @staticmethod
    def clock() -> float:
        """Seconds since boot. This clock runs on while the process is stopped or suspended, and nobody can set it."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    @classmethod
    def after(cls, seconds: float) -> Lease:
        """A lease that ends `seconds` from now."""
        return cls(cls.clock() + seconds)

    @property
    def left(self) -> float:
        """Seconds left; negative once it has ended."""
        return self.ends_at - self.clock()


class Channel(Protocol):
    """A way to send messages, several at a time."""

    name: str
    capability: Capability

    async def send(self, message: Message, lease: Lease) -> SendOutcome:
        """Send one message, unless `lease` has ended right before it leaves. No answer of a server raises."""
        ...

    async def close(self) -> None:
        """Close all connections, within seconds."""
        ...
