"""How much waits for a head's signature: it is on no log, and lies in a table of intake's (docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.query.read_model.snapshot import Snapshot


class _There(NamedTuple):
    there: bool


class _Number(NamedTuple):
    number: int


async def unsigned(seen: Snapshot, jurisdictions: Sequence[str], unit: str) -> int:
    """How many papers of a unit wait now; none where intake has made no table yet."""
    (found,) = await seen.rows(_There, "SELECT to_regclass('intake.prepared') IS NOT NULL AS there")
    if not found.there:
        return 0
    (counted,) = await seen.rows(
        _Number,
        "SELECT count(*) AS number FROM intake.prepared WHERE state = 'waiting' AND unit = %(unit)s"
        " AND (jurisdiction = ANY(%(own)s) OR %(any)s)",
        unit=unit,
        own=list(jurisdictions),
        any=not jurisdictions,
    )
    return counted.number
