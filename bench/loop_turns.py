"""How long a turn of a service's event loop the worst requests of one account take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from bench.worst_requests import OFFICE, UNIT, WorstRequest, items, posted, publication, read
from embedded.parts import INTAKE, QUERY, RATING, Launch, Part
from embedded.service_process import ServiceProcess
from embedded.stack import Stack
from programmes.programme import MAX_ITEMS
from sandbox.parts import ISSUER

LONGEST_MILLISECONDS: Final = 100
_READY_SECONDS: Final = 300.0
"""For a thousand items to be ruled on and shown, however slow the machine."""


class WorstTurn(NamedTuple):
    """What was asked, how it was answered, and the longest turn that it took."""

    name: str
    service: str
    status: int
    size: int
    milliseconds: float

    def line(self) -> str:
        """A row of the table."""
        turn = f"{self.milliseconds:.0f} ms" if self.milliseconds else "< 5 ms"
        return f"| {self.name} | {self.service} | {self.status} | {self.size:,} | {turn} |"


HEAD: Final = (
    f"| worst request (aim: {LONGEST_MILLISECONDS} ms of the loop) | service | answer | its bytes | longest turn |",
    "|---|---|---|---|---|",
)


def timed(part: Part, folder: Path) -> Part:
    """A part whose turns are written down in `folder`."""

    def process(launch: Launch) -> ServiceProcess:
        env = {
            **launch.env,
            f"{part.prefix}_PORT": str(launch.port),
            f"{part.prefix}_OPS_PORT": str(launch.ops_port),
            "BENCH_SERVICE": part.module,
            "BENCH_TURNS": str(folder / f"{part.name}.turns"),
        }
        return ServiceProcess(
            "bench.timed_service", port=launch.ops_port, env=env, log=launch.log, keep_open=launch.keep_open
        )

    return replace(part, process=process)


async def measure(home: Path) -> list[WorstTurn]:
    """Send each to services that hold a programme of a thousand items."""
    parts = (ISSUER, RATING, timed(INTAKE, home), timed(QUERY, home))
    with Stack(home / "stack", parts=parts) as stack:
        async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
            asked = _Asked(http, stack, home, {who: await _token(http, stack, who) for who in (OFFICE, UNIT)})
            found = [await asked.turn(publication())]
            await _shown(asked)
            found += [await asked.turn(one) for one in posted()]
            await asked.followed()
            return found + [await asked.turn(one) for one in read()]


class _Asked:
    """Sends one request after the other, and looks what it cost."""

    def __init__(self, http: httpx.AsyncClient, stack: Stack, folder: Path, tokens: Mapping[str, str]) -> None:
        self._http, self._stack, self._folder, self._tokens = http, stack, folder, tokens
        self._sent = 0

    async def answer(self, request: WorstRequest) -> httpx.Response:
        self._sent += 1
        own = {"Authorization": f"Bearer {self._tokens[request.who]}", "Idempotency-Key": f"worst-{self._sent}"}
        url = self._stack.urls[request.service] + request.path
        headers = {**own, **request.headers}
        return await self._http.request(request.method, url, content=request.body, headers=headers)

    async def turn(self, request: WorstRequest) -> WorstTurn:
        """The longest turn while a request was answered, whatever else was done meanwhile."""
        before = len(self._turns(request.service))
        answer = await self.answer(request)
        # The turn that wrote the answer is written down after it.
        await self._http.get(f"{self._stack.ops_url(request.service)}/healthz")
        await asyncio.sleep(0.05)
        longest = max(self._turns(request.service)[before:], default=0.0)
        return WorstTurn(request.name, request.service, answer.status_code, len(answer.content), longest * 1000)

    async def followed(self) -> None:
        """Wait until query has taken in what was posted: a second without a longer turn."""
        before, deadline = -1, time.monotonic() + _READY_SECONDS
        while before != len(self._turns("query")) and time.monotonic() < deadline:
            before = len(self._turns("query"))
            await asyncio.sleep(1.0)

    def _turns(self, service: str) -> list[float]:
        return [float(line) for line in (self._folder / f"{service}.turns").read_text().splitlines()]


async def _token(http: httpx.AsyncClient, stack: Stack, who: str) -> str:
    token: str = (await http.post(f"{stack.urls['issuer']}/token", json={"person": who})).json()["token"]
    return token


async def _shown(asked: _Asked) -> None:
    """Wait until the last item is known to intake and shown by query."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        answer = await asked.answer(items())
        if answer.status_code == httpx.codes.OK and len(answer.json()["items"]) == MAX_ITEMS:
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"not all items are shown: {answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(1.0)
