"""Whose matter a light or a notice is, whoever leads the item by now (rulebook: Annual evaluation)."""

from __future__ import annotations

from contracts.submissions import AppealLodged, ReplyGiven
from contracts.values import Level
from services.rating.rules.state.escalations import notice_of
from services.rating.rules.state.state import Item


def concerned_unit(item: Item, light: str | None, level: Level | None, cause: str | None) -> str:
    """The unit that answers for a light, or for a cause of a notice (rulebook: Annual evaluation).

    A light's, or a period's, is the one that led at the deadline; that of a lapsed rectification the one that led at
    its limit, that of a chief interview the one that led at its confirmation; of anything else the one that leads.
    """
    period = light if light is not None else cause
    quarter = item.frame.quarter_index.get(period or "")
    if quarter is not None:
        parts = item.frame.quarters[quarter].parts
        return item.hands.led_to(item.frame.periods[parts[-1]].due_at) if parts else item.hands.lead_unit
    notice = notice_of(item, level, cause)
    if notice is not None and notice.confirmed is not None:
        return notice.confirmed.led_by
    if notice is not None and cause == "rectification_overdue":
        for one in notice.causes:
            source = next((e for e in item.escalations if e.id == one.source), None)
            if one.name == cause and (one.standing or one.left) and source is not None and source.due_at is not None:
                return item.hands.led_to(source.due_at)
    return item.hands.lead_unit


def concerned_by(item: Item, data: AppealLodged | ReplyGiven) -> str:
    """The unit that an appeal or a reply is about."""
    if isinstance(data, ReplyGiven):
        return concerned_unit(item, data.light, data.level, data.cause)
    against = data.against
    return concerned_unit(item, against.light, against.level, against.cause)
