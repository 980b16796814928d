"""The rulings of a partition that count, one after the other, for whoever rules on the same submissions again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.topics import RULINGS
from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.log.record import Record
from services.audit.reader import RecordReader

PAUSE_SECONDS: Final = 0.2
"""Between two looks for rulings that are still to come."""


class CountedRulings:
    """Read until the last of `submissions` is ruled on, or `deadline` (of the monotonic clock) is over.

    A ruling that lies where it would be appended in the very bytes that the rules give is known without being parsed:
    its bytes say what it was made for, `at`, `causeoffset` and all (decision 0037).
    """

    def __init__(self, reader: RecordReader, partition: int, submissions: int, deadline: float) -> None:
        self.rule: Final = AtRule()
        self._reader = reader
        self._partition = partition
        self._last = submissions - 1
        self._deadline = deadline
        self._records = self._read()
        self._ahead: deque[Record] = deque()

    @property
    def at(self) -> int:
        """Where the next ruling lies, unless something void comes before it."""
        return self.rule.seen

    def take(self, causeoffset: int, values: Sequence[bytes]) -> bool:
        """Whether the next records are these: a whole ruling on submission `causeoffset`, made for `at`.

        They count then; if not, `next` gives what lies there.
        """
        if causeoffset != self.rule.last + 1:
            return False
        taken: list[Record] = []
        for at, value in enumerate(values, self.rule.seen):
            if (record := self._next()) is None:
                break
            taken.append(record)
            if record.value != value or record.offset != at:
                break
        else:
            self.rule.passed(len(values))
            return True
        self._ahead.extendleft(reversed(taken))
        return False

    def next(self) -> CountedAnswer | None:
        """The next ruling that counts, whatever it says; None: there is none."""
        while (record := self._next()) is not None:
            for answer in self.rule.fold([record]):
                return answer
        return None

    def _next(self) -> Record | None:
        return self._ahead.popleft() if self._ahead else next(self._records, None)

    def _read(self) -> Iterator[Record]:
        upto = 0
        while True:
            begin, upto = upto, self._reader.end(RULINGS, self._partition)
            yield from self._reader.records(RULINGS, self._partition, begin, upto)
            if self.rule.last >= self._last or time.monotonic() > self._deadline:
                return
            time.sleep(PAUSE_SECONDS)
