"""What a unit may put on the log and into the evidence store in one day; counted in memory, by each process alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from contracts.values import Actor
from services.intake.problem import IntakeProblem

_DAY: Final = 24 * 3600
_AHEAD: Final = 8 * 3600
"""Seconds that Asia/Shanghai is ahead: days are those of the rulebook, by the machine's clock."""


class DailyQuotas:
    """So many submissions and bytes of one unit about one item, and bytes of evidence of one unit, from 0:00 to 24:00.

    A leader, and everybody else without a unit, is counted alone. What was refused, or had no answer, is not counted.
    """

    def __init__(
        self, submissions: int, submission_bytes: int, evidence_bytes: int, now: Callable[[], float] = time.time
    ) -> None:
        self._submissions = submissions
        self._bytes = submission_bytes
        self._evidence_bytes = evidence_bytes
        self._now = now
        self._day = 0
        self._used: Counter[tuple[str, str, str]] = Counter()
        """By what is counted, whose it is, and what it is about."""

    def require(self, actor: Actor, subject: str, size: int) -> None:
        """Raises IntakeProblem `quota` where a submission of `size` bytes is more than may still come today."""
        owner = _owner(actor)
        if self._of_today()["submissions", owner, subject] >= self._submissions:
            raise self._used_up(
                f"每个单位对每个事项每天至多 {self._submissions} 件", f"{self._submissions} submissions"
            )
        if self._used["bytes", owner, subject] + size > self._bytes:
            raise self._used_up(f"每个单位对每个事项每天至多 {self._bytes} 字节", f"{self._bytes} bytes")

    def use(self, actor: Actor, subject: str, size: int) -> None:
        """Count a submission that lies on the log."""
        owner = _owner(actor)
        self._of_today()["submissions", owner, subject] += 1
        self._used["bytes", owner, subject] += size

    def require_evidence(self, actor: Actor, size: int = 0) -> None:
        """Raises IntakeProblem `quota` where a file of `size` bytes is more than may still come today."""
        if self._of_today()["evidence", _owner(actor), ""] + max(size, 1) > self._evidence_bytes:
            raise self._used_up(
                f"每个单位每天的佐证材料至多 {self._evidence_bytes} 字节", f"{self._evidence_bytes} bytes of evidence"
            )

    def evidence_left(self, actor: Actor) -> int:
        """Bytes of evidence that may still come today."""
        return max(0, self._evidence_bytes - self._of_today()["evidence", _owner(actor), ""])

    def use_evidence(self, actor: Actor, size: int) -> None:
        """Count a file that was kept."""
        self._of_today()["evidence", _owner(actor), ""] += size

    def _of_today(self) -> Counter[tuple[str, str, str]]:
        day = int(self._now() + _AHEAD) // _DAY
        if day != self._day:
            self._day, self._used = day, Counter()
        return self._used

    def _used_up(self, zh: str, en: str) -> IntakeProblem:
        left = _DAY - int(self._now() + _AHEAD) % _DAY
        return IntakeProblem("quota", zh, f"at most {en} a day", headers={"Retry-After": str(left)})


def _owner(actor: Actor) -> str:
    return actor.unit or f"{actor.role}:{actor.id}"
