"""Asks a service again while it is away: a part that crashed comes back."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import httpx

from embedded.machine_error import MachineError

PATIENCE_SECONDS: Final = 60.0
"""A part that crashed is back by then; the same key makes asking again harmless."""
_AGAIN: Final = frozenset({429, 502, 503, 504})


class YearInterrupted(MachineError):
    """A service answered what the year cannot go on with, or nothing for too long."""

    def __init__(self, what: str) -> None:
        super().__init__(f"全年演示中断：{what}", f"The year cannot go on: {what}")


async def asked(http: httpx.AsyncClient, method: str, url: str, **request: Any) -> httpx.Response:
    """The answer, whatever it is, once the service is there. Raises YearInterrupted."""
    deadline, pause, last = time.monotonic() + PATIENCE_SECONDS, 0.05, ""
    while time.monotonic() < deadline:
        try:
            answer = await http.request(method, url, **request)
        except httpx.TransportError as error:
            last = repr(error)
        else:
            if answer.status_code not in _AGAIN and not _lagging(answer):
                return answer
            last = f"{answer.status_code} {answer.text[:500]}"
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)
    raise YearInterrupted(f"{method} {url}: {last}")


def _lagging(answer: httpx.Response) -> bool:
    """Whether intake's roster is a moment behind the publication."""
    return answer.status_code == 404 and "unknown_" in answer.text
