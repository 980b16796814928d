"""What contradicts itself in a programme file whose parts are each well-formed: unknown units, short calendars …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from contracts.values import Identifier
from exact.faults import Fault, Lines, Location, line_of
from programmes.programme import ItemEntry, ProgrammeFile

_Contradiction = tuple[Location, str, str, str]
"""Where, which rule it breaks, and that in Chinese and in English."""


def check(programme: ProgrammeFile, lines: Lines | None = None) -> list[Fault]:
    """What contradicts itself in a programme file whose parts are each well-formed."""
    return [Fault(loc, rule, zh, en, line_of(loc, lines or {})) for loc, rule, zh, en in _contradictions(programme)]


def _contradictions(programme: ProgrammeFile) -> Iterator[_Contradiction]:
    for contradictions in (_repeated_ids, _items, _calendar, _schedule):
        yield from contradictions(programme)


def _repeated_ids(programme: ProgrammeFile) -> Iterator[_Contradiction]:
    yield from _repeated("units", [unit.id for unit in programme.units])
    yield from _repeated("leaders", [leader.id for leader in programme.leaders])
    yield from _repeated("items", [item.id for item in programme.items])


def _items(programme: ProgrammeFile) -> Iterator[_Contradiction]:
    kinds = {unit.id: unit.kind for unit in programme.units}
    for index, item in enumerate(programme.items):
        at: Location = ("items", index)
        yield from _lead_unit(at, item, kinds)
        yield from _cooperating_units(at, item, kinds)
        yield from _aspect(at, item, programme)
        if item.quantified != bool(item.indicators):
            yield (*at, "quantified"), "quantified_mismatch", "与指标不一致", "contradicts the indicators"


def _lead_unit(at: Location, item: ItemEntry, kinds: Mapping[Identifier, str]) -> Iterator[_Contradiction]:
    unit = item.lead_unit
    if unit not in kinds:
        yield (*at, "lead_unit"), "unknown_unit", f"没有单位 {unit}", f"no unit {unit}"
    elif kinds[unit] == "office":
        yield (*at, "lead_unit"), "office_leads", "督查室不承办事项", "the supervising office leads no item"


def _cooperating_units(at: Location, item: ItemEntry, kinds: Mapping[Identifier, str]) -> Iterator[_Contradiction]:
    for position, unit in enumerate(item.cooperating_units):
        if unit not in kinds:
            yield (*at, "cooperating_units", position), "unknown_unit", f"没有单位 {unit}", f"no unit {unit}"
        if unit == item.lead_unit:
            yield (*at, "cooperating_units", position), "unit_twice", "牵头单位又列为配合单位", "leads it already"


def _aspect(at: Location, item: ItemEntry, programme: ProgrammeFile) -> Iterator[_Contradiction]:
    """An aspect that is not there, or whose leader is not."""
    if all(aspect.number != item.aspect for aspect in programme.aspects):
        yield (*at, "aspect"), "unknown_aspect", f"没有方面 {item.aspect}", f"no aspect {item.aspect}"
    leader = programme.leader_of(item)
    if all(one.id != leader for one in programme.leaders):
        yield (*at, "aspect"), "no_leader", "没有对应的分管区领导", "no leader is in charge of it"


def _repeated(part: str, ids: list[str]) -> Iterator[_Contradiction]:
    seen: set[str] = set()
    for index, id_ in enumerate(ids):
        if id_ in seen:
            yield (part, index, "id"), "repeated_id", f"编号 {id_} 重复", f"the id {id_} is used twice"
        seen.add(id_)


def _calendar(programme: ProgrammeFile) -> Iterator[_Contradiction]:
    calendar = programme.calendar
    for name, days, weekend in (
        ("holidays", calendar.holidays, False),
        ("working_weekends", calendar.working_weekends, True),
    ):
        for index, day in enumerate(days):
            if (day.isoweekday() > 5) != weekend or not calendar.first_on <= day <= calendar.last_on:
                yield (
                    ("calendar", name, index),
                    "calendar_day",
                    f"{day} 应为期限内的{'周末' if weekend else '工作日'}",
                    f"{day} must be a {'weekend day' if weekend else 'weekday'} within the calendar's span",
                )


def _schedule(programme: ProgrammeFile) -> Iterator[_Contradiction]:
    calendar, quarters, months = programme.calendar, programme.schedule.key_task, programme.schedule.livelihood
    for period in quarters.report_due_on:
        if "Q" not in period:
            place: Location = ("schedule", "key_task", "report_due_on", period)
            yield place, "not_a_quarter", f"{period} 应为季度", f"{period} must be a quarter"
    if months.first_month > months.last_month:
        yield ("schedule", "livelihood"), "months_reversed", "首月晚于末月", "the first month comes after the last"
    plans_on, span = programme.schedule.plan_due_on, f"{calendar.first_on}–{calendar.last_on}"
    if plans_on < calendar.first_on:
        yield ("calendar",), "calendar_elsewhere", f"日历（{span}）不含方案期限", f"plans are due outside of ({span})"
    # What nobody has announced may be missing, and is added later: what was known when the paper was issued may not.
    known_to = date(min(plans_on.year, programme.issued_on.year) - 1, 12, 31)
    if calendar.last_on < known_to:
        yield (
            ("calendar",),
            "calendar_elsewhere",
            f"日历（{span}）应至少列至印发前一年末（{known_to}）；尚未公布的可以以后增补",
            f"the calendar ({span}) must reach {known_to}, the end of the year before the paper; "
            "what is not announced is added later",
        )
