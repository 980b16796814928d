"""What can happen in one quarter of a key task: each function adds the quarter's acts to an item's story, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.year.days import LAST_MINUTE
from sandbox.year.stories.story import DECIDER, ItemStory

Quarter = Callable[[ItemStory, str], None]
"""Adds the acts of the quarter with this id."""


def opening(s: ItemStory) -> None:
    """A plan in time, confirmed by the item's leader."""
    s.plan(s.first_days(5), returned=s.circumstances.returned_once == s.item)


def in_time(s: ItemStory, q: str) -> None:
    """Reported and met; now and then the office looks and finds it confirmed."""
    s.report(q, s.early(q, 6))
    if s.rng.random() < 0.25:
        s.review(q, s.after(s.settles(q), 1, 4))


def through(s: ItemStory, special: Mapping[int, Quarter], *, usual: Quarter = in_time, until: int = 4) -> None:
    """Live through the quarters, by index; those that are not special go as usual."""
    for index, quarter in enumerate(s.quarters[:until]):
        special.get(index, usual)(s, quarter)


def unseen(s: ItemStory, q: str) -> None:
    """Reported and met, and not looked at for now."""
    s.report(q, s.early(q, 4))


def last_minute(s: ItemStory, q: str) -> None:
    """Reported two minutes before midnight of the last day."""
    s.report(q, s.due(q), at=LAST_MINUTE)


def put_right(s: ItemStory, q: str) -> None:
    """Signs for the notice, rectifies within the limit, found done."""
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 2))
    s.rectify(s.after(settled, 6, 9), s.after(settled, 10, 13))


def silent(s: ItemStory, q: str) -> None:
    """No report at all; put right after the notice."""
    put_right(s, q)


def behind(s: ItemStory, q: str) -> None:
    """Honestly reported as unfinished; put right after the notice."""
    admit(s, q)
    put_right(s, q)


def admit(s: ItemStory, q: str) -> None:
    """Reported in time as unfinished."""
    s.report(q, s.early(q, 3), claim="in_progress", values="short")


def late(s: ItemStory, q: str) -> None:
    """Reported a few days late, but met: that report counts for the rectification."""
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 1))
    s.report(q, s.after(settled, 2, 4))
    s.review_rectification(s.after(settled, 6, 9))


def overclaimed(s: ItemStory, q: str) -> None:
    """Claimed as completed with figures that fall short; put right after the notice."""
    s.report(q, s.early(q, 3), values="short")
    put_right(s, q)


def bare_claim(s: ItemStory, q: str) -> None:
    """First without evidence, which is refused; then with it."""
    day = s.shift(s.due(q), -s.rng.randint(2, 5))
    s.report(q, day, with_evidence=False, expected="completed_without_evidence")
    s.report(q, s.after(day, 1, 2))


def corrected(s: ItemStory, q: str) -> None:
    """An early claim, taken back, then made good before the deadline."""
    s.report(q, s.shift(s.due(q), -6))
    s.report(q, s.shift(s.due(q), -4), claim="in_progress", values="short")
    s.report(q, s.early(q, 2))


def interviewed(s: ItemStory, q: str) -> None:
    """The second miss in a row: red, and the interview is held in time."""
    admit(s, q)
    settled = s.settles(q)
    s.sign("interview", q, s.after(settled, 1, 2))
    s.interview(s.after(settled, 4, 7))


def chief_interviewed(s: ItemStory, q: str) -> None:
    """Red after red: both interviews, the chief leader's once the office confirmed it."""
    admit(s, q)
    settled = s.settles(q)
    s.sign("interview", q, s.after(settled, 1, 1))
    s.office("interview.confirmed", {"reason": "连续两次红灯（模拟）"}, s.after(settled, 2, 2), by=DECIDER)
    s.interview(s.after(settled, 3, 5))
    s.interview(s.after(settled, 6, 8), "chief_interview")


def rectified_too_late(s: ItemStory, q: str) -> None:
    """Misses the rectification's limit: an interview, held; then put right."""
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 2))
    overdue = s.shift(settled, 15)
    s.interview(s.after(overdue, 3, 5))
    s.rectify(s.after(overdue, 6, 8), s.after(overdue, 9, 11))


def rectified_badly(s: ItemStory, q: str) -> None:
    """The rectification is reviewed as not done: an interview, and a second attempt."""
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 2))
    s.rectify(s.after(settled, 6, 8), s.after(settled, 9, 10), finding="not_done")
    s.interview(s.after(settled, 13, 15))
    s.rectify(s.after(settled, 16, 18), s.after(settled, 20, 21))
