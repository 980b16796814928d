"""How the events of rulings change limits of escalations, and the extensions that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.rulings import ExtensionFiled, ExtensionRefused, LimitMoved
from services.rating.rules.state.escalations import change
from services.rating.rules.state.ladder import Escalation, Extension
from services.rating.rules.state.state import Item


def _limit_moved(item: Item, at: datetime, data: LimitMoved) -> Item:
    """Reminders follow the new limit, none of an hour that had passed (rulebook: Escalation ladder).

    Who moves a limit acts before it passes; a report told as late that lies before this act on the log came in the
    grace after the old limit, and so before the new one, which is at least a day later: it is in time.
    """
    local = item.frame.local(at)

    def move(there: Escalation) -> Escalation:
        until = local if there.reminded_until is None else max(there.reminded_until, local)
        extended = there.extended + (data.extension is not None)
        reporting = there.reporting._replace(
            acted=there.reporting.acted and "in_time", progressed=there.reporting.progressed and "in_time"
        )
        due_at = item.frame.local(data.due_at)
        return there._replace(due_at=due_at, reminded_until=until, extended=extended, reporting=reporting)

    after = change(item, data.escalation, move)
    return after if data.extension is None else _decided_extension(after, data.extension, data.place)


def _extension_filed(item: Item, _at: datetime, data: ExtensionFiled, cause: str) -> Item:
    request = Extension(data.extension, data.escalation, data.until_on, cause)
    there = item.particulars
    return item._replace(particulars=there._replace(extensions=(*there.extensions, request)))


def _extension_refused(item: Item, _at: datetime, data: ExtensionRefused) -> Item:
    return _decided_extension(item, data.extension, data.place)


def _decided_extension(item: Item, extension: str, place: int | None) -> Item:
    there = item.particulars
    decided = [e for e in there.extensions if e.id == extension][place or 0 :][:1]
    extensions = tuple(e for e in there.extensions if e not in decided)
    return item._replace(particulars=there._replace(extensions=extensions))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    LimitMoved: _limit_moved,
    ExtensionRefused: _extension_refused,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    ExtensionFiled: _extension_filed,
}
