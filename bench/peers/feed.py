"""The submissions that every peer reads: recorded years, those of a third of the programmes first, as a warm-up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from bench.logs import fill_entries, fresh_log, keyed, portions
from contracts.topics import SUBMISSIONS
from eventlog.log.record import Entry


@dataclass(slots=True)
class Feed:
    """Submissions by partition, of which the first `warm` are not counted.

    By subject: how many submissions there are about it, and how many events rating makes of them.
    """

    entries: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    warm: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    ruled: Counter[str] = field(default_factory=Counter)

    @property
    def submissions(self) -> int:
        """How many there are."""
        return self.asked.total()

    @classmethod
    def recorded(cls, programmes: int, say: Callable[[str], None]) -> Self:
        """Of so many programmes, recorded a few at a time."""
        feed, done = cls(), 0
        for recorded in portions(programmes):
            for number, entries in keyed(recorded).items():
                feed.entries[number] += entries
            feed.asked.update(subject for subject, _, _ in recorded.verdicts.values())
            feed.ruled.update(event.subject for event in recorded.events)
            done = sum("/" not in subject for subject in feed.asked)
            if done <= programmes / 3:
                feed.warm = feed.submissions
            say(f"recorded {done} of {programmes} programmes: {feed.submissions:,} submissions")
        return feed

    async def append(self, bootstrap: str, prefix: str) -> None:
        """Make a log's topics, and append everything to `submissions`."""
        async with fresh_log(bootstrap, prefix) as log:
            for number, entries in self.entries.items():
                await fill_entries(log, SUBMISSIONS, number, entries)
