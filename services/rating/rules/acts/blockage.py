"""Blockages (卡壳) that the lead unit raises (rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import BlockageResolved, Remark
from contracts.submissions import BlockageAnswered, BlockageRaised
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import close, raise_or_join, standing
from services.rating.rules.state.state import Item


def object_to_blockage(_item: Item, _data: BlockageRaised, _at: datetime) -> list[Reason]:
    """The lead unit may raise a blockage at any time."""
    return []


def raise_blockage(draft: Draft, data: BlockageRaised) -> list[Remark]:
    """A second blockage joins the open one (rulebook: Fine print)."""
    raise_or_join(draft, "blockage", data.blockage, "Escalation ladder: blockage")
    return []


def object_to_answer(item: Item, data: BlockageAnswered, _at: datetime) -> list[Reason]:
    """There must be an open blockage of that id, not yet answered."""
    there = standing(item, "blockage")
    if there is None or not there.has(data.blockage) or data.blockage in there.answered:
        return ["no_open_escalation"]
    return []


def answer_blockage(draft: Draft, data: BlockageAnswered) -> list[Remark]:
    """The escalation closes when each of its blockages is answered; its causes are kept (rulebook: Fine print)."""
    there = standing(draft.item, "blockage")
    if there is None:
        return []
    draft.emit(BlockageResolved(escalation=there.id, blockage=data.blockage))
    close_if_answered(draft, there.id)
    return []


def close_if_answered(draft: Draft, escalation_id: str) -> None:
    """Close a blockage that stands if each of its causes is answered."""
    there = draft.escalation(escalation_id)
    if there.stands and all(cause.name in there.answered for cause in there.causes if cause.standing):
        close(draft, there)
