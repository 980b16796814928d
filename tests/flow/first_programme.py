"""A small programme of the year that it is, for installations on the machine's own clock."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

import yaml

from programmes import FOLDER

NEIGHBOUR: Final = "441625"


def first_programme(district: str) -> bytes:
    """The programme of a district with three items of the unit fagai, in charge leader-1, for this year, as JSON."""
    whole: dict[str, Any] = yaml.safe_load((FOLDER / "yuancheng-2024.yaml").read_text(encoding="utf-8"))
    year, first = date.today().year, whole["items"][0]  # noqa: DTZ011 - whatever year the installation lives in
    whole["items"] = [{**first, "id": f"K0{n}", "task": f"第{'一二三'[n - 1]}件"} for n in range(1, 4)]
    whole["programme"], whole["jurisdiction"]["code"] = f"{district}-now", district
    whole["title"], whole["issued_on"] = f"{year}年督查方案", f"{year}-01-05"
    quarters = {1: "04-10", 2: "07-10", 3: "10-10"}
    due = {f"{year}Q{n}": f"{year}-{day}" for n, day in quarters.items()} | {f"{year}Q4": f"{year + 1}-01-10"}
    whole["schedule"]["plan_due_on"] = f"{year}-03-27"
    whole["schedule"]["key_task"]["report_due_on"] = due
    whole["schedule"]["livelihood"] |= {"first_month": f"{year}-02", "last_month": f"{year}-12"}
    whole["calendar"] = {"from": f"{year}-01-01", "to": f"{year + 1}-12-31", "holidays": [], "working_weekends": []}
    whole["closing_on"] = f"{year + 1}-03-31"
    return json.dumps(whole, default=str, ensure_ascii=False).encode()
