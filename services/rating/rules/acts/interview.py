"""Interviews (约谈), those with the chief leader included (rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import date, datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import EscalationRelieved, Remark
from contracts.submissions import InterviewConfirmed, InterviewHeld
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import DERIVED, close, confirm, standing, take_away
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Item
from supervision.workdays import end_of


def object_to_confirmation(item: Item, _data: InterviewConfirmed, _at: datetime) -> list[Reason]:
    """Only a proposed chief interview can be confirmed (rulebook: Fine print)."""
    there = standing(item, "chief_interview")
    return [] if there is not None and there.phase == "proposed" else ["no_open_escalation"]


def confirm_interview(draft: Draft, _data: InterviewConfirmed) -> list[Remark]:
    """The proposal takes effect, and its limit counts from the confirmation."""
    there = standing(draft.item, "chief_interview")
    if there is not None:
        confirm(draft, there)
    return []


def object_to_minutes(item: Item, data: InterviewHeld, _at: datetime) -> list[Reason]:
    """An interview must be open; one that is only proposed can't be held."""
    there = standing(item, data.level)
    return [] if there is not None and there.phase == "open" else ["no_open_escalation"]


def hold_interview(draft: Draft, data: InterviewHeld) -> list[Remark]:
    """An interview closes when its minutes are recorded; if it was held within its limit, it is not overdue.

    What was proposed because it lapsed loses that cause (rulebook: Escalation ladder).
    """
    there = standing(draft.item, data.level)
    if there is None:
        return []
    in_time = data.held_on is not None and there.overdue and _held_in_time(draft, there, data.held_on)
    if in_time and data.held_on is not None:
        draft.emit(EscalationRelieved(escalation=there.id, level=there.level, held_on=data.held_on))
    close(draft, there)
    if in_time:
        for level, cause in DERIVED[there.level]:
            take_away(draft, (level,), cause, there.id)
    return []


def _held_in_time(draft: Draft, there: Escalation, held_on: date) -> bool:
    """Whether the day named counts: it lies within the limit, and the minutes came within days after it."""
    frame = draft.frame
    if there.due_at is None or held_on > frame.day_of(draft.at):
        return False
    minutes_by = end_of(frame.days.after(held_on, frame.policy.minutes_days), frame.zone)
    began_on = frame.day_of(there.began_at)
    return began_on <= held_on <= frame.last_day(there.due_at) and draft.at < minutes_by
