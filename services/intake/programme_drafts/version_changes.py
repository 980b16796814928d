"""Two versions of a draft, compared part by part in words that people read: names instead of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from programmes.programme import Indicator, ItemEntry, ProgrammeFile
from supervision.light_sentences import joined, period_word
from supervision.words import CATEGORIES, CLASSIFICATIONS, Word

Part = Literal["programme", "calendar", "unit", "aspect", "leader", "item"]
Facts = Mapping[str, Word]

PARTS: Final[Mapping[Part, Word]] = {
    "programme": Word("方案", "programme"),
    "calendar": Word("日历", "calendar"),
    "unit": Word("单位", "unit"),
    "aspect": Word("方面", "aspect"),
    "leader": Word("分管区领导", "leader in charge"),
    "item": Word("事项", "item"),
}
FIELDS: Final[Mapping[str, Word]] = {
    "title": Word("标题", "title"),
    "document": Word("文号", "number of the paper"),
    "name": Word("名称", "name"),
    "derived": Word("推导稿", "derived"),
    "issued_on": Word("印发日期", "issued on"),
    "closing_on": Word("年度结束日", "closing day"),
    "policy": Word("政策", "policy"),
    "plan_due_on": Word("方案报送截止日", "plans are due on"),
    "quarters": Word("各季度报送截止日", "days of the quarters' reports"),
    "months": Word("按月报送", "monthly reports"),
    "span": Word("起止日", "first and last day"),
    "holidays": Word("放假", "days off"),
    "working_weekends": Word("调休上班", "working weekends"),
    "kind": Word("类型", "kind"),
    "label": Word("职务", "office"),
    "aspects": Word("分管方面", "aspects"),
    "task": Word("工作任务", "task"),
    "category": Word("类别", "category"),
    "aspect": Word("方面", "aspect"),
    "lead_unit": Word("牵头单位", "lead unit"),
    "cooperating_units": Word("配合单位", "cooperating units"),
    "leader": Word("分管区领导", "leader in charge"),
    "classification": Word("公开属性", "classification"),
    "due": Word("完成时限", "to be completed by"),
    "source": Word("来源", "source"),
    "note": Word("备注", "note"),
    "predecessor": Word("上年事项", "item of the year before"),
    "indicators": Word("指标", "indicators"),
    "milestones": Word("各周期目标", "goals by period"),
}

_KINDS: Final = ("changed", "gone", "new")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A part that is new, gone or changed; `fields` are those that differ, with what they said and say."""

    part: Part
    id: str
    name: str
    kind: Literal["new", "gone", "changed"]
    fields: tuple[tuple[str, Word, Word], ...]


def changes(before: ProgrammeFile, after: ProgrammeFile) -> list[PartChange]:
    """What differs between two versions: what says something else first, then what is gone, then what is new."""
    found = [one for part in PARTS for one in _changes(part, _facts(before, part), _facts(after, part))]
    return sorted(found, key=lambda one: _KINDS.index(one.kind))


def _changes(part: Part, before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[PartChange]:
    for id_ in dict.fromkeys([*after, *before]):
        old, new = before.get(id_), after.get(id_)
        if old == new:
            continue
        shown = new or old or {}
        kind: Literal["new", "gone", "changed"] = "new" if old is None else "gone" if new is None else "changed"
        differing = tuple((name, old[name], new[name]) for name in new if old[name] != new[name]) if old and new else ()
        yield PartChange(part=part, id=id_, name=next(iter(shown.values())).zh, kind=kind, fields=differing)


def _facts(programme: ProgrammeFile, part: Part) -> dict[str, Facts]:
    match part:
        case "programme":
            return {programme.programme: _of_programme(programme)}
        case "calendar":
            return {programme.programme: _of_calendar(programme)}
        case "unit":
            return {one.id: {"name": _same(one.name), "kind": _same(one.kind)} for one in programme.units}
        case "aspect":
            return {str(one.number): {"name": _same(one.name)} for one in programme.aspects}
        case "leader":
            names = {one.number: one.name for one in programme.aspects}
            return {
                one.id: {
                    "label": _same(one.label),
                    "aspects": _same("、".join(names.get(aspect, str(aspect)) for aspect in one.aspects)),
                }
                for one in programme.leaders
            }
        case "item":
            return {one.id: _of_item(one, programme) for one in programme.items}


def _of_programme(programme: ProgrammeFile) -> Facts:
    schedule = programme.schedule
    quarters = _by_period({period: str(day) for period, day in schedule.key_task.report_due_on.items()})
    months, day = schedule.livelihood, schedule.livelihood.report_due_working_day
    span = f"{months.first_month}–{months.last_month}"
    return {
        "title": _same(programme.title),
        "document": _same(programme.document),
        "name": _same(programme.jurisdiction.name),
        "derived": Word("是", "yes") if programme.derived else Word("否", "no"),
        "issued_on": _same(programme.issued_on),
        "closing_on": _same(programme.closing_on or "—"),
        "policy": _same(f"{programme.policy.id}@{programme.policy.version}"),
        "plan_due_on": _same(schedule.plan_due_on),
        "quarters": quarters,
        "months": Word(f"{span}，次月第 {day} 个工作日", f"{span}, working day {day} of the month after"),
    }


def _of_calendar(programme: ProgrammeFile) -> Facts:
    known = programme.calendar
    return {
        "span": _same(f"{known.first_on}–{known.last_on}"),
        "holidays": _same("、".join(map(str, known.holidays))),
        "working_weekends": _same("、".join(map(str, known.working_weekends))),
    }


def _of_item(item: ItemEntry, programme: ProgrammeFile) -> Facts:
    units = {one.id: one.name for one in programme.units}
    leaders = {one.id: one.label for one in programme.leaders}
    aspects = {one.number: one.name for one in programme.aspects}
    before = item.predecessor
    return {
        "task": _same(item.task),
        "category": CATEGORIES[item.category],
        "aspect": _same(aspects.get(item.aspect, item.aspect)),
        "lead_unit": _same(units.get(item.lead_unit, item.lead_unit)),
        "cooperating_units": _same("、".join(units.get(one, one) for one in item.cooperating_units)),
        "leader": _same(leaders.get(programme.leader_of(item) or "", "—")),
        "classification": CLASSIFICATIONS[item.classification],
        "due": _same(item.due or "—"),
        "source": _same(item.source),
        "note": _same(item.note),
        "predecessor": _same(f"{before.programme}/{before.item}" if before else "—"),
        "indicators": joined(map(_of_indicator, item.indicators)),
        "milestones": _by_period(item.milestones),
    }


def _of_indicator(one: Indicator) -> Word:
    goals = _by_period({period: f"{number:f}" for period, number in one.milestones.items()})
    said = f"{one.name} {one.comparator} {one.target:f}{one.unit}"
    return Word(f"{said}（{goals.zh}）", f"{said} ({goals.en})") if goals.zh else _same(said)


def _by_period(said: Mapping[str, str]) -> Word:
    """What is said of each period, in their order."""
    words = [(period_word(period), text) for period, text in sorted(said.items())]
    return joined(Word(f"{period.zh} {text}", f"{period.en} {text}") for period, text in words)


def _same(said: object) -> Word:
    return Word(str(said), str(said))
