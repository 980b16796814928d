"""A unit's system prepares what the head then signs: what waits, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.responses import Response

from services.intake.api.answers import JSON
from services.intake.prepared.submissions import Prepared


def prepared(one: Prepared) -> Response:
    """201 with what now waits."""
    return Response(orjson.dumps(_document(one)), 201, media_type=JSON)


def all_prepared(several: Sequence[Prepared]) -> Response:
    """Everything that waits or was returned."""
    return Response(orjson.dumps({"prepared": [_document(one) for one in several]}), media_type=JSON)


def _document(one: Prepared) -> dict[str, Any]:
    made = {
        "id": str(one.id),
        "programme": one.programme,
        "item": one.item,
        "type": one.type,
        "prepared_by": one.prepared_by,
        "prepared_at": one.prepared_at.isoformat() if one.prepared_at else "",
        "state": one.state,
    }
    return {**made, "reason": one.reason} if one.reason else made
