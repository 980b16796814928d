"""Reads from query's API how a year ended, as the counts that it is compared by."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from contracts.values import Actor
from sandbox.year.client import ServicesClient
from sandbox.year.counts import Counts
from sandbox.year.plan import YearPlan

AUDITOR = Actor(role="auditor", id="auditor")


async def read_counts(client: ServicesClient, plan: YearPlan) -> Counts:
    """How a programme is at the end of its year."""
    base = f"/v1/programmes/{plan.programme}"
    lights, escalations, notices = await asyncio.gather(
        client.get(AUDITOR, f"{base}/lights"),
        client.get(AUDITOR, f"{base}/escalations", state="all"),
        client.get(AUDITOR, f"{base}/notices"),
    )
    timelines = await asyncio.gather(*(client.get(AUDITOR, f"{base}/items/{item}/timeline") for item in plan.cast))
    return Counts(
        lights={q: _lights(lights, q, "light", len(plan.cast)) for q in plan.quarters},
        rated={q: _lights(lights, q, "rated", len(plan.cast)) for q in plan.quarters},
        escalations=Counter(_escalation(one) for one in escalations["escalations"]),
        verdicts=Counter(
            (entry["type"], entry["ruling"]["verdict"] if entry["ruling"] else "waiting")
            for timeline in timelines
            for entry in timeline["timeline"]
        ),
        notices=Counter(one["kind"] for one in notices["notices"]),
        messages=Counter(
            (one["kind"], message["channel"], "shown" if message["channel"] == "inbox" else message["outcome"])
            for one in notices["notices"]
            for message in one["deliveries"]
        ),
    )


def _lights(answer: dict[str, Any], quarter: str, name: str, items: int) -> Counter[str]:
    found = Counter(one[name] or "none" for one in answer["lights"] if one["period"] == quarter)
    found["none"] += items - found.total()
    return +found


def _escalation(one: dict[str, Any]) -> str:
    return " ".join([one["level"], one["state"], *(["overdue"] if one["overdue"] else [])])
