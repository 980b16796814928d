"""Interviews (约谈), those with the chief leader included (rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import Reason, Remark
from contracts.submissions import InterviewConfirmed, InterviewHeld
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import close, confirm, standing
from services.rating.rules.state.state import Item


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
    """An interview closes when its minutes are recorded."""
    there = standing(draft.item, data.level)
    if there is not None:
        close(draft, there)
    return []
