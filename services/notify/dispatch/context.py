"""What the partition workers of one process share: the log, the notices that are due, the senders, the terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eventlog.log.log import Log
from services.notify.delivery.sender import Sender
from services.notify.delivery.state import RetryPolicy
from services.notify.notices.directory import Directory
from services.notify.notices.gatherer import Gatherer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTerms:
    """How deliveries are claimed and retried; spans in real time, `tick` in seconds."""

    lease: timedelta = timedelta(seconds=120)
    skew: timedelta = timedelta(seconds=60)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    tick: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchContext:
    """What the workers share.

    `token` names this process in its claims and is fresh at every start. `prefixes` are the words in front of the
    numbers of a programme's notices, where they are not those of its own document.
    """

    log_id: str
    token: str
    log: Log
    gatherer: Gatherer
    directory: Directory
    senders: Mapping[str, Sender]
    prefixes: Mapping[str, str]
    terms: DeliveryTerms
    now: Callable[[], datetime]
