"""How much waits for the signature of whoever looks: of a unit's head, or of whoever stands in for one today."""

from __future__ import annotations

from directory.register import Register
from services.query.answers.request_view import RequestView
from services.query.read_model.as_of import LOCAL
from services.query.read_model.unsigned import unsigned


async def to_sign(view: RequestView, register: Register) -> int:
    """As of now, whatever time is looked at: a paper that waits is on no log."""
    identity = view.viewer.rights.identity
    if identity is None or identity.role != "unit" or identity.program or identity.unit is None:
        return 0
    today = view.clock.now().astimezone(LOCAL).date()
    signs = identity.head or register.stands_in_for_head(identity.jurisdictions, identity.id, identity.unit, today)
    return await unsigned(view.snapshot, identity.jurisdictions, identity.unit) if signs else 0
