"""How the events of rulings change an item's appeals, and what an upheld one changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.rulings import AppealClosed, AppealOpened, AppealOverdue
from services.rating.rules.state.escalations import notice_of
from services.rating.rules.state.item import barred, involve, overturning
from services.rating.rules.state.ladder import Appeal
from services.rating.rules.state.state import Item


def _lodged(item: Item, _at: datetime, data: AppealOpened, cause: str) -> Item:
    notice = notice_of(item, data.against.level, data.against.cause)
    appeal = Appeal(data.appeal, data.against, data.due_at, of=cause)
    if notice is not None:
        causes = tuple(
            i for i, c in enumerate(notice.causes) if c.name == data.against.cause and (c.standing or c.left)
        )
        appeal = appeal._replace(notice=notice.id, causes=causes)
    return item._replace(appeals=(*item.appeals, appeal))


def _decided(item: Item, _at: datetime, data: AppealClosed) -> Item:
    same = [i for i, a in enumerate(item.appeals) if a.id == data.appeal][data.place or 0 :]
    index = same[0] if same else None
    appeals = item.appeals if index is None else item.appeals[:index] + item.appeals[index + 1 :]
    against = data.against
    topic = against.light or f"{against.level}:{against.cause}"
    if against.cause in item.frame.quarter_index:
        topic = str(against.cause)
    involved = involve(item, topic, person=data.person)
    if data.decision == "upheld" and topic in item.frame.quarter_index:
        overturned = [person for what, person in involved if what == overturning(topic)]
        involved = tuple(dict.fromkeys([*involved, *((barred(topic), person) for person in overturned)]))
    quarters = item.quarters
    if data.decision == "upheld" and against.light in item.frame.quarter_index:
        at = item.frame.quarter_index[against.light]
        quarters = (*quarters[:at], quarters[at]._replace(upheld=True), *quarters[at + 1 :])
    return item._replace(appeals=appeals, quarters=quarters, involved=involved)


def _late_decision(item: Item, at: datetime, data: AppealOverdue) -> Item:
    late = [a for a in item.appeals if a.id == data.appeal and a.due_at <= at]
    return item._replace(appeals=tuple(a._replace(overdue=True) if a in late else a for a in item.appeals))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    AppealClosed: _decided,
    AppealOverdue: _late_decision,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    AppealOpened: _lodged,
}
