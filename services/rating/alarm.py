"""The alarm of one partition: announces every deadline that has passed by the clock, until the state shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from contracts.submission import encode_submission, new_submission
from contracts.values import Actor
from eventlog.log.record import Entry
from services.rating.rules.deadlines.pending import Deadline, pending_deadlines
from services.rating.rules.state.state import State

ALARM: Final = Actor(role="alarm", id="alarm")
MAX_SUBJECTS: Final = 1000
"""Subjects announced at once, in one or two batches; the next ones follow when these are ruled on."""


class NotSimulated(Exception):
    """A driven clock meets an item of a real programme: it announces nothing on this partition."""


class Alarm:
    """Keeps a queue of the next instant of every subject; when one changes, only that one is looked at again.

    A subject's deadlines are announced instant by instant, the next when the last is ruled on: what follows from
    one is dated by it, and may itself fall due before the next. The alarm waits `margin` longer than the rules ask
    for, because the broker's clock decides whether something is due.
    rulebook: Lights 7; Fine print ("Dates at the same instant ...")
    """

    def __init__(self, log: str, *, driven: bool, margin: timedelta) -> None:
        self._margin = margin
        self._log = log
        self._driven = driven
        self._changed: set[str] = set()
        self._real: set[str] = set()
        self._instants: list[tuple[datetime, str]] = []
        self._waiting: dict[str, datetime] = {}
        self._passed: dict[str, None] = {}

    def changed(self, subject: str) -> None:
        """The state of a subject has changed: its deadlines are looked at again."""
        self._changed.add(subject)

    def entries(self, now: datetime, states: Mapping[str, State]) -> list[Entry]:
        """The announcements to append at `now`, by the states alone: the same ones until the states have changed.

        Raises NotSimulated.
        """
        self._look(now, states)
        if self._driven and self._real:
            subject = min(self._real)
            raise NotSimulated(f"{subject} is not simulated: a driven clock announces nothing on this partition")
        found: list[Entry] = []
        for subject in list(self._passed)[:MAX_SUBJECTS]:
            key = subject.encode()
            found += [Entry(key, self._announcement(subject, one, now)) for one in self._first(now, states[subject])]
        return found

    def _look(self, now: datetime, states: Mapping[str, State]) -> None:
        for subject in self._changed:
            self._passed.pop(subject, None)
            self._await(subject, states[subject])
        self._changed.clear()
        until = now - self._margin
        while self._instants and self._instants[0][0] <= until:
            instant, subject = heappop(self._instants)
            if self._waiting.get(subject) == instant:
                del self._waiting[subject]
                self._passed[subject] = None

    def _await(self, subject: str, state: State) -> None:
        if not _simulated(state):
            self._real.add(subject)
        instant = min((one.announce_at for one in pending_deadlines(state)), default=None)
        if instant is None:
            self._waiting.pop(subject, None)
        elif self._waiting.get(subject) != instant:
            self._waiting[subject] = instant
            heappush(self._instants, (instant, subject))

    def _first(self, now: datetime, state: State) -> list[Deadline]:
        """What has passed at the earliest instant, in the order of the rulebook."""
        passed = [one for one in pending_deadlines(state) if one.announce_at <= now - self._margin]
        return list(dict.fromkeys(one for one in passed if one.due_at == passed[0].due_at))

    def _announcement(self, subject: str, deadline: Deadline, now: datetime) -> bytes:
        return encode_submission(new_submission(self._log, ALARM, deadline.key, subject, deadline.passed, now))


def _simulated(state: State) -> bool:
    if state.item is not None:
        return state.item.frame.simulated
    return state.programme is None or state.programme.simulated
