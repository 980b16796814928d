"""Why a light stands as it does, in Chinese and in English: the one place where that sentence is made."""

from __future__ import annotations

import re
from calendar import month_abbr
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from contracts.rulings import Compared
from contracts.values import Claim, Light, PeriodId
from supervision.words import CLAIMS, LIGHTS, Word

SIGNS: Final = {">=": "≥", "<=": "≤"}
_QUARTER: Final = re.compile(r"(\d{4})Q([1-4])")
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SHORT: Final = {
    "completed": Word("自报完成，但数据未达标或未填齐", "claimed complete, but the figures fall short"),
    "in_progress": Word("所报尚在推进，节点未达成", "reported as in progress, the node is not met"),
    "blocked": Word("所报受阻，节点未达成", "reported as blocked, the node is not met"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """A reporting period that a light rests on; `due_on` and `late_on` are local days, `met` of the report in time."""

    period: PeriodId
    due_on: date
    settled: bool = False
    claim: Claim | None = None
    overturned: bool = False
    met: bool = False
    late_on: date | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LightFacts:
    """What a light rests on; no `parts`: the period binds nobody. `before` is the period before, where it was missed.

    `compared` are the targets and values by which the period settled.
    """

    period: PeriodId
    light: Light
    settled: bool
    monthly: bool
    parts: Sequence[PartFacts]
    upheld: bool = False
    withdrawn: bool = False
    made_up: bool = False
    appealed: bool = False
    before: tuple[PeriodId, Light] | None = None
    compared: Sequence[Compared] = ()


def light_sentence(facts: LightFacts, *, published: bool = False) -> Word:
    """Why a period has its light, such as 2024年第二季度黄灯：截至7月10日24时未报送.

    `published` is for the public: where it rests on a finding or an appeal, only that the node was met in time or not.
    rulebook: Lights 4 ("Every change says why"); Who ("public: reads what was published")
    """
    name, light = period_word(facts.period), LIGHTS[facts.light]
    parts = [_outcome(facts) if published and _is_internal(facts) else _why(facts)]
    if facts.light == "red" and facts.before is not None:
        earlier, colour = period_word(facts.before[0]), LIGHTS[facts.before[1]]
        parts.append(Word(f"上一周期（{earlier.zh}）为{colour.zh}", f"the period before, {earlier.en}, is {colour.en}"))
    if facts.made_up:
        parts.append(Word("逾期后已补齐", "made up after the deadline"))
    if facts.appealed and not published:
        parts.append(Word("申诉待决，灯色暂不变", "under appeal, the light stands meanwhile"))
    why = joined(parts)
    return Word(f"{name.zh}{light.zh}：{why.zh}", f"{name.en} {light.en}: {why.en}")


def joined(words: Iterable[Word]) -> Word:
    """Several clauses as one."""
    listed = list(words)
    return Word("；".join(word.zh for word in listed), "; ".join(word.en for word in listed))


def period_word(period: str) -> Word:
    """A period as people name it; anything else as it is."""
    if quarter := _QUARTER.fullmatch(period):
        return Word(f"{quarter[1]}年第{'一二三四'[int(quarter[2]) - 1]}季度", f"{quarter[1]} Q{quarter[2]}")
    if month := _MONTH.fullmatch(period):
        return Word(f"{month[1]}年{int(month[2])}月", f"{month_abbr[int(month[2])]} {month[1]}")
    return Word(period, period)


def is_period(text: str) -> bool:
    """Whether a text names a period."""
    return bool(_QUARTER.fullmatch(text) or _MONTH.fullmatch(text))


def due_word(day: date) -> Word:
    """A deadline as people name it: the end of its last day is that day's 24th hour."""
    return Word(f"{day.month}月{day.day}日24时", f"the end of {day.day} {month_abbr[day.month]}")


def day_word(day: date) -> Word:
    """A day as people name it."""
    return Word(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {month_abbr[day.month]} {day.year}")


def compared_word(
    indicator: str, comparator: str, target: Decimal | int | str, measured: Decimal | int | str | None
) -> Word:
    """One target beside the measured value."""
    sign, goal = SIGNS.get(comparator, comparator), plain(target)
    value = Word("未填报", "not measured")
    if measured is not None:
        value = Word(f"实报{plain(measured)}", f"measured {plain(measured)}")
    return Word(f"{indicator}目标{sign}{goal}，{value.zh}", f"{indicator} target {sign} {goal}, {value.en}")


def plain(number: object) -> str:
    """A decimal number without idle zeros."""
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_internal(facts: LightFacts) -> bool:
    """Whether the sentence would tell of a finding or of an appeal."""
    gone = facts.withdrawn and not facts.settled
    return facts.upheld or (bool(facts.parts) and facts.parts[-1].overturned and not gone)


def _outcome(facts: LightFacts) -> Word:
    if facts.light == "green":
        return Word("按期达成", "met in time")
    if facts.settled:
        return Word("未按期达成", "not met in time")
    until = due_word(facts.parts[-1].due_on)
    return Word(f"尚未达成，期限{until.zh}", f"not met yet, due {until.en}")


def _why(facts: LightFacts) -> Word:
    if not facts.parts:
        return Word("发布时期限已过，不适用", "its deadline had passed at the publication; it binds nobody")
    if facts.upheld:
        return Word("申诉成立，按期达成", "an appeal was upheld: it counts as met in time")
    if facts.light == "green" and not facts.made_up:
        if facts.monthly:
            return Word("各月按时报送，末月节点达成", "every month came in time and the last month's node is met")
        return Word("按期报送，节点目标达成", "reported in time, the node is met")
    if not facts.settled and facts.withdrawn:
        return Word("已退出年度考核，不再亮灯", "withdrawn from the assessment, no light from then on")
    missing = [_missing(part, named=facts.monthly) for part in facts.parts[:-1] if part.claim is None]
    last = facts.parts[-1]
    if not last.met:
        missing.append(_last_part(facts, last))
    if not missing:
        return Word("所记事实不支持此灯色", "what is on record does not account for it")
    return Word("，".join(word.zh for word in missing), ", ".join(word.en for word in missing))


def _last_part(facts: LightFacts, part: PartFacts) -> Word:
    if part.claim is None:
        missing = _missing(part, named=facts.monthly)
        if part.planned or not part.settled:
            return missing
        return Word(f"{missing.zh}，也没有已确认的节点目标", f"{missing.en}, and no node is confirmed")
    if part.overturned:
        return Word("所报经核查推翻", "the report was overturned")
    if not part.planned:
        if facts.settled:
            until = due_word(part.due_on)
            return Word(f"截至{until.zh}没有已确认的节点目标", f"no confirmed node by {until.en}")
        return Word("尚无已确认的节点目标", "no confirmed node yet")
    short = [compared_word(c.indicator, c.comparator, c.target, c.measured) for c in facts.compared if not c.reached]
    if not short:
        return _SHORT[part.claim]
    zh, en = "、".join(value.zh for value in short), ", ".join(value.en for value in short)
    if part.claim == "completed":
        return Word(f"自报{CLAIMS['completed'].zh}，但{zh}", f"claimed complete, but {en}")
    return Word(f"{_SHORT[part.claim].zh}（{zh}）", f"{_SHORT[part.claim].en} ({en})")


def _missing(part: PartFacts, *, named: bool) -> Word:
    until = due_word(part.due_on)
    name = period_word(part.period) if named else Word("", "")
    if not part.settled:
        return Word(f"{name.zh}尚未报送，期限{until.zh}", f"{name.en} not reported yet, due {until.en}".strip())
    late = Word("", "")
    if (on := part.late_on) is not None:
        late = Word(f"（{on.month}月{on.day}日逾期报送）", f" (late, on {on.day} {month_abbr[on.month]})")
    return Word(f"{name.zh}截至{until.zh}未报送{late.zh}", f"{name.en} not reported by {until.en}{late.en}".strip())
