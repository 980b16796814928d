"""Withdrawal from the annual assessment (rulebook: Lights 8; Changing the goal posts)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import ItemWithdrawn, Reason, Remark, WithdrawalFiled, WithdrawalRefused
from contracts.submissions import WithdrawalDecided, WithdrawalRequested
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import withdraw
from services.rating.rules.lights.light import rederive
from services.rating.rules.state.state import Item


def object_to_withdrawal(_item: Item, _data: WithdrawalRequested, _at: datetime) -> list[Reason]:
    """The lead unit may always ask."""
    return []


def file_withdrawal(draft: Draft, data: WithdrawalRequested) -> list[Remark]:
    """The request waits for the chief leader."""
    draft.emit(WithdrawalFiled(reason=data.reason))
    return []


def object_to_withdrawal_decision(item: Item, _data: WithdrawalDecided, _at: datetime) -> list[Reason]:
    """A request must wait."""
    return ["nothing_to_decide"] if item.hands.withdrawal is None else []


def decide_withdrawal(draft: Draft, data: WithdrawalDecided) -> list[Remark]:
    """No light from then on; earlier lights stay, an unsettled green goes back to none, open escalations are withdrawn.

    rulebook: Lights 8; Fine print
    """
    if data.decision == "refused":
        draft.emit(WithdrawalRefused())
        return []
    draft.emit(ItemWithdrawn())
    rederive(draft)
    for escalation in draft.item.escalations:
        if draft.escalation(escalation.id).stands:
            withdraw(draft, escalation)
    return []
