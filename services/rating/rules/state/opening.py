"""An item as it is published, and whether it is published again with the same words (rulebook: What is refused)."""

from __future__ import annotations

import hashlib
from sys import intern
from typing import Final

from contracts.rulings import ItemOpened
from contracts.submissions import ItemAssigned
from services.rating.rules.state.frame import Frame, frame_of
from services.rating.rules.state.goal import Plan
from services.rating.rules.state.hands import known_ids
from services.rating.rules.state.state import Hands, Item, Origin, Period, Quarter

OPEN: Final = Period()
VOID: Final = Period(status="void")
UNLIT: Final = Quarter()
_WORDS: Final = (
    "title",
    "category",
    "classification",
    "source",
    "lead_unit",
    "cooperating",
    "leader",
    "annual_targets",
    "simulated",
    "derived",
    "units",
    "leaders",
    "predecessor",
)


def opened(data: ItemOpened) -> Item:
    """An item as it is published."""
    frame = frame_of(
        data.category,
        data.simulated,
        data.published_at,
        data.plan_due_at,
        data.published_at,
        data.periods,
        data.void,
        data.calendar,
        data.policy,
        data.month_working_day,
        data.closing_on,
    )
    return Item(
        frame=frame,
        hands=Hands(
            intern(data.lead_unit),
            tuple(map(intern, data.cooperating)),
            intern(data.leader),
            deputies=data.deputies,
            units=known_ids(data.units),
            leaders=known_ids(data.leaders),
        ),
        origin=Origin(_words_of(data), frame),
        plan=Plan(),
        periods=tuple([VOID if period.id in frame.void else OPEN for period in frame.periods]),
        quarters=(UNLIT,) * len(frame.quarters),
    )


def _words_of(data: ItemAssigned | ItemOpened) -> bytes:
    """A mark of an item's words."""
    words = repr(tuple(getattr(data, name) for name in _WORDS))
    return hashlib.blake2b(words.encode(errors="surrogatepass"), digest_size=16).digest()


def is_same(item: Item, data: ItemAssigned) -> bool:
    """Whether an assignment says what the first one said.

    The instant of publication and the namings in force belong to the occasion, not to the item.
    """
    if item.origin.words != _words_of(data):
        return False
    first = item.origin.frame
    told = frame_of(
        data.category,
        data.simulated,
        first.published_at,
        data.plan_due_at,
        first.since,
        data.periods,
        tuple(sorted(first.void)),
        data.calendar,
        data.policy,
        data.month_working_day,
        data.closing_on,
    )
    return _terms(told) == _terms(first)


def _terms(frame: Frame) -> tuple[object, ...]:
    days, closes_at = frame.days.calendar, frame.closes_at
    return frame.plan_due_at, frame.periods, days, frame.policy, frame.month_working_day, closes_at
