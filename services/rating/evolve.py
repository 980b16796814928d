"""State is the fold of rulings, and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

from contracts.rulings import (
    BulletinFiled,
    BulletinPublished,
    ItemOpened,
    PolicyChanged,
    ProgrammeOpened,
    RulingData,
    SubmissionAccepted,
    SubmissionRejected,
)
from services.rating import fold_item, fold_ladder, fold_plan
from services.rating.changing import change
from services.rating.state import Bulletin, Item, Programme, State

_MARK: Final = 16
"""Bytes that remember an id, and as many its digest."""


class Told(Protocol):
    """What is read of an event of a ruling."""

    @property
    def subject(self) -> str: ...
    @property
    def time(self) -> datetime: ...
    @property
    def causeid(self) -> str: ...
    @property
    def causedigest(self) -> str: ...
    @property
    def data(self) -> RulingData: ...


_ITEM: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    **fold_item.FOLDS,
    **fold_plan.FOLDS,
    **fold_ladder.FOLDS,
}


def evolve(state: State | None, event: Told) -> State:
    """The state after one event of a ruling. Events must come in the order of the log.

    A verdict uses up its key; a repeated one changes nothing, and the alarm has no key.
    rulebook: Fine print ("A refused submission uses up its key")
    """
    before = state if state is not None else State(event.subject)
    data = event.data
    if isinstance(data, SubmissionAccepted | SubmissionRejected):
        if data.alarm or known_digest(before, event.causeid) is not None:
            return before
        mark = mark_of(event.causeid) + mark_of(event.causedigest)
        return State(before.subject, before.answered + mark, before.item, before.programme)
    return fold(before, event.time, data)


def fold(state: State, at: datetime, data: RulingData) -> State:
    """The state after an event that follows from a verdict; what does not concern the subject changes nothing."""
    rule = _ITEM.get(type(data))
    if rule is not None:
        if state.item is None:
            return state
        return State(state.subject, state.answered, rule(state.item, at, data), state.programme)
    if isinstance(data, ItemOpened):
        return change(state, item=fold_item.opened(data))
    if isinstance(data, ProgrammeOpened):
        return change(state, programme=Programme(data.policy, data.simulated))
    if isinstance(data, PolicyChanged) and state.item is not None:
        return change(state, item=fold_item.policy_changed(state.item, at, data))
    return state if state.programme is None else change(state, programme=_fold_programme(state.programme, data))


def _fold_programme(programme: Programme, data: RulingData) -> Programme:
    if isinstance(data, PolicyChanged):
        return change(programme, policy=data.policy)
    if isinstance(data, BulletinFiled):
        filed = Bulletin(data.bulletin, published=False)
        others = tuple(b for b in programme.bulletins if b.id != data.bulletin)
        return change(programme, bulletins=(*others, filed))
    if isinstance(data, BulletinPublished):
        bulletins = tuple(change(b, published=True) if b.id == data.bulletin else b for b in programme.bulletins)
        return change(programme, bulletins=bulletins)
    return programme


@lru_cache(maxsize=4096)
def mark_of(text: str) -> bytes:
    """A short digest of an id or digest, for the memory of used keys."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_MARK).digest()


def known_digest(state: State, submission_id: str) -> bytes | None:
    """The mark of the body that used up this submission's key, if one did."""
    mark = mark_of(submission_id)
    answered = state.answered
    found = answered.find(mark)
    while found >= 0 and found % (2 * _MARK):
        found = answered.find(mark, found + 1)
    return answered[found + _MARK : found + 2 * _MARK] if found >= 0 else None
