"""What the page of the office's desk shows, by what its address asks for."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request

from directory.contacts import contacts_of
from services.query.answers.office_desk import Filters, office_desk
from services.query.answers.request_view import RequestView
from services.query.read_model.as_of import LOCAL
from services.query.web.pages.renderer import page_asked

_NAMES: Final = ("unit", "leader", "category", "q", "light")
_LONGEST: Final = 100
"""Characters of a filter."""


async def office_context(request: Request, view: RequestView) -> dict[str, Any]:
    """The desk, its filters and what they choose from: units and leaders of the viewer's own programmes."""
    own, asked, register = view.programmes, request.query_params, request.app.state.register()
    filters = Filters(*(asked.get(name, "")[:_LONGEST].strip() for name in _NAMES))
    today = view.now.astimezone(LOCAL).date()

    def reached(programme: str, reference: str) -> bool:
        return bool(contacts_of(register, programme, reference, today))

    units = {one["id"]: one for programme in own for one in programme.units if one.get("kind") != "office"}
    leaders = {one["id"]: one for programme in own for one in programme.leaders}
    return {
        "desk": await office_desk(view, own, asked.get("queue", ""), page_asked(request), filters, reached),
        "filters": filters,
        "none_chosen": Filters(),
        "units": units.values(),
        "leaders": leaders.values(),
        "now": view.now,
    }
