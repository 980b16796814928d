"""Tells in the log that something is in trouble, once when it begins, seldom while it lasts, once when it is over."""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

REMIND_SECONDS = 600.0
"""What is tried again every minute for a night is told some fifty times, not once a try."""


class _Told(NamedTuple):
    kind: type[BaseException]
    at: float


class TroubleLog:
    """One line per change of state: trouble begins, becomes another kind of trouble, or is over; and a reminder."""

    def __init__(self, logger: logging.Logger, remind_seconds: float = REMIND_SECONDS) -> None:
        self._logger = logger
        self._remind_seconds = remind_seconds
        self._told: dict[str, _Told] = {}

    def trouble(
        self, what: str, error: BaseException, level: int = logging.WARNING, *, traceback: bool = False
    ) -> None:
        """`what` does not work: told unless the same kind of error was told within the last ten minutes."""
        told, now = self._told.get(what), time.monotonic()
        again = told is not None and told.kind is type(error)
        if told is not None and again and now - told.at < self._remind_seconds:
            return
        self._told[what] = _Told(type(error), now)
        still = "still " if again else ""
        name = type(error).__name__
        self._logger.log(level, "%s: %s%s: %s", what, still, name, error, exc_info=error if traceback else None)

    def over(self, what: str) -> None:
        """`what` works; told if it was in trouble."""
        if self._told.pop(what, None) is not None:
            self._logger.info("%s works again", what)
