"""Whether a demo starts afresh or goes on where an interrupted one stopped, decided before anything runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from embedded.machine_error import MachineError
from embedded.state import StateFolder
from eventlog.clock import set_driven
from sandbox.year.plan import PUBLISHED_AT, YearPlan

CLOCK_FILE = "clock"
BEFORE_THE_YEAR = PUBLISHED_AT - timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Start:
    """How a demo begins: its clock's file, the instant from which acts are to be sent, and what was found."""

    clock: Path
    since: datetime
    found: Literal["nothing", "interrupted", "finished", "another"]

    @property
    def sentence(self) -> str:
        """What is begun, in Chinese and English."""
        day = f"{self.since:%Y-%m-%d}"
        return {
            "nothing": "从头开始 · starting the year",
            "interrupted": f"上次演示中断，从 {day} 继续 · resuming the interrupted demo at {day}",
            "finished": "上次演示已完成，清空后重新开始 · the last demo was complete: starting afresh",
            "another": "上次演示的种子或计划不同，清空后重新开始 · the last demo had another plan: starting afresh",
        }[self.found]


def begin(home: Path, plans: Sequence[YearPlan]) -> Start:
    """Read the journal in the state folder and make the folder ready: kept to resume, else emptied.

    Raises MachineError when another instance uses it, or when it holds a log that no demo wrote.
    """
    folder = StateFolder(home)
    folder.take()
    try:
        journal, clock = home / "year.json", home / CLOCK_FILE
        mark = _mark(plans)
        if not journal.exists():
            if (home / "kafka").exists():
                raise MachineError(
                    f"{home} 中的日志不是演示写的，演示不会清空它。请用 LIANGDENG_HOME 指定其他文件夹。",
                    f"The log in {home} was not written by a demo, which will not clear it. "
                    "Point LIANGDENG_HOME elsewhere.",
                )
            return _afresh(home, mark, "nothing")
        known = json.loads(journal.read_text(encoding="utf-8"))
        if known["finished"]:
            found: Literal["finished", "another"] = "finished"
        elif known["plan"] != mark or not clock.exists():
            found = "another"
        else:
            since = datetime.fromisoformat(clock.read_text().strip())
            # A start that was refused, such as for a port that was taken, has begun no year.
            return Start(clock, since, "nothing" if since == BEFORE_THE_YEAR else "interrupted")
        folder.empty()
        return _afresh(home, mark, found)
    finally:
        folder.release()


def finish(home: Path, plans: Sequence[YearPlan]) -> None:
    """Note that the year was lived to its end and compared."""
    _write(home, _mark(plans), finished=True)


def _afresh(home: Path, mark: str, found: Literal["nothing", "finished", "another"]) -> Start:
    clock = home / CLOCK_FILE
    set_driven(clock, BEFORE_THE_YEAR)
    _write(home, mark, finished=False)
    return Start(clock, BEFORE_THE_YEAR, found)


def _write(home: Path, mark: str, *, finished: bool) -> None:
    fresh = home / ".year.json"
    fresh.write_text(json.dumps({"plan": mark, "finished": finished}), encoding="utf-8")
    fresh.replace(home / "year.json")


def _mark(plans: Sequence[YearPlan]) -> str:
    digest = hashlib.sha256()
    for plan in plans:
        digest.update(plan.programme.encode())
        for act in plan.acts:
            digest.update(f"{act.at.isoformat()} {act.key} {act.type} {json.dumps(act.data, sort_keys=True)}".encode())
    return digest.hexdigest()
