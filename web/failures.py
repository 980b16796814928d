"""What no handler expected is told in one line; the traceback of one place once a minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from typing import Final

from starlette.requests import Request

from web.security_events import printable
from web.visitor import request_id

logger = logging.getLogger(__name__)
EVERY_SECONDS: Final = 60.0
"""Between two tracebacks of one place: enough to see what is wrong, whatever many requests run into it."""
_HERE: Final = Path(__file__).resolve().parents[1]


class Failures:
    """Tells of exceptions that became answers 500."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` tells seconds of a clock that never goes back."""
        self._now = now
        self._told: dict[str, float] = {}

    def tell(self, request: Request, error: Exception) -> None:
        """Write the line: type, place, request id, method and path; no text of the error, which may hold anything."""
        place = _place(error)
        method, path = request.method, printable(request.scope["path"])
        traceback = error if self._is_due(place) or logger.isEnabledFor(logging.DEBUG) else None
        logger.error(
            "%s at %s, request %s, %s %s",
            type(error).__name__,
            place,
            request_id(request),
            method,
            path,
            exc_info=traceback,
        )

    def _is_due(self, place: str) -> bool:
        now = self._now()
        due = now - self._told.get(place, -EVERY_SECONDS) >= EVERY_SECONDS
        if due:
            self._told[place] = now
        return due


def _place(error: Exception) -> str:
    """File and line: the innermost of the project's own, else the innermost."""
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if ".venv" not in frame.filename and Path(frame.filename).is_relative_to(_HERE)]
    if not frames:
        return "?"
    last = (own or frames)[-1]
    name = Path(last.filename)
    shown = name.relative_to(_HERE) if own else name.name
    return f"{shown}:{last.lineno}"
