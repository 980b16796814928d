"""What of a unit's own came back: refused, returned, overturned, not approved; until it is sent again: a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from contracts import rulings
from contracts.ruling import RulingEvent

SetbackKind = Literal["refused", "returned", "overturned", "not_approved", "not_done", "dismissed"]
MOST: Final = 20
"""Of an item; the oldest go."""


class Setback(NamedTuple):
    """`name` is the type of submission that came back (of a refusal unknown to the rulings, so empty).

    `cause` is the submission with which it came back: the refused one itself, or the decision, which says why.
    `about` is a period, or the level and cause of a notice (`rectification|lag`).
    """

    kind: SetbackKind
    name: str
    cause: str
    at: datetime
    about: str = ""
    reasons: tuple[str, ...] = ()


class Sent(NamedTuple):
    """When something of a type was accepted last, so that an older refusal of it is over."""

    name: str
    at: datetime


class Setbacks(NamedTuple):
    """What came back, the oldest first, and what was accepted last of each type."""

    open: tuple[Setback, ...] = ()
    sent: tuple[Sent, ...] = ()

    def over(self, name: str, at: datetime) -> bool:
        """Whether something of this type was accepted after that instant."""
        return any(one.name == name and one.at > at for one in self.sent)


NONE: Final = Setbacks()


def evolve(known: Setbacks, event: RulingEvent) -> Setbacks:
    """After one more event of the item."""
    kind = type(event.data)
    if kind in _SENT:
        known = _sent(known, *_SENT[kind](event.data), event.time)
    if kind in _MENDED and (mended := _MENDED[kind](event.data)) is not None:
        known = known._replace(open=tuple(one for one in known.open if (one.name, one.about) != mended))
    back = _BACK[kind](event.data) if kind in _BACK else None
    if back is None:
        return known
    made = Setback(back[0], back[1], event.causeid, event.time, *back[2:])
    return known._replace(open=(*known.open, made)[-MOST:])


def _sent(known: Setbacks, name: str, about: str, at: datetime) -> Setbacks:
    """What came back of this type about the same is over."""
    left = tuple(one for one in known.open if (one.name, one.about) != (name, about))
    sent = (*(one for one in known.sent if one.name != name), Sent(name, at))
    return Setbacks(left, sent) if name else known


def _rejected(data: rulings.SubmissionRejected) -> tuple[Any, ...] | None:
    return None if data.alarm else ("refused", "", "", tuple(data.reasons))


def _verified(data: rulings.VerificationRecorded) -> tuple[Any, ...] | None:
    return ("overturned", "progress.reported", data.period) if data.finding == "overturned" else None


def _reviewed(data: rulings.EscalationReviewed) -> tuple[Any, ...] | None:
    return ("not_done", "rectification.reported") if data.finding == "not_done" else None


def _closed(data: rulings.AppealClosed) -> tuple[Any, ...] | None:
    against = data.against
    about = against.light or f"{against.level}|{against.cause}"
    return ("dismissed", "", about) if data.decision == "dismissed" else None


_BACK: Final[Mapping[type, Callable[[Any], tuple[Any, ...] | None]]] = {
    rulings.SubmissionRejected: _rejected,
    rulings.PlanReturned: lambda _: ("returned", "plan.submitted"),
    rulings.VerificationRecorded: _verified,
    rulings.AdjustmentRefused: lambda _: ("not_approved", "adjustment.requested"),
    rulings.WithdrawalRefused: lambda _: ("not_approved", "withdrawal.requested"),
    rulings.ExtensionRefused: lambda _: ("not_approved", "extension.requested"),
    rulings.EscalationReviewed: _reviewed,
    rulings.AppealClosed: _closed,
}
_SENT: Final[Mapping[type, Callable[[Any], tuple[str, str]]]] = {
    rulings.PlanReceived: lambda _: ("plan.submitted", ""),
    rulings.ProgressRecorded: lambda data: ("progress.reported", data.period),
    rulings.AdjustmentFiled: lambda _: ("adjustment.requested", ""),
    rulings.WithdrawalFiled: lambda _: ("withdrawal.requested", ""),
    rulings.ExtensionFiled: lambda _: ("extension.requested", ""),
    rulings.EscalationReported: lambda data: ("rectification.reported" if data.by == "rectification" else "", ""),
    rulings.AppealOpened: lambda _: ("appeal.lodged", ""),
    rulings.ReplyRecorded: lambda _: ("reply.given", ""),
    rulings.NoticeSigned: lambda _: ("notice.acknowledged", ""),
}
_MENDED: Final[Mapping[type, Callable[[Any], tuple[str, str] | None]]] = {
    rulings.VerificationRecorded: lambda data: (
        ("progress.reported", data.period) if data.finding == "confirmed" else None
    ),
    rulings.AppealClosed: lambda data: (
        ("progress.reported", data.against.light) if data.decision == "upheld" and data.against.light else None
    ),
    rulings.EscalationClosed: lambda data: ("rectification.reported", "") if data.level == "rectification" else None,
    rulings.EscalationWithdrawn: lambda data: ("rectification.reported", "") if data.level == "rectification" else None,
}
"""What is over without being sent again: type and what it is about."""

FOLDED: Final = frozenset({*_BACK, *_SENT, *_MENDED})
"""The events that change it."""
