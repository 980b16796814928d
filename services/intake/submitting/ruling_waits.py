"""Waiting for the ruling on what was just appended, so that one call brings receipt and ruling."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.envelope import short_type
from contracts.ruling import RULING_TYPES
from contracts.rulings import LightChanged
from eventlog.at.at_rule import CountedAnswer
from supervision.refusal_words import REASONS
from supervision.words import REMARKS, Words

_LIGHT: Final = RULING_TYPES.types[LightChanged]


class RulingWait:
    """The rulings on one submission's id, as they come in while somebody waits for one of them."""

    def __init__(self) -> None:
        self._answers: dict[tuple[int, int], CountedAnswer] = {}
        self._came = asyncio.Event()

    def note(self, partition: int, answer: CountedAnswer) -> None:
        """Take in a ruling on this id."""
        self._answers[partition, answer.causeoffset] = answer
        self._came.set()

    async def ruling(self, partition: int, offset: int, seconds: float) -> dict[str, Any] | None:
        """The ruling on the submission at this place, as JSON; None if it did not come within `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (partition, offset) not in self._answers:
                    self._came.clear()
                    await self._came.wait()
                return ruling_document(self._answers[partition, offset])
        return None


class RulingWaits:
    """Everybody who waits; at most `limit` at a time, the others are told to look later."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[str, list[RulingWait]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(waits) for waits in self._waiting.values())

    @contextlib.contextmanager
    def on(self, submission_id: str) -> Iterator[RulingWait | None]:
        """Open before the append, so that no ruling is missed; None when as many wait as may."""
        if self.waiting >= self._limit:
            yield None
            return
        wait = RulingWait()
        self._waiting.setdefault(submission_id, []).append(wait)
        try:
            yield wait
        finally:
            self._waiting[submission_id].remove(wait)
            if not self._waiting[submission_id]:
                del self._waiting[submission_id]

    def note(self, partition: int, answer: CountedAnswer) -> None:
        """Take in a ruling that counts."""
        if self._waiting:
            for wait in self._waiting.get(answer.events[0].body["causeid"], ()):
                wait.note(partition, answer)


def ruling_document(answer: CountedAnswer) -> dict[str, Any]:
    """A ruling as JSON: verdict, reasons or remarks with their words, lights that moved, and what else followed."""
    bodies = [counted.body for counted in answer.events]
    verdict, followed = bodies[0], bodies[1:]
    data = verdict["data"]
    return {
        "verdict": short_type(verdict["type"]).partition(".")[2],
        "reasons": _worded(REASONS, data.get("reasons", ())),
        "remarks": _worded(REMARKS, data.get("remarks", ())),
        "rules": verdict["rules"],
        "policy": verdict["policy"],
        "time": verdict["time"],
        "lights": [_light(body["data"]) for body in followed if body["type"] == _LIGHT],
        "events": [short_type(body["type"]) for body in followed],
    }


def _light(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"period": data["period"], "from": data["from"], "to": data["to"]}


def _worded(words: Words, codes: list[str] | tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code, "message": words[code].zh, "message_en": words[code].en} for code in codes]
