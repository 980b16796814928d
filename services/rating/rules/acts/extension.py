"""Extension of a rectification's limit (延期整改; rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import date, datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import ExtensionFiled, ExtensionRefused, LimitMoved, Remark
from contracts.submissions import ExtensionDecided, ExtensionRequested
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import standing
from services.rating.rules.state.ladder import Escalation, Extension
from services.rating.rules.state.state import Item
from supervision.workdays import end_of


def object_to_request(item: Item, data: ExtensionRequested, at: datetime) -> list[Reason]:
    """The lead unit asks before the limit itself ends; behind that nothing more is looked at."""
    there = standing(item, "rectification")
    return ["no_open_escalation"] if there is None else _objections(item, there, data.until_on, at)


def _objections(item: Item, there: Escalation, until_on: date, at: datetime) -> list[Reason]:
    """Later than the limit, by so many working days at most, so often at most (rulebook: Policy)."""
    frame = item.frame
    if there.due_at is None or at >= there.due_at:
        return ["limit_passed"]
    last_on = frame.last_day(there.due_at)
    reach = frame.days.after(last_on, frame.policy.extension_days)
    too_long = there.extended >= frame.policy.extensions or not last_on < until_on <= reach
    return ["extension_too_long"] if too_long else []


def file_request(draft: Draft, data: ExtensionRequested) -> list[Remark]:
    """The request waits for the item's own leader."""
    there = standing(draft.item, "rectification")
    if there is not None:
        draft.emit(
            ExtensionFiled(extension=data.extension, escalation=there.id, until_on=data.until_on, reason=data.reason)
        )
    return []


def object_to_decision(item: Item, data: ExtensionDecided, at: datetime) -> list[Reason]:
    """The request must wait, and its rectification be open before its limit; to refuse is always taken."""
    request = waiting(item, data)
    if request is None:
        return (
            ["superseded"]
            if any(e.id == data.extension for e in item.particulars.extensions)
            else ["nothing_to_decide"]
        )
    if data.decision == "refused":
        return []
    there = standing(item, "rectification")
    if there is None or there.id != request.escalation:
        return ["no_open_escalation"]
    return _objections(item, there, request.until_on, at)


def decide_request(draft: Draft, data: ExtensionDecided) -> list[Remark]:
    """An approved one moves the limit, and reminders follow it."""
    item = draft.item
    request = waiting(item, data)
    if request is None:
        return []
    place = [e for e in item.particulars.extensions if e.id == data.extension].index(request) or None
    if data.decision == "refused":
        draft.emit(ExtensionRefused(extension=request.id, place=place))
        return []
    there = draft.escalation(request.escalation)
    if there.due_at is not None:
        draft.emit(
            LimitMoved(
                escalation=there.id,
                level=there.level,
                before=there.due_at,
                due_at=end_of(request.until_on, item.frame.zone),
                extension=request.id,
                place=place,
            )
        )
    return []


def waiting(item: Item, data: ExtensionDecided) -> Extension | None:
    """The request that a decision is about: the one that it names, else the oldest of that id."""
    return next((e for e in item.particulars.extensions if e.id == data.extension and data.of in (None, e.of)), None)
