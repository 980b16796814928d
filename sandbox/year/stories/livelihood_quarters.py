"""What can happen in one quarter of a livelihood item, which is reported month by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.year.stories.disputed_quarters import overturn
from sandbox.year.stories.key_task_quarters import put_right
from sandbox.year.stories.story import ItemStory

Month = Callable[[ItemStory, str], None]


def in_time(s: ItemStory, q: str) -> None:
    """Every month reported and met."""
    _through(s, q, {})


def slow_month(s: ItemStory, q: str) -> None:
    """A month in the middle is reported as unfinished, which costs nothing."""
    _through(s, q, {-2: _unmet})


def month_late(s: ItemStory, q: str) -> None:
    """The month before the last comes late: the quarter is lost, and put right."""
    _through(s, q, {-2: _late})
    put_right(s, q)


def month_missing(s: ItemStory, q: str) -> None:
    """The quarter's first binding month never comes; put right after the notice."""
    _through(s, q, {0: _never})
    put_right(s, q)


def month_late_again(s: ItemStory, q: str) -> None:
    """A late month in the quarter after a lost one: red, and the interview is held."""
    _through(s, q, {-2: _late})
    settled = s.settles(q)
    s.sign("interview", q, s.after(settled, 1, 2))
    s.interview(s.after(settled, 4, 7))


def last_month_unmet(s: ItemStory, q: str) -> None:
    """The quarter's last month falls short; put right."""
    _through(s, q, {-1: _unmet})
    put_right(s, q)


def last_month_late(s: ItemStory, q: str) -> None:
    """The quarter's last month comes late but met: that report counts for the rectification."""
    _through(s, q, {-1: _never})
    settled = s.settles(q)
    s.sign("rectification", q, s.shift(settled, 1))
    s.report(_months(s, q)[-1], s.after(settled, 2, 4))
    s.review_rectification(s.after(settled, 6, 9))


def month_overturned(s: ItemStory, q: str) -> None:
    """A visit overturns the report of the quarter's last month; put right."""
    _through(s, q, {})
    overturn(s, q, _months(s, q)[-1])


def _through(s: ItemStory, q: str, months: Mapping[int, Month]) -> None:
    live = _months(s, q)
    special = {live[index]: add for index, add in months.items()}
    for month in live:
        special.get(month, _met)(s, month)


def _months(s: ItemStory, q: str) -> list[str]:
    return [p.id for p in s.live_periods if p.quarter == q]


def _met(s: ItemStory, month: str) -> None:
    s.report(month, s.early(month, 2))


def _unmet(s: ItemStory, month: str) -> None:
    s.report(month, s.due(month), claim="in_progress", values="short")


def _late(s: ItemStory, month: str) -> None:
    s.report(month, s.after(s.due(month), 1, 3))


def _never(_: ItemStory, __: str) -> None:
    return None
