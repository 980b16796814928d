"""What units say about their lights and notices, and what of it the public may read: a pure fold (Right of reply)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

from contracts.rulings import ReplyRecorded, ReplyReleased, ReplyRetained, RulingData
from contracts.values import Level, PeriodId


class ReplyRecord(NamedTuple):
    """A unit's word about the light of a period, or about one cause of a notice; `reply` is its submission's id."""

    reply: str
    unit: str
    text: str
    light: PeriodId | None = None
    level: Level | None = None
    cause: str | None = None
    fate: Literal["waiting", "published", "withheld"] = "waiting"

    @property
    def topic(self) -> str:
        """What it is about, as one text."""
        return self.light or f"{self.level}:{self.cause}"


Replies = Mapping[str, ReplyRecord]
"""The reply that stands, by its topic: the last one."""


def evolve(replies: Replies, data: RulingData) -> Replies:
    """The replies that stand after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return replies if transition is None else transition(replies, data)


def _recorded(replies: Replies, data: ReplyRecorded) -> Replies:
    made = ReplyRecord(data.reply, data.unit, data.text, data.light, data.level, data.cause)
    return {**replies, made.topic: made}


def _decided(replies: Replies, reply: str, fate: Literal["published", "withheld"]) -> Replies:
    return {topic: one._replace(fate=fate) if one.reply == reply else one for topic, one in replies.items()}


_TRANSITIONS: Final[Mapping[type, Callable[[Replies, Any], Replies]]] = {
    ReplyRecorded: _recorded,
    ReplyReleased: lambda replies, data: _decided(replies, data.reply, "published"),
    ReplyRetained: lambda replies, data: _decided(replies, data.reply, "withheld"),
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change which reply stands."""
