"""Years of an item that go beyond single quarters: the plan goes wrong, or one quarter reaches into another."""

from __future__ import annotations

from sandbox.year.stories.disputed_quarters import withdraws
from sandbox.year.stories.key_task_quarters import in_time, opening, through, unseen
from sandbox.year.stories.story import DECIDER, ItemStory


def plan_returned(s: ItemStory) -> None:
    """The first plan is returned, the second confirmed, both in time."""
    s.plan(s.after(s.published_on, 1, 2), decision="returned", decided_on=s.shift(s.published_on, 3))
    s.plan(s.after(s.published_on, 4, 5))
    through(s, {})


def plan_late(s: ItemStory) -> None:
    """No confirmed node when the first quarter settles: yellow, whatever was reported."""
    first, *_ = s.quarters
    s.report(first, s.shift(s.due(first), -2), values="none")
    settled = s.settles(first)
    s.plan(s.after(settled, 1, 2), decided_on=s.shift(settled, 4))
    s.sign("rectification", first, s.shift(settled, 5))
    s.rectify(s.after(settled, 7, 9), s.after(settled, 10, 12))
    through(s, {0: lambda *_: None})


def overturned_later(s: ItemStory) -> None:
    """A missed second quarter turns red when a review overturns the first one."""
    opening(s)
    first, second, third, fourth = s.quarters
    unseen(s, first)
    settled = s.settles(second)
    s.sign("rectification", second, s.shift(settled, 1))
    s.rectify(s.shift(settled, 3), s.shift(settled, 5))
    day = s.after(settled, 7, 9)
    s.review(first, day, "overturned")
    s.sign("rectification", first, s.shift(day, 1))
    s.sign("interview", second, s.shift(day, 1))
    s.interview(s.after(day, 4, 6))
    s.rectify(s.after(day, 8, 9), s.after(day, 10, 12))
    in_time(s, third)
    in_time(s, fourth)


def silent_all_year(s: ItemStory) -> None:
    """No plan, no report, no rectification; the office climbs the ladder."""
    first, second, third, _ = s.quarters
    overdue = s.shift(s.settles(first), 16)
    lapsed = s.shift(overdue, 11)
    s.office("interview.confirmed", {"reason": "约谈逾期未到（模拟）"}, s.shift(lapsed, 1), by=DECIDER)
    s.interview(s.shift(lapsed, 7), "chief_interview")
    s.interview(s.after(s.settles(second), 4, 6))
    settled = s.settles(third)
    s.office("interview.confirmed", {"reason": "连续红灯（模拟）"}, s.shift(settled, 1), by=DECIDER)
    s.interview(s.shift(settled, 4))
    s.interview(s.after(settled, 6, 8), "chief_interview")


def withdrawn(s: ItemStory) -> None:
    """Leaves the assessment after the first quarter."""
    opening(s)
    through(s, {0: withdraws}, until=1)
