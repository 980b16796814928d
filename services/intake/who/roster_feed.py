"""Feeds the roster: follows all of `rulings`, folds what counts there, and says when it has caught up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contracts.ruling import ruling_from
from contracts.topics import PARTITIONS, RULINGS
from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.follow.counted import CountedAnswers
from eventlog.follow.follow_loop import FollowLoop
from eventlog.log.log import Log
from eventlog.remainder import Remainder
from services.intake.who.roster import TYPES, Roster


class RosterFeed:
    """One task; a partition in trouble stops alone (docs/decisions/0015), and nothing is taken in for its items."""

    def __init__(self, log: Log, roster: Roster, *others: Callable[[int, CountedAnswer], None]) -> None:
        """`others` are given every ruling that counts, too, with its partition."""
        self.then: Callable[[], None] = lambda: None
        """Called once it has caught up."""
        self._roster = roster
        self._others = others
        self._answers = CountedAnswers(RULINGS, PARTITIONS, self._evolve)
        self._loop = FollowLoop(RULINGS, log, self._answers, on_caught_up=self._has_caught_up)
        roster.not_read_on = self._loop.stopped

    @property
    def counting(self) -> Sequence[AtRule]:
        """By partition: how far it was read, and what counts there."""
        return self._answers.rules

    @property
    def problems(self) -> list[str]:
        """Why the roster is not as the log is, with the place of each partition that is not read on."""
        return self._loop.problems()

    @property
    def left(self) -> Remainder | None:
        """What is left to be read before it knows who may do what."""
        return self._loop.left

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._loop.run()

    def _has_caught_up(self) -> None:
        self._roster.caught_up = True
        self.then()

    def _evolve(self, partition: int, answer: CountedAnswer) -> None:
        # All of them are read before the first one changes anything.
        known = [ruling_from(body, partition) for _, body in answer.events if body.get("type") in TYPES]
        for event in known:
            self._roster.evolve(event)
        for other in self._others:
            other(partition, answer)
