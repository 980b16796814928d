"""What the desks of one process work with, and on which terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from eventlog.log.log import Log
from services.notify.delivery.delivery import Retrying
from services.notify.delivery.sender import Sender
from services.notify.dispatch.issue import Issuing
from services.notify.notices.directory import Directory
from services.notify.notices.gatherer import Gatherer


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How deliveries are treated; spans in real time."""

    lease: timedelta = timedelta(seconds=120)
    skew: timedelta = timedelta(seconds=60)
    retrying: Retrying = field(default_factory=Retrying)
    tick: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the desks of one process work with; `token` is this process's own, fresh at every start."""

    log_id: str
    token: str
    log: Log
    gatherer: Gatherer
    directory: Directory
    senders: Mapping[str, Sender]
    issuing: Issuing
    terms: Terms
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
