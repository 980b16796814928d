"""Composes a programme's calendar from the announced holidays: in the file it refers to, or within its own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from contracts.values import Calendar
from exact.faults import Fault, faults_of, line_of
from exact.texts import Inexact, ParsedText, read_yaml
from programmes.policy_file import FaultyFile, read_calendar
from programmes.programme import ScheduleEntry
from services.intake.programme_drafts.holidays import announced, source

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ON_A_LINE: Final = 8
_DAY: Final[TypeAdapter[date]] = TypeAdapter(date)
_SCHEDULE: Final[TypeAdapter[ScheduleEntry]] = TypeAdapter(ScheduleEntry)


class NotComposable(ValueError):
    """A file that has no place for a calendar, or not enough to know its span."""

    def __init__(self, file: Path, fault: Fault) -> None:
        super().__init__(f"{file.name}: line {fault.line or '?'}: {fault.field}: {fault.zh} / {fault.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A calendar and the text of the file that is to hold it; `changed`: that file says otherwise now."""

    calendar: Calendar
    file: Path
    text: str
    changed: bool

    def write(self) -> None:
        """Write the file. Raises OSError."""
        self.file.write_text(self.text, encoding="utf-8")


def compose(file: Path, until: date | None = None) -> Composed:
    """The calendar of a programme file (YAML), from its first day to its last one or to `until`.

    A calendar that is not there yet reaches from the first day of the first period's year to the end of the second
    month after the last report. Raises NotComposable, NotAnnounced, OSError.
    """
    document = _read(file)
    named = document.value.get("calendar")
    if isinstance(named, str):
        if not _NAME.fullmatch(named):
            raise _fault(file, document, ("calendar",), "不是日历名称", "is no name of a calendar")
        there = file.parent / f"{named}.yaml"
        held = _held(there) if there.is_file() else None
        calendar = _filled(file, document, held, until)
        return Composed(
            calendar=calendar, file=there, text="\n".join(_lines(calendar)) + "\n", changed=held != calendar
        )
    if named is not None and not isinstance(named, dict):
        raise _fault(file, document, ("calendar",), "应为名称或对象", "must be a name or an object")
    held = _inline(file, document, named)
    calendar = _filled(file, document, held, until)
    text = file.read_text(encoding="utf-8")
    if held != calendar:
        text = _with_calendar(text, document, calendar)
        if not _only_the_calendar_moved(file, document, text, calendar):
            zh, en = "无法改写：方案应为逐行的 YAML", "cannot be rewritten: a programme is YAML with a line per field"
            raise _fault(file, document, ("calendar",), zh, en)
    return Composed(calendar=calendar, file=file, text=text, changed=held != calendar)


def _read(file: Path) -> ParsedText:
    try:
        document = read_yaml(file.read_bytes())
    except Inexact as error:
        raise NotComposable(file, error.fault) from None
    if not isinstance(document.value, dict):
        raise NotComposable(file, Fault((), "dict_type", "应为对象", "must be an object", 1))
    return document


def _held(file: Path) -> Calendar:
    try:
        return read_calendar(file)
    except FaultyFile as error:
        raise NotComposable(file, error.faults[0]) from None


def _inline(file: Path, document: ParsedText, value: dict[str, Any] | None) -> Calendar | None:
    if value is None:
        return None
    days: dict[str, tuple[date, ...]] = {}
    for name, written in value.items():
        if name not in ("from", "to", "holidays", "working_weekends"):
            raise _fault(file, document, ("calendar", name), "不认识的字段", "is not a known field")
        try:
            days[name] = tuple(map(_DAY.validate_python, written if isinstance(written, list) else [written]))
        except ValidationError as error:
            word = faults_of(error)[0]
            raise _fault(file, document, ("calendar", name), word.zh, word.en) from None
    if "from" not in days or "to" not in days:
        return None
    return Calendar(
        first_on=days["from"][0],
        last_on=days["to"][0],
        holidays=days.get("holidays", ()),
        working_weekends=days.get("working_weekends", ()),
    )


def _filled(file: Path, document: ParsedText, held: Calendar | None, until: date | None) -> Calendar:
    first, last = (held.first_on, held.last_on) if held else _span(file, document)
    last = until or last
    if last < first:
        raise _fault(
            file, document, ("calendar",), f"止于 {last}，早于起始日 {first}", f"ends on {last}, before {first}"
        )
    return announced(first, last)


def _span(file: Path, document: ParsedText) -> tuple[date, date]:
    try:
        schedule = _SCHEDULE.validate_python(document.value.get("schedule"))
    except ValidationError as error:
        word = faults_of(error, ("schedule",))[0]
        raise _fault(file, document, word.loc, word.zh, word.en) from None
    months, quarters = schedule.livelihood, schedule.key_task.report_due_on
    first = min([months.first_month, *quarters])[:4]
    last = max([_month(date.fromisoformat(f"{months.last_month}-01"), 1), *quarters.values()])
    return date(int(first), 1, 1), _month(last, 3) - timedelta(days=1)


def _month(day: date, after: int) -> date:
    """The first day of a month so many months later."""
    number = day.year * 12 + day.month - 1 + after
    return date(number // 12, number % 12 + 1, 1)


def _lines(calendar: Calendar) -> list[str]:
    first, last = calendar.first_on, calendar.last_on
    sentence = f"Working days from {first} to {last}: Monday to Friday, but for these. {source(calendar)}"
    return [
        *(f"# {line}" for line in sentence.splitlines()),
        f"from: {first}",
        f"to: {last}",
        *_days("holidays", calendar.holidays, "weekdays off"),
        *_days("working_weekends", calendar.working_weekends, "调休"),
    ]


def _days(name: str, days: Sequence[date], meaning: str) -> list[str]:
    if not days:
        return [f"{name}: []"]
    rows = [", ".join(map(str, days[at : at + _ON_A_LINE])) for at in range(0, len(days), _ON_A_LINE)]
    return [f"{name}: [  # {meaning}", *(f"  {row}," for row in rows[:-1]), f"  {rows[-1]}]"]


def _with_calendar(text: str, document: ParsedText, calendar: Calendar) -> str:
    """The programme's text with this calendar in it, everything else as it was."""
    lines, inserted = text.splitlines(), ["calendar:", *(f"  {line}" for line in _lines(calendar))]
    begin = document.lines.get(("calendar",))
    if begin is None:
        return "\n".join([*lines, *inserted]) + "\n"
    end = begin
    while end < len(lines) and lines[end][:1] in (" ", "\t", "]", "}"):
        end += 1
    return "\n".join([*lines[: begin - 1], *inserted, *lines[end:]]) + "\n"


def _only_the_calendar_moved(file: Path, before: ParsedText, text: str, calendar: Calendar) -> bool:
    try:
        after = read_yaml(text.encode())
    except Inexact:
        return False
    if not isinstance(after.value, dict) or {**after.value, "calendar": None} != {**before.value, "calendar": None}:
        return False
    return _inline(file, after, after.value["calendar"]) == calendar


def _fault(file: Path, document: ParsedText, loc: tuple[str | int, ...], zh: str, en: str) -> NotComposable:
    return NotComposable(file, Fault(loc, "not_composable", zh, en, line_of(loc, document.lines)))
