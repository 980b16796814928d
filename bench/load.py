"""A load generator that costs little: keep-alive connections that write requests made beforehand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers by status, the seconds that all of them took together, and the milliseconds of each."""

    statuses: Counter[int]
    seconds: float
    milliseconds: list[float]

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return sum(self.statuses.values()) / self.seconds


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Pace:
    """So many a second, however many connections there are."""

    def __init__(self, a_second: float) -> None:
        self._step = 1 / a_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next one's time."""
        now = time.perf_counter()
        at = max(now, self._next)
        self._next = at + self._step
        await asyncio.sleep(at - now)


async def fire(url: str, requests: Iterable[bytes], connections: int, pace: Pace | None = None) -> Outcome:
    """Send all requests over so many connections, each waiting for its answer before the next."""
    waiting = iter(requests)
    statuses: Counter[int] = Counter()
    milliseconds: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_one(url, waiting, statuses, milliseconds, pace) for _ in range(connections)))
    return Outcome(statuses, time.perf_counter() - started, milliseconds)


async def _one(
    url: str, waiting: Iterator[bytes], statuses: Counter[int], milliseconds: list[float], pace: Pace | None
) -> None:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        for wire in waiting:
            if pace is not None:
                await pace.turn()
            began = time.perf_counter()
            writer.write(wire)
            statuses[await _answer(reader)] += 1
            milliseconds.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    lengths = [line.split(":", 1)[1] for line in lines if line.lower().startswith("content-length:")]
    await reader.readexactly(int(lengths[0]))
    return int(lines[0].split(" ")[1])
