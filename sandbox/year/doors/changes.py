"""Pages for changes of the whole programme: typed, shown with what would move, confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import httpx

from sandbox.year.doors.browsers import Browsers, Typed
from sandbox.year.planned_act import Json, PlannedAct
from sandbox.year.retries import YearInterrupted

_PAGES: Final[Mapping[str, str]] = {
    "calendar.extended": "calendar",
    "deputy.named": "deputies",
    "item.corrected": "words",
    "item.reassigned": "hands",
}
_PREVIEW, _CONFIRM = ("act", "preview"), ("act", "confirm")
_FIELDS: Final[Mapping[str, str]] = {
    "calendar": "last_on",
    "deputies": "principal",
    "words": "title",
    "hands": "lead_unit",
}
"""By page: a field of the form that is filled in."""


async def change(browsers: Browsers, act: PlannedAct) -> None:
    """Somebody changes a published programme, or one item of it."""
    person, name = act.actor.id, _PAGES[act.type]
    about = f"?item={act.item}" if act.item else ""
    path = f"/programmes/{act.programme}/{name}{about}"
    page = await browsers.open_until(person, path, lambda page: page.form(field=_FIELDS[name]) is not None)
    form = page.form(field=_FIELDS[name])
    assert form is not None
    shown = await browsers.send(person, page, form, _TYPED.get(name, dict)(act.data), _PREVIEW)
    confirm = shown.form(button=_CONFIRM)
    if confirm is None:
        raise YearInterrupted(f"{person}: {path}: {shown.status} {shown.told}")
    answer = await browsers.send(person, shown, confirm, {"key": act.key}, _CONFIRM)
    if answer.status != httpx.codes.ACCEPTED:
        raise YearInterrupted(f"{person}: {path}: {answer.status} {answer.told}")


def _calendar(data: Json) -> Typed:
    """Days off and working weekends; the last day that is named is the day to which all is known."""
    days: dict[str, str] = data["days"]
    last = max(days)
    named = {day: kind for day, kind in days.items() if day != last}
    return {
        "last_on": last,
        "holidays": "\n".join(sorted(day for day, kind in named.items() if kind == "holiday")),
        "working_weekends": "\n".join(sorted(day for day, kind in named.items() if kind == "working")),
    }


_TYPED: Final[Mapping[str, Callable[[Json], Typed]]] = {"calendar": _calendar}
