"""Intake and query over HTTP: submissions accepted per second against a bare endpoint, and how soon a light shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

import httpx
import orjson

from bench.figures import Rate, Watch
from bench.load import fire, request
from contracts.topics import PARTITIONS, TOPIC_CONFIG, subject_of
from contracts.values import Actor
from embedded.parts import Part
from embedded.stack import Stack
from eventlog.log import provisioning
from programmes.programme import ItemEntry
from sandbox.year.client import PUBLISHER, ServicesClient
from sandbox.year.days import SHANGHAI
from sandbox.year.driver import Driver
from sandbox.year.evidence import REPORT
from sandbox.year.journal import BEFORE_THE_YEAR, Start
from sandbox.year.planned_act import PlannedAct
from sandbox.year.run import publish
from sandbox.year.simulated_year import SimulatedYear, simulated_years

CONNECTIONS = 32
WITHOUT_QUOTAS = {
    "LIANGDENG_ACCOUNT_A_MINUTE": "100000000",
    "INTAKE_QUOTA_SUBMISSIONS": "100000000",
    "INTAKE_QUOTA_BYTES": "1000000000000",
}
"""One unit sends here what a whole province does; what is asked of each request stays as it is."""
LANES = 2
FLOOR_TOPIC = "floor"
PERIOD = "2024Q2"


async def open_year(stack: Stack, clock: Path) -> SimulatedYear:
    """Publish the catalogue and live through its plans and who decides them, up to the second quarter's last days."""
    year = simulated_years("bench", by_hand=False)[0]
    start = Start(clock, BEFORE_THE_YEAR, "nothing")
    async with ServicesClient(stack.urls) as client:
        driver = Driver(client, clock)
        await publish(client, driver, start, [year])
        acts = [act for act in year.plan.acts if act.type.startswith(("plan.", "deputy."))]
        await driver.live(acts, ends_at=max(act.at for act in acts).astimezone(SHANGHAI).replace(month=7, day=2))
    return year


async def accepted(
    stack: Stack, year: SimulatedYear, number: int, round_: int, floors: Sequence[str] = (FLOOR_TOPIC,)
) -> tuple[Rate, ...]:
    """Submissions through intake, and the same bodies through each floor, which the stack runs under that name."""
    intake, floor = await _requests(stack, year, number, str(round_))
    return await _rate(stack, ["intake"], intake), *[await _rate(stack, [name], floor) for name in floors]


async def shared(stack: Stack, year: SimulatedYear, number: int, round_: int, parts: Sequence[str]) -> Rate:
    """Submissions through intakes that share them."""
    requests, _ = await _requests(stack, year, number, f"{round_}-{len(parts)}")
    return await _rate(stack, parts, requests)


async def _requests(stack: Stack, year: SimulatedYear, number: int, mark: str) -> tuple[list[bytes], list[bytes]]:
    """For intake, and the same for a floor; no two of the same `mark` and index have one key."""
    tokens = await _tokens(stack, year)
    async with ServicesClient(stack.urls) as client:
        for unit in tokens:
            await client.upload_evidence(Actor(role="unit", id=f"u-{unit}-1", unit=unit), [REPORT.sha256])
    items = [(item.id, item.lead_unit) for item in year.programme.items]
    intake, floor = [], []
    for index in range(number):
        item, unit = items[index % len(items)]
        body = orjson.dumps({"type": "progress.reported", "data": _report("in_progress", str(index))})
        headers = {"Authorization": f"Bearer {tokens[unit]}", "Idempotency-Key": f"bench-{mark}-{index}"}
        subject = subject_of(year.programme.programme, item)
        intake.append(request(f"/v1/programmes/{year.programme.programme}/items/{item}/submissions", body, headers))
        floor.append(request(f"/{FLOOR_TOPIC}/{subject.replace('/', '.')}", body, headers))
    return intake, floor


async def _rate(stack: Stack, parts: Sequence[str], requests: Sequence[bytes]) -> Rate:
    """What parts of one kind do that share the requests and the connections."""
    watches, waiting, many = [Watch(stack.process(part).pid) for part in parts], iter(requests), len(parts)
    outcomes = await asyncio.gather(*(fire(stack.urls[part], waiting, CONNECTIONS // many) for part in parts))
    cpu_seconds = sum(watch.read()[1] for watch in watches)
    if any(set(outcome.statuses) != {202} for outcome in outcomes):
        raise RuntimeError(f"{parts}: not all were accepted: {[outcome.statuses for outcome in outcomes]}")
    p99 = percentiles([one for outcome in outcomes for one in outcome.milliseconds])[1]
    seconds = max(outcome.seconds for outcome in outcomes)
    return Rate(len(requests) / seconds, len(requests) / cpu_seconds, p99)


def start_floor(stack: Stack) -> None:
    """Start the bare endpoint beside the services, with a topic of its own."""
    wanted = provisioning.specs((FLOOR_TOPIC,), PARTITIONS, TOPIC_CONFIG)
    provisioning.apply(stack.env["KAFKA_BOOTSTRAP_SERVERS"], wanted, bootstrap_timeout_ms=10_000)
    stack.add(Part(name="floor", module="bench.floor_endpoint"))


async def visible(stack: Stack, year: SimulatedYear, number: int) -> list[float]:
    """Milliseconds from a report's POST until query's answer shows the light that follows from it."""
    silent = {item for item, behaviour in year.plan.cast.items() if behaviour.name in {"silent_all_year", "plan_late"}}
    items = [item for item in year.programme.items if not item.quantified and item.id not in silent]
    async with ServicesClient(stack.urls) as client:
        lanes = [_lane(client, year, items[lane], number // LANES) for lane in range(LANES)]
        return [milliseconds for lane in await asyncio.gather(*lanes) for milliseconds in lane]


def percentiles(values: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[98]


async def _lane(
    client: ServicesClient,
    year: SimulatedYear,
    item: ItemEntry,
    number: int,
) -> list[float]:
    programme = year.programme.programme
    found = []
    for index in range(number):
        claim, light = ("completed", "green") if index % 2 == 0 else ("in_progress", "none")
        act = PlannedAct(
            at=BEFORE_THE_YEAR,
            actor=Actor(role="unit", id=f"u-{item.lead_unit}-1", unit=item.lead_unit),
            programme=programme,
            item=item.id,
            type="progress.reported",
            data=_report(claim, str(index)),
            key=f"visible-{index}",
            behaviour="",
        )
        began = time.perf_counter()
        place = await client.submit(act)
        position = f"submissions-{place.partition}@{place.offset}"
        answer = await client.get(PUBLISHER, f"/v1/programmes/{programme}/items/{item.id}", min_position=position)
        milliseconds = (time.perf_counter() - began) * 1000
        lights = {one["period"]: one["light"] for one in answer["lights"]}
        if lights.get(PERIOD, "none") != light:
            raise RuntimeError(f"{item.id}: {PERIOD} should be {light}: {lights}")
        found.append(milliseconds)
    return found


def _report(claim: str, mark: str) -> dict[str, object]:
    return {
        "period": PERIOD,
        "claim": claim,
        "measures": {},
        "narrative": f"进展情况（模拟）{mark}",
        "evidence": [REPORT.reference],
    }


async def _tokens(stack: Stack, year: SimulatedYear) -> dict[str, str]:
    units = {item.lead_unit for item in year.programme.items}
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [
            (unit, await client.post(f"{stack.urls['issuer']}/token", json={"person": f"u-{unit}-1"})) for unit in units
        ]
    return {unit: answer.json()["token"] for unit, answer in answers}
