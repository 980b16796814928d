"""Adjustments of nodes (rulebook: Changing the goal posts)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import AdjustmentApproved, AdjustmentFiled, AdjustmentRefused, Reason, Remark
from contracts.submissions import AdjustmentDecided, AdjustmentRequested
from services.rating.rules.acts.plan import is_over, tell_adjusted
from services.rating.rules.draft import Draft
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import tell_months
from services.rating.rules.state.state import Adjustment, Item


def object_to_request(item: Item, data: AdjustmentRequested, at: datetime) -> list[Reason]:
    """Only periods not yet settled can be adjusted, and none from its deadline on (rulebook: Lights 7)."""
    if data.period not in item.scheme.index:
        return ["unknown_period"]
    return ["period_settled"] if is_over(item, data.period, at) else []


def file_request(draft: Draft, data: AdjustmentRequested) -> list[Remark]:
    """The request waits for the item's own leader."""
    draft.tell(AdjustmentFiled(adjustment=data.adjustment, period=data.period, node=data.node, reason=data.reason))
    return []


def object_to_decision(item: Item, data: AdjustmentDecided, at: datetime) -> list[Reason]:
    """An adjustment asked for in time and approved after the deadline is refused; refusing it is accepted."""
    asked = waiting(item, data.adjustment)
    if asked is None:
        return ["nothing_to_decide"]
    return ["period_settled"] if data.decision == "approved" and is_over(item, asked.period, at) else []


def decide_request(draft: Draft, data: AdjustmentDecided) -> list[Remark]:
    """An approved one takes effect at once, or with the plan if none is confirmed; it may move an unsettled light.

    rulebook: Fine print ("An adjustment approved before the plan takes effect with the plan")
    """
    asked = waiting(draft.item, data.adjustment)
    if asked is None:
        return []
    if data.decision == "refused":
        draft.tell(AdjustmentRefused(adjustment=asked.id))
    elif not draft.item.plan.confirmed:
        draft.tell(AdjustmentApproved(adjustment=asked.id))
    else:
        tell_adjusted(draft, asked)
        tell_months(draft)
        rederive(draft)
    return []


def waiting(item: Item, adjustment: str) -> Adjustment | None:
    """The request of that id that waits for a decision."""
    return next((a for a in item.plan.adjustments if a.id == adjustment and not a.approved), None)
