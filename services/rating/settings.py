"""Settings of rating, from the environment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar, Final

from pydantic_settings import SettingsConfigDict

from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.backoff import FIRST_SECONDS, LONGEST_SECONDS
from eventlog.owner.partition import OwnerSettings
from services.settings import ClockSettings, ServingSettings
from web.ports import OPS_PORTS

TICK_SECONDS: Final = 1.0
DRIVEN_TICK_SECONDS: Final = 0.01
"""A simulated year waits for every step of its clock: some hundred steps must not cost minutes."""


class RatingSettings(ServingSettings, ClockSettings):
    """`RATING_…`, and what all services share; nothing here changes what a ruling says."""

    model_config = SettingsConfigDict(env_prefix="RATING_")
    client_id: ClassVar[str] = "liangdeng-rating"

    ops_port: int = OPS_PORTS["rating"]
    group: str = "rating"
    instance: str | None = None
    """A name that this instance keeps over a restart: nothing moves then, if it is back within the session's timeout.
    Without one, its partitions move to the others as soon as it leaves."""
    session_timeout_seconds: float = 10.0
    """A silent instance loses its partitions after that; the `at` rule holds either way."""
    tick_seconds: float | None = None
    """How often assignment and clock are looked at; by default 1 s, with a driven clock 10 ms."""
    poll_seconds: float = 1.0
    """How long one look at the log waits for something; a stop ends it."""
    margin_seconds: float = 2.0
    """The alarm waits that much longer than the grace: the broker's clock, which decides what is due, may be behind."""
    max_batch_rulings: int = 200
    """Some 40 ms of deciding at a stretch, in which no other partition of this process moves."""
    first_backoff_seconds: float = FIRST_SECONDS
    max_backoff_seconds: float = LONGEST_SECONDS
    quarantine: Path = Path(tempfile.gettempdir()) / "liangdeng-quarantine"
    """Copies of unreadable records for whoever looks into them; the log keeps the originals."""

    @property
    def owner(self) -> OwnerSettings:
        """How partitions are worked on."""
        return OwnerSettings(
            questions=SUBMISSIONS,
            answers=RULINGS,
            tick_seconds=self.tick_seconds or (DRIVEN_TICK_SECONDS if self.clock else TICK_SECONDS),
            poll_seconds=self.poll_seconds,
            max_batch_answers=self.max_batch_rulings,
            first_backoff_seconds=self.first_backoff_seconds,
            max_backoff_seconds=self.max_backoff_seconds,
        )
