"""Reads from query's API how a year ended, as the counts that it is compared by."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.year.client import AUDITOR, ServicesClient
from sandbox.year.counts import Counts
from sandbox.year.plan import YearPlan
from sandbox.year.planned_act import Way


async def read_counts(client: ServicesClient, plan: YearPlan) -> Counts:
    """How a programme is at the end of its year."""
    base = f"/v1/programmes/{plan.programme}"
    lights, escalations, notices = await asyncio.gather(
        client.get(AUDITOR, f"{base}/lights"),
        client.get(AUDITOR, f"{base}/escalations", state="all"),
        client.get(AUDITOR, f"{base}/notices"),
    )
    timelines = await asyncio.gather(*(client.get(AUDITOR, f"{base}/items/{item}/timeline") for item in plan.cast))
    histories = dict(zip(plan.cast, (one["timeline"] for one in timelines), strict=True))
    return Counts(
        lights={q: _lights(lights, q, "light", len(plan.cast)) for q in plan.quarters},
        rated={q: _lights(lights, q, "rated", len(plan.cast)) for q in plan.quarters},
        escalations=Counter(_escalation(one) for one in escalations["escalations"]),
        verdicts=Counter(
            (entry["type"], entry["ruling"]["verdict"] if entry["ruling"] else "waiting")
            for history in histories.values()
            for entry in history
        ),
        notices=Counter(one["kind"] for one in notices["notices"]),
        messages=Counter(
            (one["kind"], message["channel"], "shown" if message["channel"] == "inbox" else message["outcome"])
            for one in notices["notices"]
            for message in one["deliveries"]
        ),
        ways=_ways(plan, histories),
    )


def _ways(plan: YearPlan, histories: Mapping[str, Sequence[dict[str, Any]]]) -> Counter[Way]:
    """Of the acts, those that lie on the log from whom and when they were planned, prepared by whom they were."""
    there = {
        (item, entry["type"], _instant(entry), entry["by"].get("person"), entry["by"].get("prepared_by"))
        for item, history in histories.items()
        for entry in history
    }
    found: Counter[Way] = Counter()
    for act in plan.acts:
        for item in act.items or ((act.item,) if act.item else ()):
            found[act.way] += (item, act.type, act.at.timestamp(), act.actor.id, act.actor.prepared_by) in there
    return found


def _instant(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["received_at"]).timestamp()


def _lights(answer: dict[str, Any], quarter: str, name: str, items: int) -> Counter[str]:
    found = Counter(one[name] or "none" for one in answer["lights"] if one["period"] == quarter)
    found["none"] += items - found.total()
    return +found


def _escalation(one: dict[str, Any]) -> str:
    return " ".join([one["level"], one["state"], *(["overdue"] if one["overdue"] else [])])
