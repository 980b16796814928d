"""The months of livelihood items and their status for the monthly bulletin (rulebook: Lights 6)."""

from __future__ import annotations

from contracts.rulings import MonthSettled
from contracts.values import MonthStatus
from services.rating.rules.draft import Draft
from services.rating.rules.state.node import node_met
from services.rating.rules.state.state import Item


def status_of(item: Item, index: int, *, over: bool) -> MonthStatus:
    """The status of a month: `met` or `unmet` by the report in time; once it is over, without one, `late` or `missing`.

    rulebook: Lights 6; Fine print ("`late` and `missing` are told when the deadline is announced")
    """
    period = item.periods[index]
    if item.frame.periods[index].id in item.frame.void:
        return "void"
    if period.in_time is not None:
        return "met" if node_met(period.in_time) else "unmet"
    if not over:
        return "open"
    return "late" if period.late is not None else "missing"


def update_months(draft: Draft) -> None:
    """Emit the status of every month whose status changed."""
    if draft.frame.category == "livelihood":
        for index in range(len(draft.frame.periods)):
            update_month(draft, index)


def update_month(draft: Draft, index: int) -> None:
    """Emit the status of a livelihood item's month if it changed."""
    item = draft.item
    period = item.periods[index]
    status = status_of(item, index, over=period.settled)
    if status != period.status:
        draft.emit(MonthSettled(month=item.frame.periods[index].id, status=status, settled=period.settled))


def settle_month(draft: Draft, index: int) -> None:
    """The deadline of a month is announced: its status is settled."""
    item = draft.item
    month = item.frame.periods[index].id
    draft.emit(MonthSettled(month=month, status=status_of(item, index, over=True), settled=True))
