"""Deputies of a leader or the chief (rulebook: Who)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import DeputyAppointed, DeputyReleased, Remark
from contracts.submissions import DeputyEnded, DeputyNamed
from services.rating.rules.draft import Draft
from services.rating.rules.state.state import Item


def object_to_naming(_item: Item, _data: DeputyNamed, _at: datetime) -> list[Reason]:
    """The principal, or the office, may name whom they like."""
    return []


def name(draft: Draft, data: DeputyNamed) -> list[Remark]:
    """Within the span, both days included, the deputy may do what the principal may."""
    draft.emit(
        DeputyAppointed(
            principal=data.principal,
            deputy=data.deputy,
            from_on=data.from_on,
            until_on=data.until_on,
            reason=data.reason,
        )
    )
    return []


def object_to_end(item: Item, data: DeputyEnded, at: datetime) -> list[Reason]:
    """A naming must not be over yet: one that is still to come can be taken back."""
    today = item.frame.day_of(at)
    pair = (data.principal, data.deputy)
    over = all((one.principal, one.deputy) != pair or one.until_on < today for one in item.hands.deputies)
    return ["nothing_to_decide"] if over else []


def end(draft: Draft, data: DeputyEnded) -> list[Remark]:
    """The naming ends at once."""
    draft.emit(DeputyReleased(principal=data.principal, deputy=data.deputy))
    return []
