"""A service as small as can be: it answers each submission with records that tell the running sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson

from eventlog.at.at_rule import CountedAnswer
from eventlog.log.log import LogCut
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry, Record

CANNOT_DECIDE = 666


def submission(name: str, amount: int, deadline: datetime | None = None) -> bytes:
    """A submission's value; with a `deadline`, one that must be announced when it has passed."""
    body: dict[str, Any] = {"id": name, "amount": amount}
    if deadline:
        body["deadline"] = deadline.isoformat()
    return orjson.dumps(body)


def answer_bodies(total: int, body: dict[str, Any], cause: int, at: int) -> list[dict[str, Any]]:
    """The ruling of one submission: one to three records, their number and content depending on the sum so far."""
    total += body["amount"]
    of = 1 + total % 3
    return [
        {"at": str(at + ordinal), "causeoffset": str(cause), "ordinal": ordinal, "of": of, "causeid": body["id"]}
        | {"total": total, "deadline": body.get("deadline"), "passed": body.get("passed")}
        for ordinal in range(of)
    ]


class Toy:
    """As `PartitionHandler`; its state is the running sum and the deadlines that have not been told to have passed."""

    def __init__(self) -> None:
        self.total = 0
        self.deadlines: dict[str, datetime] = {}
        self.folded: list[tuple[int, int]] = []
        self._ahead = 0

    def fold(self, rulings: Sequence[CountedAnswer]) -> None:
        for ruling in rulings:
            body = ruling.events[0].body
            self.total = body["total"]
            self.folded.append((ruling.causeoffset, self.total))
            if body["deadline"]:
                self.deadlines[body["causeid"]] = datetime.fromisoformat(body["deadline"])
            self.deadlines.pop(body["passed"], None)

    def begin(self, questions: Sequence[Record]) -> None:  # noqa: ARG002
        self._ahead = self.total

    def answer(self, submission: Record, at: int) -> Sequence[Entry]:
        assert submission.value is not None
        body = orjson.loads(submission.value)
        if body["amount"] == CANNOT_DECIDE:
            raise ZeroDivisionError("cannot decide this one")
        bodies = answer_bodies(self._ahead, body, submission.offset, at)
        self._ahead = bodies[0]["total"]
        return [Entry(submission.key, orjson.dumps(body)) for body in bodies]

    def verify(self, ruling: CountedAnswer, submission: Record) -> None:
        assert submission.value is not None
        if orjson.loads(submission.value)["id"] != ruling.events[0].body["causeid"]:
            raise LogCut(f"{submission} is not what was ruled")

    def due(self, now: datetime) -> Sequence[Entry]:
        return [
            Entry(b"alarm", orjson.dumps({"id": f"{name} passed", "amount": 0, "passed": name}))
            for name, deadline in self.deadlines.items()
            if deadline <= now
        ]


def totals(submissions: Iterable[Record]) -> list[tuple[int, int]]:
    """What the counted rulings must say: (offset, running sum) of every submission."""
    total, expected = 0, []
    for record in submissions:
        assert record.value is not None
        total += orjson.loads(record.value)["amount"]
        expected.append((record.offset, total))
    return expected


def submit(topics: MemoryTopics, amounts: Iterable[int], partition: int = 0) -> None:
    """Lay submissions of these amounts down on a log in memory."""
    for amount in amounts:
        name = f"s{topics.end('submissions', partition)}"
        topics.place("submissions", partition, [Entry(b"key", submission(name, amount))])
