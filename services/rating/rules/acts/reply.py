"""The right of reply (单位说明): a unit's word about a light or a notice, without effect (rulebook: Fairness)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark, ReplyRecorded, ReplyReleased, ReplyRetained
from contracts.submissions import ReplyGiven, ReplyPublished, ReplyWithheld
from services.rating.rules.draft import Draft
from services.rating.rules.state.escalations import notice_of
from services.rating.rules.state.state import Item

MAX_CHARACTERS: Final = 500


def object_to_reply(item: Item, data: ReplyGiven, _at: datetime) -> list[Reason]:
    """About a yellow or red light, or a notice that can be appealed; at most 500 characters."""
    if data.light is not None:
        quarter = item.frame.quarter_index.get(data.light)
        if quarter is None:
            return ["unknown_period"]
        missing = item.quarters[quarter].light not in ("yellow", "red")
    else:
        missing = notice_of(item, data.level, data.cause) is None
    reasons: list[Reason] = ["no_open_escalation"] if missing else []
    if len(data.text) > MAX_CHARACTERS:
        reasons.append("too_large")
    return reasons


def record_reply(draft: Draft, data: ReplyGiven) -> list[Remark]:
    """The last one stands."""
    draft.emit(
        ReplyRecorded(
            reply=draft.submission.id,
            light=data.light,
            level=data.level,
            cause=data.cause,
            text=data.text,
            unit=draft.submission.actor.unit or "",
        )
    )
    return []


def object_to_publication(item: Item, data: ReplyPublished | ReplyWithheld, _at: datetime) -> list[Reason]:
    """The reply that is named must stand; a later one needs its own."""
    if any(reply.of == data.of for reply in item.particulars.replies):
        return []
    return ["superseded"] if item.particulars.replies else ["nothing_to_decide"]


def publish(draft: Draft, data: ReplyPublished) -> list[Remark]:
    """The public sees it."""
    draft.emit(ReplyReleased(reply=data.of))
    return []


def withhold(draft: Draft, data: ReplyWithheld) -> list[Remark]:
    """The public does not see it."""
    draft.emit(ReplyRetained(reply=data.of, reason=data.reason))
    return []
