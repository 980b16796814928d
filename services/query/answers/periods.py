"""An item period by period: node, and the three statuses side by side, never merged (rulebook: Is a node met?)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.rulings import (
    Compared,
    LightSettled,
    MonthSettled,
    NodeAdjusted,
    PlanAdopted,
    ProgressRecorded,
    RulingData,
    VerificationRecorded,
)
from contracts.values import Claim, Finding, MonthStatus, Node, PeriodId
from services.query.answers.access import Sight, seen_evidence
from services.query.answers.item import ItemHistory


@dataclass(slots=True)
class PeriodAnswer:
    """One reporting period: `reported` is the claim of the last report, `verified` the finding, `schedule` how it came.

    `evidence` counts the files of that report that the viewer may see. Of a deadline that was moved, `before` is what
    it was, and `ground` why, where the viewer sees that.
    """

    id: PeriodId
    due_at: datetime
    schedule: str
    before: datetime | None = None
    ground: str = ""
    provisional: bool = False
    node: Node | None = None
    reported: Claim | None = None
    compared: Sequence[Compared] = ()
    evidence: int = 0
    verified: Finding | str = "unverified"
    month: MonthStatus | None = None


def periods_of(history: ItemHistory) -> list[PeriodAnswer]:
    """What holds for each reporting period of an item, folded from its events in the order of the log."""
    held, sight = history.seen
    periods = {
        id_: PeriodAnswer(
            id_,
            known.due_at,
            "void" if id_ in held.void else "open",
            before=known.before,
            ground=known.ground if history.seen.whole else "",
            provisional=known.provisional and id_ not in held.void,
        )
        for id_, known in held.deadlines.items()
    }
    for event in history.events:
        if history.is_seen(event):
            evolve(periods, event.data, sight)
    return list(periods.values())


def evolve(periods: dict[PeriodId, PeriodAnswer], data: RulingData, sight: Sight) -> None:
    """Change what holds by one more event."""
    match data:
        case PlanAdopted(nodes=nodes):
            for id_ in nodes.keys() & periods.keys():
                periods[id_].node = nodes[id_]
        case NodeAdjusted(period=id_, after=node) if id_ in periods:
            periods[id_].node = node
        case ProgressRecorded(period=id_) if id_ in periods:
            _report(periods[id_], data, sight)
        case VerificationRecorded(period=id_, finding=finding) if id_ in periods:
            periods[id_].verified = finding
        case MonthSettled(month=id_, status=status) if id_ in periods:
            periods[id_].month = status
            if status == "missing":
                periods[id_].schedule = "missing"
        case LightSettled(period=id_) if id_ in periods and periods[id_].schedule == "open":
            periods[id_].schedule = "missing"


def _report(period: PeriodAnswer, data: ProgressRecorded, sight: Sight) -> None:
    if not data.in_time and period.schedule == "in_time":
        return
    period.reported, period.compared = data.claim, data.compared
    period.evidence, period.verified = len(seen_evidence(sight, data.evidence)), "unverified"
    if period.schedule != "void":
        period.schedule = "in_time" if data.in_time else "late"
