"""Who took part in what, and so may not decide an appeal about it: a pure fold (rulebook: Fairness Art. 16/17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.rulings import (
    AppealClosed,
    EscalationConfirmed,
    EscalationReviewed,
    LagRecorded,
    RulingData,
    VerificationRecorded,
)
from contracts.submissions import Appealed
from contracts.values import PeriodId
from supervision.escalations import EscalationRecord

Involved = tuple[tuple[str, str], ...]
"""What somebody took part in, and who: a period with a light, "lag", an escalation, a cause of a notice."""
_BY_ID: Final = ("rectification", "chief_interview")


def evolve(involved: Involved, data: RulingData, quarter_of: Mapping[PeriodId, PeriodId]) -> Involved:
    """Who took part in what after one more event of their item (rulebook: Fine print, "Involved")."""
    match data:
        case VerificationRecorded(period=period, person=person):
            topic = quarter_of.get(period, period)
        case LagRecorded(person=person):
            topic = "lag"
        case EscalationReviewed(escalation=escalation, person=person):
            topic = escalation
        case EscalationConfirmed(escalation=escalation, person=str(person)):
            topic = escalation
        case AppealClosed(against=against, person=person):
            appealed = against.light or (against.cause if against.cause in quarter_of.values() else None)
            topic = appealed or f"{against.level}:{against.cause}"
        case _:
            return involved
    return tuple(dict.fromkeys([*involved, (topic, person)]))


def barred(involved: Involved, against: Appealed, escalations: Mapping[str, EscalationRecord]) -> list[str]:
    """Who may not decide an appeal, as far as the escalations at hand tell; rating says it of every appeal."""
    if against.light is not None:
        topics = {against.light}
    else:
        topics = {str(against.cause), f"{against.level}:{against.cause}"}
        noticed = [one for one in escalations.values() if one.level == against.level and one.phase != "proposed"]
        for one in [one for one in noticed if against.cause in one.names][-1:]:
            topics |= {one.id} if one.level in _BY_ID else set()
            topics |= {cause.source for cause in one.causes if cause.name == against.cause and cause.source}
    return list(dict.fromkeys(person for topic, person in involved if topic in topics))


FOLDED: Final = frozenset({VerificationRecorded, LagRecorded, EscalationReviewed, EscalationConfirmed, AppealClosed})
"""The events that tell who took part."""
