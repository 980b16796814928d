"""State is the fold of rulings, and of nothing else: `evolve` takes in one event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

from contracts.rulings import ItemOpened, RulingData, SubmissionAccepted, SubmissionRejected
from services.rating.rules.state import (
    appeals,
    escalations,
    frame_changes,
    hands,
    item,
    limits,
    opening,
    plan,
    programme,
)
from services.rating.rules.state.state import Item, State

_OF_ID: Final = 16
_OF_DIGEST: Final = 8
_BOTH: Final = _OF_ID + _OF_DIGEST
"""Length in bytes of what is kept of an id, of the digest of its body, and of the two."""


class RuledEvent(Protocol):
    """What `evolve` reads of an event of a ruling, be it on the log or not yet."""

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


_OF_ITEM: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    **item.TRANSITIONS,
    **hands.TRANSITIONS,
    **plan.TRANSITIONS,
    **escalations.TRANSITIONS,
    **limits.TRANSITIONS,
    **appeals.TRANSITIONS,
    **frame_changes.TRANSITIONS,
}
_NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    **item.NAMED,
    **hands.NAMED,
    **plan.NAMED,
    **escalations.NAMED,
    **limits.NAMED,
    **appeals.NAMED,
}
"""Transitions that remember the submission by which something came: a later one names it (`of`)."""


def evolve(state: State | None, event: RuledEvent) -> State:
    """The state after one event of a ruling. Events must come in the order of the log.

    A verdict uses up its key; a repeated one changes nothing, and the alarm has no key.
    rulebook: Fine print ("A refused submission uses up its key")
    """
    before = state if state is not None else State(event.subject)
    data = event.data
    kind = type(data)
    if before.item is not None:
        transition = _OF_ITEM.get(kind)
        if transition is not None:
            after = transition(before.item, event.time, data)
            return State(before.subject, before.answered, after, before.programme)
        if kind in _NAMED:
            after = _NAMED[kind](before.item, event.time, data, event.causeid)
            return State(before.subject, before.answered, after, before.programme)
    if isinstance(data, SubmissionAccepted | SubmissionRejected):
        return before if data.alarm else _use_up(before, event.causeid, event.causedigest)
    if isinstance(data, ItemOpened):
        return before._replace(item=opening.opened(data))
    return before._replace(programme=programme.evolve_programme(before.programme, data, event.causeid))


def evolve_item(before: Item, at: datetime, data: RulingData, cause: str) -> Item:
    """The item after an event that follows from a verdict on the submission `cause`; `at` is its business time."""
    transition = _OF_ITEM.get(type(data))
    if transition is not None:
        return transition(before, at, data)
    named = _NAMED.get(type(data))
    return before if named is None else named(before, at, data, cause)


def _use_up(state: State, submission_id: str, digest: str) -> State:
    if known_digest(state, submission_id) is not None:
        return state
    answered = state.answered + mark_of(submission_id) + mark_of_digest(digest)
    return State(state.subject, answered, state.item, state.programme)


@lru_cache(maxsize=4096)
def mark_of(text: str) -> bytes:
    """A short digest of an id, for the memory of used keys."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_OF_ID).digest()


def mark_of_digest(digest: str) -> bytes:
    """The beginning of a body's digest, for the memory of used keys; of what is not hexadecimal a digest of its own."""
    try:
        mark = bytes.fromhex(digest[: 2 * _OF_DIGEST])
    except ValueError:
        mark = b""
    if len(mark) == _OF_DIGEST:
        return mark
    return hashlib.blake2b(digest.encode(errors="surrogatepass"), digest_size=_OF_DIGEST).digest()


def known_digest(state: State, submission_id: str) -> bytes | None:
    """The mark of the body that used up this submission's key; None if the key is new."""
    mark = mark_of(submission_id)
    answered = state.answered
    found = answered.find(mark)
    while found >= 0 and found % _BOTH:
        found = answered.find(mark, found + 1)
    return answered[found + _OF_ID : found + _BOTH] if found >= 0 else None
