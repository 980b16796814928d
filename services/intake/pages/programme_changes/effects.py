"""What a change of a published programme would move, said before it is confirmed: deadlines, limits, rights; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from contracts.policy import Policy
from contracts.submissions import (
    CalendarExtended,
    DeputyEnded,
    DeputyNamed,
    ItemAssigned,
    ItemCorrected,
    ItemReassigned,
    PolicyAdopted,
    ProgrammeExtended,
)
from contracts.values import Target
from programmes.ledger.names import similar
from services.intake.pages.fields import ACTIONS
from services.intake.pages.programme_changes.effect import Effects, MovedDeadline
from services.intake.pages.programme_changes.foreseen import of_calendar, of_policy
from services.intake.prepared.submissions import Prepared
from services.intake.who.item import KnownItem
from supervision.light_sentences import period_word
from supervision.words import CLASSIFICATIONS, Language, Word
from supervision.workdays import last_day, offset_of

Change = CalendarExtended | ProgrammeExtended | PolicyAdopted | DeputyNamed | DeputyEnded | ItemAssigned


def effects_of(
    data: Change, items: Sequence[KnownItem], policy: Policy, now: datetime, names: Iterable[str] = ()
) -> Effects:
    """What a change would do to the items that are supervised now, under the policy that they have.

    `names` are those of units and leaders that are there already.
    """
    concerned = [item for item in items if item.is_concerned(data)]
    count = len(concerned)
    match data:
        case CalendarExtended():
            return of_calendar(data, concerned, now)
        case ProgrammeExtended():
            units, leaders = len(data.units), len(data.leaders)
            says = Word(f"增加 {units} 个单位、{leaders} 位领导", f"{units} units and {leaders} leaders join")
            return Effects(says=[says, *_alike(data, set(names)), _NO_LIGHT])
        case PolicyAdopted():
            return of_policy(data, concerned, policy, now)
        case DeputyNamed():
            says = Word(
                f"{data.from_on} 至 {data.until_on}（首尾都算），代理人可办理 {count} 项事项中被代理人的事",
                f"from {data.from_on} to {data.until_on}, both included, the deputy may act on {count} items",
            )
            return Effects(says=[says, _NO_LIGHT])
        case DeputyEnded():
            says = Word(f"代理立即终止，涉及 {count} 项事项", f"it ends at once, on {count} items")
            return Effects(says=[says, _NO_LIGHT])
        case ItemAssigned():
            return _of_item(data, now)


def of_words(item: KnownItem, data: ItemCorrected, names: Mapping[str, str]) -> Effects:
    """A correction: the words that differ."""
    opened = item.opened
    pairs = (
        (Word("标题", "title"), opened.title, data.title),
        (Word("来源", "source"), opened.source, data.source),
        (Word("公开属性", "classification"), _classified(opened.classification), _classified(data.classification)),
        (Word("配合单位", "cooperating units"), _listed(item.cooperating, names), _listed(data.cooperating, names)),
        (Word("全年目标", "targets of the year"), _targets(opened.annual_targets), _targets(data.annual_targets)),
    )
    says = [
        Word(
            f"{name.zh}：{_said(before, 'zh')} → {_said(after, 'zh')}",
            f"{name.en}: {_said(before, 'en')} → {_said(after, 'en')}",
        )
        for name, before, after in pairs
        if after is not None
    ]
    return Effects(says=[*says, _NO_LIGHT])


def of_hand_over(
    item: KnownItem, data: ItemReassigned, names: Mapping[str, str], now: datetime, unsigned: Sequence[Prepared] = ()
) -> Effects:
    """A hand-over: what passes to the new unit and leader with the item; `unsigned` by its unit."""
    unit, leader = (names.get(one, one) for one in (data.lead_unit, data.leader))
    due = [one for one in item.opened.periods if one.due_at > now and one.id not in item.opened.void]
    running = len(item.open_escalations())
    says = [
        Word(f"由 {unit} 牵头，{leader} 分管", f"{unit} leads it, {leader} is in charge"),
        Word(
            f"期限、灯和 {running} 件在办督办随事项走；办理的权利转给新单位和新领导",
            f"deadlines, lights and {running} open notices stay with the item; the rights pass on",
        ),
    ]
    if item.waiting_plan is not None:
        says.append(Word("待审定的方案由新领导审定", "the plan that waits is the new leader's to decide"))
    if unsigned:
        count, which = len(unsigned), [ACTIONS[one.type] for one in unsigned]
        zh, en = "、".join(one.zh for one in which), ", ".join(one.en for one in which)
        says.append(
            Word(
                f"原牵头单位拟好、尚未签发的 {count} 件（{zh}）退回给新单位，由其核对、修改后再交签",
                f"{count} papers that nobody signed ({en}) are returned to the new unit, to be checked and given again",
            )
        )
    says += [
        Word(
            f"下次报送 {period_word(one.id).zh}，截止 {last_day(one.due_at, item.assignment.zone)}，由新单位报",
            f"{period_word(one.id).en} is theirs to report",
        )
        for one in due[:1]
    ]
    return Effects(says=says)


def _alike(data: ProgrammeExtended, names: set[str]) -> Iterator[Word]:
    """Names that are nearly those of units and leaders that are there already."""
    for name in (*(one.name for one in data.units), *(one.label for one in data.leaders)):
        if name not in names and (near := similar(name, names)):
            yield Word(f"▲ “{name}”与“{near}”相近，是同一个吗？", f"▲ {name} is nearly {near}: is it the same?")


def _said(text: Word | str | None, language: Language) -> str:
    return (text if isinstance(text, str) else getattr(text, language, "")) or "—"


def _classified(classification: str | None) -> Word | None:
    return None if classification is None else CLASSIFICATIONS[classification]


def _listed(units: Sequence[str] | None, names: Mapping[str, str]) -> str | None:
    return None if units is None else "、".join(names.get(one, one) for one in units)


def _targets(targets: Sequence[Target] | None) -> str | None:
    return None if targets is None else "；".join(f"{x.indicator} {x.comparator} {x.value:f}{x.unit}" for x in targets)


_NO_LIGHT = Word("不改变任何期限和灯", "no deadline and no light is moved")


def _of_item(data: ItemAssigned, now: datetime) -> Effects:
    zone = offset_of(data.policy.utc_offset)
    binding = [one for one in data.periods if one.due_at > data.published_at]
    void = len(data.periods) - len(binding)
    says = [
        Word(
            f"新事项有 {len(binding)} 个报送周期；已过期的 {void} 个不适用",
            f"the new item reports on {len(binding)} periods; {void} that are past bind nobody",
        ),
        Word("其他事项的期限和灯不变", "deadlines and lights of other items stay"),
    ]
    plans_on = last_day(data.plan_due_at, zone)
    if data.plan_due_at > now:
        says.append(Word(f"方案须在 {plans_on} 前报送", f"its plan is due on {plans_on}"))
    else:
        says.append(
            Word(
                f"方案报送截止日 {plans_on} 已过，请提醒牵头单位尽快补报",
                f"plans were due on {plans_on}: remind its unit",
            )
        )
    moved = [MovedDeadline("", data.title, one.id, None, last_day(one.due_at, zone)) for one in binding]
    return Effects(says=says, moved=moved)
