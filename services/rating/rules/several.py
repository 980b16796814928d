"""Rules on several submissions of different subjects at a time, each step for all of them before the next.

None of them changes what another is ruled on in, so the rulings are those that they would have one after the other. The
same code over again is faster by a sixth than one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from contracts.envelope import parse
from contracts.ruling import read_back
from services.rating.rules.envelope import (
    LoggedSubmission,
    Ruled,
    Rules,
    RulingCause,
    RulingMade,
    decided,
    enveloped,
    is_remembered,
    ruled_as_made,
    state_after,
)
from services.rating.rules.state.state import State

Asked = tuple[LoggedSubmission, RulingCause]
"""A submission and what was read of it."""
T = TypeVar("T")


def runs(read: Iterable[tuple[T, RulingCause | None]]) -> Iterator[list[tuple[T, RulingCause | None]]]:
    """The same in runs in which no subject comes twice; what could not be read is by itself."""
    run: list[tuple[T, RulingCause | None]] = []
    subjects: set[str | None] = set()
    for one in read:
        subject = None if one[1] is None else one[1].subject
        if run and (subject is None or subject in subjects or None in subjects):
            yield run
            run, subjects = [], set()
        run.append(one)
        subjects.add(subject)
    if run:
        yield run


def make_rulings(
    rules: Rules, log: str, asked: Sequence[Asked], at: int, states: Mapping[str, State]
) -> list[RulingMade]:
    """As `make_ruling`, the first event of the first ruling to lie at offset `at`; no subject comes twice."""
    befores = [states.get(cause.subject) for _, cause in asked]
    rulings = [decided(rules, *one, before) for one, before in zip(asked, befores, strict=True)]
    made: list[RulingMade] = []
    for one, before, ruling in zip(asked, befores, rulings, strict=True):
        made.append(enveloped(rules, log, *one, at, before, ruling))
        at += len(made[-1].events)
    return made


def states_on_record(rules: Rules, made: Sequence[RulingMade]) -> list[State | None]:
    """The subjects' states after rulings that lie on the log in the very bytes made: times and data as read from them.

    What else the records say is in neither event nor state that a later reader makes of them, but as it was made here.
    """
    read = [read_back(one.events, one.encoded) if is_remembered(one.events[0]) else () for one in made]
    return [
        rules.fold(one.before, one.cause, events) if events else one.before
        for one, events in zip(made, read, strict=True)
    ]


def rule_on_several(
    rules: Rules, log: str, asked: Sequence[Asked], at: int, states: Mapping[str, State]
) -> list[Ruled]:
    """As `rule_on`."""
    made = make_rulings(rules, log, asked, at, states)
    if rules.reads_back:
        return [state_after(rules, one, map(parse, one.encoded.values)) for one in made]
    return [ruled_as_made(rules, one) for one in made]
