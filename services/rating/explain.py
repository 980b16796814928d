"""Why a light or an escalation stands as it does: one sentence in Chinese and in English, from the state alone."""

from __future__ import annotations

from calendar import month_abbr
from datetime import datetime

from contracts.words import CAUSES, ESCALATION_STATES, LEVELS, LIGHTS, Word, say
from services.rating.light import made_up, met_in_time
from services.rating.node import node_met
from services.rating.scheme import Scheme
from services.rating.state import Escalation, Item, Report


def explain(item: Item, period: str) -> Word:
    """Why a period has the light that it has, e.g. 2024年第二季度黄灯：截至7月10日24时未报送. Raises KeyError.

    rulebook: Lights 4 ("Every change says why")
    """
    index = item.scheme.quarter_index[period]
    quarter = item.quarters[index]
    name, light = period_word(period), LIGHTS[quarter.light]
    parts = [_why(item, index)]
    if quarter.light == "red" and (before := _before(item, index)) is not None:
        colour = LIGHTS[item.quarters[before].light]
        earlier = period_word(item.scheme.quarters[before].id)
        parts.append(Word(f"上一周期（{earlier.zh}）为{colour.zh}", f"the period before, {earlier.en}, is {colour.en}"))
    policy = quarter.policy or item.scheme.policy
    if (
        quarter.settled
        and quarter.light == policy.made_up_light
        and not met_in_time(item, index)
        and made_up(item, index)
    ):
        parts.append(Word("逾期后已补齐", "made up after the deadline"))
    if any(appeal.against.light == period for appeal in item.appeals):
        parts.append(Word("申诉待决，灯色暂不变", "under appeal, the light stands meanwhile"))
    return Word(
        f"{name.zh}{light.zh}：{'；'.join(part.zh for part in parts)}",
        f"{name.en} {light.en}: {'; '.join(part.en for part in parts)}",
    )


def explain_escalation(item: Item, escalation: Escalation) -> Word:
    """What an escalation stands on, until when, and how far it is (rulebook: Escalation ladder)."""
    level, phase = LEVELS[escalation.level], ESCALATION_STATES[escalation.phase]
    names = list(dict.fromkeys(cause.name for cause in escalation.causes if cause.standing))
    causes = [_cause(item, name) for name in names]
    zh, en = [phase.zh], [phase.en]
    if escalation.due_at is not None:
        until = due_word(item.scheme, escalation.due_at)
        zh, en = [*zh, f"期限{until.zh}"], [*en, f"due {until.en}"]
    if escalation.overdue:
        zh, en = [*zh, ESCALATION_STATES["overdue"].zh], [*en, ESCALATION_STATES["overdue"].en]
    head = Word(
        "、".join(cause.zh for cause in causes) or "事由已全部撤去",
        ", ".join(cause.en for cause in causes) or "no cause stands any more",
    )
    return Word(f"{level.zh}：{head.zh}；{'；'.join(zh)}", f"{level.en}: {head.en}; {'; '.join(en)}")


def period_word(period: str) -> Word:
    """A period as people name it."""
    year = period[:4]
    if period[4] == "Q":
        return Word(f"{year}年第{'一二三四'[int(period[5]) - 1]}季度", f"{year} Q{period[5]}")
    return Word(f"{year}年{int(period[5:])}月", f"{month_abbr[int(period[5:])]} {year}")


def due_word(scheme: Scheme, due_at: datetime) -> Word:
    """A deadline as people name it: the end of a day is its 24th hour."""
    day = scheme.day_before(due_at)
    return Word(f"{day.month}月{day.day}日24时", f"the end of {day.day} {month_abbr[day.month]}")


def _why(item: Item, index: int) -> Word:
    quarter, frame = item.quarters[index], item.scheme.quarters[index]
    if frame.void:
        return Word("发布时期限已过，不适用", "its deadline had passed at the publication; it binds nobody")
    if quarter.upheld:
        return Word("申诉成立，按期达成", "an appeal was upheld: it counts as met in time")
    if quarter.light == "green":
        if item.scheme.category == "livelihood":
            return Word("各月按时报送，末月节点达成", "every month came in time and the last month's node is met")
        return Word("按期报送，节点目标达成", "reported in time, the node is met")
    if not quarter.settled and item.hands.withdrawn:
        return Word("已退出年度考核，不再亮灯", "withdrawn from the assessment, no light from then on")
    missing = [_missing(item, part) for part in frame.parts[:-1] if item.periods[part].in_time is None]
    last = frame.parts[-1]
    if not node_met(item, last, item.periods[last].in_time):
        missing.append(_last_part(item, last, settled=quarter.settled))
    return Word("，".join(word.zh for word in missing), ", ".join(word.en for word in missing))


def _last_part(item: Item, part: int, *, settled: bool) -> Word:
    report = item.periods[part].in_time
    period = item.scheme.periods[part]
    if report is None:
        return _missing(item, part)
    until = due_word(item.scheme, period.due_at)
    if report.finding == "overturned":
        return Word("所报经核查推翻", "the report was overturned")
    if period.id not in item.plan.nodes:
        if settled:
            return Word(f"截至{until.zh}没有已确认的节点目标", f"no confirmed node by {until.en}")
        return Word("尚无已确认的节点目标", "no confirmed node yet")
    return _shortfall(report)


def _missing(item: Item, part: int) -> Word:
    here, period = item.periods[part], item.scheme.periods[part]
    until = due_word(item.scheme, period.due_at)
    name = period_word(period.id) if item.scheme.category == "livelihood" else Word("", "")
    late = here.late
    if late is not None and here.settled:
        came = item.scheme.day_of(late.received_at)
        return Word(
            f"{name.zh}截至{until.zh}未报送（{came.month}月{came.day}日逾期报送）",
            f"{name.en} not reported by {until.en} (late, on {came.day} {month_abbr[came.month]})".strip(),
        )
    if here.settled:
        return Word(f"{name.zh}截至{until.zh}未报送", f"{name.en} not reported by {until.en}".strip())
    return Word(f"{name.zh}尚未报送，期限{until.zh}", f"{name.en} not reported yet, due {until.en}".strip())


def _shortfall(report: Report) -> Word:
    if report.claim == "in_progress":
        return Word("所报尚在推进，节点未达成", "reported as in progress, the node is not met")
    if report.claim == "blocked":
        return Word("所报受阻，节点未达成", "reported as blocked, the node is not met")
    return Word("自报完成，但数据未达标或未填齐", "claimed complete, but the figures fall short")


def _before(item: Item, index: int) -> int | None:
    """The previous settled period (rulebook: Lights 3)."""
    settled = [earlier for earlier in range(index) if item.quarters[earlier].settled]
    missed = [earlier for earlier in settled[-1:] if item.quarters[earlier].light in ("yellow", "red")]
    return missed[0] if missed else None


def _cause(item: Item, name: str) -> Word:
    index = item.scheme.quarter_index.get(name)
    if index is None:
        return Word(say(CAUSES, name, "zh"), say(CAUSES, name, "en"))
    light, period = LIGHTS[item.quarters[index].light], period_word(name)
    return Word(f"{period.zh}{light.zh}", f"{period.en} {light.en}")
