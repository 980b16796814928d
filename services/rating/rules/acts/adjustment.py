"""Adjustments of nodes (rulebook: Changing the goal posts)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import AdjustmentApproved, AdjustmentFiled, AdjustmentRefused, Remark
from contracts.submissions import AdjustmentDecided, AdjustmentRequested
from services.rating.rules.acts.plan import adjust_node, is_over, place_of
from services.rating.rules.draft import Draft
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import update_months
from services.rating.rules.state.goal import Adjustment
from services.rating.rules.state.state import Item


def object_to_request(item: Item, data: AdjustmentRequested, at: datetime) -> list[Reason]:
    """Only periods not yet settled can be adjusted, and none from its deadline on (rulebook: Lights 7)."""
    if data.period not in item.frame.index:
        return ["unknown_period"]
    return ["period_settled"] if is_over(item, data.period, at) else []


def file_request(draft: Draft, data: AdjustmentRequested) -> list[Remark]:
    """The request waits for the item's own leader."""
    draft.emit(AdjustmentFiled(adjustment=data.adjustment, period=data.period, node=data.node, reason=data.reason))
    return []


def object_to_decision(item: Item, data: AdjustmentDecided, at: datetime) -> list[Reason]:
    """An adjustment asked for in time and approved after the deadline is refused; refusing it is accepted."""
    request = waiting(item, data)
    if request is None:
        of_that_id = any(a.id == data.adjustment and not a.approved for a in item.plan.adjustments)
        return ["superseded"] if of_that_id else ["nothing_to_decide"]
    return ["period_settled"] if data.decision == "approved" and is_over(item, request.period, at) else []


def decide_request(draft: Draft, data: AdjustmentDecided) -> list[Remark]:
    """An approved one takes effect at once, or with the plan if none is confirmed; it may move an unsettled light.

    rulebook: Fine print ("An adjustment approved before the plan takes effect with the plan")
    """
    request = waiting(draft.item, data)
    if request is None:
        return []
    place = place_of(request, draft.item.plan.adjustments)
    if data.decision == "refused":
        draft.emit(AdjustmentRefused(adjustment=request.id, place=place))
    elif not draft.item.plan.confirmed:
        draft.emit(AdjustmentApproved(adjustment=request.id, place=place))
    else:
        adjust_node(draft, request)
        update_months(draft)
        rederive(draft)
    return []


def waiting(item: Item, data: AdjustmentDecided) -> Adjustment | None:
    """The request that a decision is about: the one that it names, else the oldest of that id that waits."""
    same = (a for a in item.plan.adjustments if a.id == data.adjustment and not a.approved)
    return next((a for a in same if data.of in (None, a.of)), None)
