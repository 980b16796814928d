"""Withdrawal from the annual assessment (rulebook: Lights 8; Changing the goal posts)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import (
    CancellationFiled,
    EscalationWithdrawn,
    ItemWithdrawn,
    Remark,
    WithdrawalFiled,
    WithdrawalRefused,
)
from contracts.submissions import CancellationApproved, ItemCancelled, WithdrawalDecided, WithdrawalRequested
from services.rating.rules.draft import Draft
from services.rating.rules.lights.light import rederive
from services.rating.rules.state.state import Item


def object_to_withdrawal(_item: Item, _data: WithdrawalRequested, _at: datetime) -> list[Reason]:
    """The lead unit may always ask."""
    return []


def file_withdrawal(draft: Draft, data: WithdrawalRequested) -> list[Remark]:
    """The request waits for the chief leader."""
    draft.emit(WithdrawalFiled(reason=data.reason))
    return []


def object_to_withdrawal_decision(item: Item, data: WithdrawalDecided, _at: datetime) -> list[Reason]:
    """A request must wait; one that another has replaced is superseded."""
    return _decidable(item.hands.withdrawal, data.of)


def _decidable(waiting: str | None, of: str | None) -> list[Reason]:
    if waiting is None:
        return ["nothing_to_decide"]
    return ["superseded"] if of not in (None, waiting) else []


def decide_withdrawal(draft: Draft, data: WithdrawalDecided) -> list[Remark]:
    """No light from then on; earlier lights stay, an unsettled green goes back to none, open escalations are withdrawn.

    rulebook: Lights 8; Fine print
    """
    if data.decision == "refused":
        draft.emit(WithdrawalRefused())
        return []
    _leave(draft, ItemWithdrawn())
    return []


def object_to_cancellation(_item: Item, _data: ItemCancelled, _at: datetime) -> list[Reason]:
    """The office may always cancel, or ask to."""
    return []


def cancel(draft: Draft, data: ItemCancelled) -> list[Remark]:
    """At once as long as no period's deadline was announced, else it waits for the chief leader.

    rulebook: Changing the goal posts
    """
    if any(period.settled for period in draft.item.periods):
        draft.emit(CancellationFiled(reason=data.reason))
    else:
        _leave(draft, ItemWithdrawn(cancelled=True, reason=data.reason))
    return []


def object_to_cancellation_approval(item: Item, data: CancellationApproved, _at: datetime) -> list[Reason]:
    """A cancellation must wait."""
    return _decidable(item.hands.cancellation, data.of)


def approve_cancellation(draft: Draft, _data: CancellationApproved) -> list[Remark]:
    """A cancelled item is treated as a withdrawn one."""
    _leave(draft, ItemWithdrawn(cancelled=True))
    return []


def _leave(draft: Draft, data: ItemWithdrawn) -> None:
    draft.emit(data)
    rederive(draft)
    for escalation in draft.item.escalations:
        if escalation.stands:
            draft.emit(EscalationWithdrawn(escalation=escalation.id, level=escalation.level, because=draft.because))
