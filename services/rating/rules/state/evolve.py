"""State is the fold of rulings, and of nothing else: `fold` takes in the events of one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from contracts.ruling import RulingEvent
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
)
from services.rating.rules.state.programme import evolve_programme
from services.rating.rules.state.state import Item, State

_OF_ID: Final = 16
_OF_DIGEST: Final = 8
_BOTH: Final = _OF_ID + _OF_DIGEST
"""Length in bytes of what is kept of an id, of the digest of its body, and of the two."""


class AnsweredSubmission(Protocol):
    """The submission that a ruling answers: its id, the digest of its body, and its subject."""

    @property
    def id(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def subject(self) -> str: ...


class NamedCause(NamedTuple):
    """The same, as an event of the ruling names it."""

    id: str
    digest: str
    subject: str


def named_by(event: RulingEvent) -> NamedCause:
    """The cause that an event on the log names."""
    return NamedCause(event.causeid, event.causedigest, event.subject)


class DatedEvent(Protocol):
    """An event of a ruling with its business time, be it on the log or not yet."""

    @property
    def time(self) -> datetime: ...
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
_VERDICTS: Final = (SubmissionAccepted, SubmissionRejected)
"""Those that use up a key."""


def fold(state: State | None, cause: AnsweredSubmission, events: Iterable[DatedEvent]) -> State:
    """The state after events of one ruling. Events must come in the order of the log.

    A verdict uses up its key; a repeated one changes nothing, and the alarm has no key.
    rulebook: Fine print ("A refused submission uses up its key")
    """
    subject, answered, item, programme = State(cause.subject) if state is None else state
    for event in events:
        data = event.data
        kind = type(data)
        if isinstance(data, _VERDICTS):
            if not data.alarm:
                answered = _with_used(answered, cause.id, cause.digest)
        elif item is not None and (transition := _OF_ITEM.get(kind)) is not None:
            item = transition(item, event.time, data)
        elif item is not None and (named := _NAMED.get(kind)) is not None:
            item = named(item, event.time, data, cause.id)
        elif isinstance(data, ItemOpened):
            item = opening.opened(data)
        else:
            programme = evolve_programme(programme, data, cause.id)
    return State(subject, answered, item, programme)


def evolve_item(before: Item, at: datetime, data: RulingData, cause: str) -> Item:
    """The item after an event that follows from a verdict on the submission `cause`; `at` is its business time."""
    transition = _OF_ITEM.get(type(data))
    if transition is not None:
        return transition(before, at, data)
    named = _NAMED.get(type(data))
    return before if named is None else named(before, at, data, cause)


def _with_used(answered: bytes, submission_id: str, digest: str) -> bytes:
    if _found(answered, submission_id) is not None:
        return answered
    return answered + mark_of(submission_id) + mark_of_digest(digest)


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
    return _found(state.answered, submission_id)


def _found(answered: bytes, submission_id: str) -> bytes | None:
    mark = mark_of(submission_id)
    found = answered.find(mark)
    while found >= 0 and found % _BOTH:
        found = answered.find(mark, found + 1)
    return answered[found + _OF_ID : found + _BOTH] if found >= 0 else None
