"""What came back to a unit, with the reason: read from the submission that decided it, or that was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contracts.submission import SUBMISSION_TYPES, Submission
from eventlog.log.log import LogUnavailable
from services.intake.submitting.used_keys import UsedKeys
from services.intake.who.item import KnownItem
from services.intake.who.setbacks import Setback, SetbackKind
from supervision.refusal_words import REASONS
from supervision.words import Word

MOST: Final = 10
"""On one page; the newest."""
_FADES: Final[Mapping[SetbackKind, timedelta]] = {
    "refused": timedelta(days=30),
    "not_approved": timedelta(days=30),
    "dismissed": timedelta(days=7),
}
"""What may be given up is told for so long; what can't be sent again, an appeal that was dismissed, for a week."""
_KEPT: Final = 2000
_SECONDS: Final = 3.0
"""How long a page waits for what is to be read from the log; what was not read by then is told the next time."""


class CameBackItem(NamedTuple):
    """`name` is the type of submission that came back, `why` what was said about it."""

    item: KnownItem
    setback: Setback
    name: str
    why: Word


class CameBack:
    """Reads what came back; what was read once is kept in memory, as long as there is room."""

    def __init__(self, used_keys: UsedKeys) -> None:
        self._used_keys = used_keys
        self._known: dict[str, Submission] = {}

    async def to(self, unit: str, items: Iterable[KnownItem], now: datetime) -> list[CameBackItem]:
        """What came back to this unit about these items, the newest first."""
        found = [
            (item, one)
            for item in items
            for one in item.setbacks.open
            if one.kind not in _FADES or now - one.at < _FADES[one.kind]
        ]
        found.sort(key=lambda pair: pair[1].at, reverse=True)
        asked = [asyncio.create_task(self._told(unit, item, one)) for item, one in found[: 2 * MOST]]
        if asked:
            await asyncio.wait(asked, timeout=_SECONDS)
        for late in (one for one in asked if not one.done()):
            late.cancel()
        told = [one.result() for one in asked if one.done()]
        return [one for one in told if one is not None][:MOST]

    async def _told(self, unit: str, item: KnownItem, setback: Setback) -> CameBackItem | None:
        submission = await self._submission(setback.cause)
        if setback.kind != "refused":
            reason = str(getattr(submission.data, "reason", "")) if submission else ""
            return CameBackItem(item, setback, setback.name, Word(reason, reason))
        if submission is None or submission.actor.unit != unit:
            return None
        name = SUBMISSION_TYPES.short_names[type(submission.data)]
        if item.setbacks.over(name, setback.at):
            return None
        words = [REASONS[one] for one in setback.reasons if one in REASONS]
        why = Word("；".join(one.zh for one in words), "; ".join(one.en for one in words))
        about = str(getattr(submission.data, "period", ""))
        return CameBackItem(item, setback._replace(about=about), name, why)

    async def _submission(self, id_: str) -> Submission | None:
        if id_ not in self._known:
            try:
                found = await self._used_keys.named(id_)
            except LogUnavailable:
                return None
            if found is None:
                return None
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[id_] = found[0]
        return self._known[id_]
