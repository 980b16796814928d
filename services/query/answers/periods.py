"""An item period by period: node, and the three statuses side by side, never merged (rulebook: Is a node met?)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Found = Mapping[str, Any]


def periods_of(item: Found, events: Iterable[Found]) -> list[dict[str, Any]]:
    """What holds for each reporting period of an item, folded from its events in the order of the log.

    `reported` is the claim of the last report, `verified` the finding about it, `schedule` how it came.
    """
    void = set(item["void"])
    found: dict[str, dict[str, Any]] = {
        period["id"]: {
            **period,
            "node": None,
            "reported": None,
            "met": None,
            "compared": [],
            "evidence": 0,
            "verified": "unverified",
            "schedule": "void" if period["id"] in void else "open",
            "month": None,
        }
        for period in item["periods"]
    }
    for event in events:
        _apply(found, event["type"], event["data"])
    return list(found.values())


def _apply(found: dict[str, dict[str, Any]], type_: str, data: Found) -> None:
    if type_ == "plan.adopted":
        for period, node in data["nodes"].items():
            if period in found:
                found[period]["node"] = node
    elif type_ == "node.adjusted" and data["period"] in found:
        found[data["period"]]["node"] = data["after"]
    elif type_ == "progress.recorded" and data["period"] in found:
        _report(found[data["period"]], data)
    elif type_ == "verification.recorded" and data["period"] in found:
        found[data["period"]]["verified"] = data["finding"]
    elif type_ == "month.settled" and data["month"] in found:
        found[data["month"]]["month"] = data["status"]
        if data["status"] == "missing":
            found[data["month"]]["schedule"] = "missing"
    elif type_ == "light.settled" and (period := found.get(data["period"])) and period["schedule"] == "open":
        period["schedule"] = "missing"


def _report(period: dict[str, Any], data: Found) -> None:
    if not data["in_time"] and period["schedule"] == "in_time":
        return
    period["reported"], period["met"] = data["claim"], data["met"]
    period["compared"], period["evidence"] = data.get("compared", []), len(data["evidence"])
    period["verified"] = "unverified"
    if period["schedule"] != "void":
        period["schedule"] = "in_time" if data["in_time"] else "late"
