"""A ruling as it is read from the log: what it answers, and of each event what a state is derived from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from contracts.envelope import Unreadable
from contracts.ruling import RULING_TYPES, DatedData, instant
from services.rating.rules.state.evolve import NamedCause


class OnRecord(NamedTuple):
    """Events of one ruling, all of which name this cause."""

    cause: NamedCause
    events: list[DatedData]


def read_ruling(bodies: Iterable[Mapping[str, Any]]) -> list[OnRecord]:
    """One; of a ruling that is not rating's, whose events name several causes, one for each event.

    Where its events lie the `at` rule has looked at; who made it, by which rules and policy, changes no state, and is
    compared by the audit. Raises Unreadable, UnknownType.
    """
    found: list[OnRecord] = []
    named: tuple[str, str, str] | None = None
    events: list[DatedData] = []
    for body in bodies:
        data = RULING_TYPES.load(body["type"], body["data"])
        try:
            cause, time = (body["causeid"], body["causedigest"], body["subject"]), instant(body["time"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"a ruling's envelope is incomplete: {error}") from None
        if cause != named:
            named, events = cause, []
            found.append(OnRecord(NamedCause(*cause), events))
        events.append(DatedData(time, data))
    if len(found) > 1:
        return [OnRecord(cause, [event]) for cause, events in found for event in events]
    return found
