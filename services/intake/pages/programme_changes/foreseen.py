"""What a longer calendar, or another policy, would move: deadlines, running limits, lights; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.policy import Policy
from contracts.submissions import CalendarExtended, PolicyAdopted
from services.intake.pages.programme_changes.effect import (
    Effects,
    MovedDeadline,
    MovedLimit,
    OtherLight,
    PolicyDifference,
)
from services.intake.who.item import KnownItem
from supervision.calendar_growth import grown, moved_periods
from supervision.light_forecast import foreseen
from supervision.policy_words import VALUES, otherwise, policy_word
from supervision.words import LIGHTS, Word
from supervision.workdays import WorkingDays, last_day, local


def of_calendar(data: CalendarExtended, items: Sequence[KnownItem], now: datetime) -> Effects:
    """Provisional deadlines by the longer calendar, and running limits where it makes them longer."""
    moved = [one for item in items for one in _moved(item, data, now)]
    limits = [one for item in items for one in _limits(item, data, now)]
    says = [
        Word(
            f"{len(items)} 项事项的日历增补 {len(data.days)} 天；{len(moved)} 个暂定期限改变",
            f"the calendar of {len(items)} items grows by {len(data.days)} days; {len(moved)} deadlines move",
        ),
        Word(
            f"{len(limits)} 个正在走的督办期限变长，其余不变",
            f"{len(limits)} running limits get longer, the others stay",
        ),
        Word(
            "已公布的报送日、已延期的期限不动；灯不因此改变",
            "published and moved deadlines stay; no light changes by it",
        ),
    ]
    return Effects(says=says, moved=moved, limits=limits)


def _moved(item: KnownItem, data: CalendarExtended, now: datetime) -> Iterator[MovedDeadline]:
    opened, zone = item.opened, item.assignment.zone
    if opened.month_working_day is None or opened.category != "livelihood":
        return
    dates = item.deadlines.periods
    fixed = {id_ for id_, one in dates.items() if one.before is not None or one.due_at <= now}
    after = moved_periods(
        opened.periods,
        fixed,
        ended_on=opened.calendar.last_on,
        after=WorkingDays(grown(opened.calendar, data.days)),
        working_day=opened.month_working_day,
        policy=item.assignment.policy,
    )
    for one in after:
        before = last_day(dates[one.id].due_at, zone)
        yield MovedDeadline(item.id, opened.title, one.id, before, last_day(one.due_at, zone))


def _limits(item: KnownItem, data: CalendarExtended, now: datetime) -> Iterator[MovedLimit]:
    """What is left of a limit, counted again: days up to today are what they were (rulebook: Deadlines)."""
    opened, zone = item.opened, item.assignment.zone
    before, after = WorkingDays(opened.calendar), WorkingDays(grown(opened.calendar, data.days))
    today = local(now, zone).date()
    for one in item.open_escalations():
        if one.due_at is None or one.due_at <= now or one.overdue or one.awaits_review or one.not_done or one.extended:
            continue
        ends_on = last_day(one.due_at, zone)
        left = before.between(today, ends_on)
        longer = after.after(today, left) if left else ends_on
        if longer > ends_on:
            yield MovedLimit(item.id, opened.title, one.level, ends_on, longer)


def of_policy(data: PolicyAdopted, items: Sequence[KnownItem], policy: Policy, now: datetime) -> Effects:
    """Values that differ, and the lights of periods that have not settled under each of them."""
    after, name, count = data.policy, policy_word(data.policy.ref), len(items)
    different = [PolicyDifference(VALUES[value], *values) for value, *values in otherwise(policy, after)]
    lights = [one for item in items for one in _lights(item, after)]
    at_once = [one for one in lights if one.now]
    opened = {(item.id, one.id) for item in items for one in item.opened.periods if one.opens_at <= now}
    later = Counter((one.before, one.after) for one in lights if not one.now)
    says = [
        Word(
            f"{count} 项事项改用{name.zh}，{len(different)} 个值不同",
            f"{count} items take another policy: {name.en}; {len(different)} of its values differ",
        ),
        Word(
            "报送期限、正在走的督办期限一个不动；已定的灯和已扣的分不变",
            "no deadline and no running limit moves; settled lights and points taken off stay",
        ),
        Word(f"现在亮着的灯有 {len(at_once)} 盏改变", f"{len(at_once)} lights change at once"),
        *(
            Word(
                f"到期若无新的报告，{number} 盏由{LIGHTS[was].zh}变为{LIGHTS[becomes].zh}",
                f"if nothing more is reported, {number} settle {LIGHTS[becomes].en} instead of {LIGHTS[was].en}",
            )
            for (was, becomes), number in sorted(later.items())
        ),
    ]
    if not later:
        says.append(Word("到期定灯的结果没有不同", "periods settle as they would have"))
    if policy.weights != after.weights:
        says.append(Word("此后的扣分按新分值", "points are taken off by the new weights from here on"))
    shown = [one for one in lights if one.now or (one.item, one.period) in opened]
    return Effects(says=says, lights=shown, policy=different)


def _lights(item: KnownItem, after: Policy) -> Iterator[OtherLight]:
    """By the item's own policy and by the other one: lights that differ as they stand, or as they would settle."""
    pairs = zip(foreseen(item.lights, item.assignment.policy), foreseen(item.lights, after), strict=True)
    for was, becomes in pairs:
        about = item.id, item.opened.title, was.period
        if was.now != becomes.now:
            yield OtherLight(*about, True, was.now, becomes.now)
        elif was.settles != becomes.settles:
            yield OtherLight(*about, False, was.settles, becomes.settles)
