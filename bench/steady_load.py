"""Whether intake's memory stays as it is: steady load, and what the process holds each ten seconds."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import linear_regression
from typing import Final, NamedTuple

import httpx
import orjson

from bench.load import Pace, fire, request
from embedded.parts import INTAKE, KAFKA, RATING
from embedded.stack import Stack
from programmes import FOLDER
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.parts import ISSUER

CONNECTIONS: Final = 64
A_SECOND: Final = 50
"""Submissions: a district sends some thousand a year."""
_EVERY_SECONDS: Final = 10.0
_SETTLED_SECONDS: Final = 60.0
"""What is set up at the first requests is no growth."""
_SOURCE: Final = FOLDER / "yuancheng-2024.yaml"
_UNLIMITED: Final = {"INTAKE_QUOTA_SUBMISSIONS": "10000000", "INTAKE_QUOTA_BYTES": "1000000000000"}


class HeldMemory(NamedTuple):
    """Bytes that intake held, by seconds since the load began; and how many submissions it took in that time."""

    samples: list[tuple[float, int]]
    received: int
    refused: int

    def line(self) -> str:
        """As the bench prints it."""
        settled = [one for one in self.samples if one[0] >= _SETTLED_SECONDS] or self.samples
        slope = linear_regression(*zip(*settled, strict=True)).slope * 60
        held = [size for _, size in settled]
        minutes = self.samples[-1][0] / 60
        return (
            f"intake's memory under steady load, {minutes:.0f} minutes, {CONNECTIONS} connections, {self.received:,} "
            f"submissions ({self.refused} refused): {held[0] / 1e6:.1f} MB after a minute, "
            f"{max(held) / 1e6:.1f} at most, {held[-1] / 1e6:.1f} at the end; {slope / 1e3:+.0f} KB a minute"
        )


async def measure(home: Path, minutes: float) -> HeldMemory:
    """Send for so many minutes."""
    programme, parts = load_programme(_SOURCE), (ISSUER, RATING, INTAKE)
    with Stack(home, parts=parts, servers=(KAFKA,), settings={"intake": _UNLIMITED}) as stack:
        tokens = await _published(stack, programme)
        process, samples, began = stack.process("intake"), list[tuple[float, int]](), time.monotonic()

        async def watch() -> None:
            while True:
                samples.append((time.monotonic() - began, _resident(process.pid)))
                await asyncio.sleep(_EVERY_SECONDS)

        watching = asyncio.create_task(watch())
        sent = _reports(programme, tokens, int(minutes * 60 * A_SECOND))
        outcome = await fire(stack.urls["intake"], sent, CONNECTIONS, Pace(A_SECOND))
        watching.cancel()
        return HeldMemory(samples, outcome.statuses[202], outcome.statuses.total() - outcome.statuses[202])


def _reports(programme: ProgrammeFile, tokens: dict[str, str], number: int) -> Iterator[bytes]:
    for index in range(number):
        item = programme.items[index % len(programme.items)]
        data = {"period": "2024Q1", "claim": "in_progress", "narrative": f"第 {index} 件"}
        body = orjson.dumps({"type": "progress.reported", "data": data})
        headers = {"Authorization": f"Bearer {tokens[item.lead_unit]}", "Idempotency-Key": f"steady-{index}"}
        yield request(f"/v1/programmes/{programme.programme}/items/{item.id}/submissions", body, headers)


async def _published(stack: Stack, programme: ProgrammeFile) -> dict[str, str]:
    """The tokens of the lead units, once intake knows the items."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:

        async def token(person: str) -> str:
            told: str = (await http.post(f"{stack.urls['issuer']}/token", json={"person": person})).json()["token"]
            return told

        headers = {
            "Idempotency-Key": "p",
            "Content-Type": "application/yaml",
            "Authorization": f"Bearer {await token('o1')}",
        }
        where = f"{stack.urls['intake']}/v1/programmes"
        (await http.post(f"{where}?simulated=true", content=_SOURCE.read_bytes(), headers=headers)).raise_for_status()
        tokens = {unit: await token(f"u-{unit}-1") for unit in {item.lead_unit for item in programme.items}}
        report = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "in_progress"}}
        for item in programme.items:
            headers = {"Authorization": f"Bearer {tokens[item.lead_unit]}", "Idempotency-Key": "first"}
            path = f"{where}/{programme.programme}/items/{item.id}/submissions"
            answer = await http.post(path, json=report, headers=headers)
            while answer.status_code != httpx.codes.ACCEPTED:
                await asyncio.sleep(0.2)
                answer = await http.post(path, json=report, headers=headers)
        return tokens


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
