"""What an event says, as a sentence in Chinese and in English, made from the event alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from contracts.rulings import Compared
from contracts.values import Target
from services.query.read_model.as_of import LOCAL
from services.query.read_model.columns import Json
from supervision import words, workdays
from supervision.escalation_sentences import CauseFacts, cause_word
from supervision.light_sentences import SIGNS, compared_word, period_word, plain
from supervision.words import Language, Word, Words, say

Data = Mapping[str, Json]

_EVENTS: Final[Words] = {
    "programme.opened": Word("督查方案发布：{title}", "Programme published: {title}"),
    "item.opened": Word("列入督查事项：{title}", "Item under supervision: {title}"),
    "item.transferred": Word("事项移交：牵头单位 {lead_unit}", "Handed over: lead unit {lead_unit}"),
    "withdrawal.filed": Word("申请退出年度考核，待主要领导审定", "Withdrawal from the assessment requested"),
    "withdrawal.refused": Word("主要领导不同意退出考核", "The chief leader refused the withdrawal"),
    "item.withdrawn": Word("退出年度考核，此后不再亮灯", "Withdrawn from the assessment; no light from here on"),
    "policy.changed": Word("启用新的政策版本", "Another policy version holds"),
    "plan.received": Word("收到工作方案，待分管区领导审定", "Plan received, waiting for the leader in charge"),
    "plan.returned": Word("工作方案被退回", "The plan was returned"),
    "plan.adopted": Word("工作方案确认，节点目标生效", "The plan was confirmed; its nodes hold"),
    "plan.missed": Word("方案报送期限已过，未收到方案", "The plans' deadline passed without a plan"),
    "adjustment.filed": Word("申请调整{period}节点，待审定", "Adjustment of {period} requested"),
    "adjustment.approved": Word("节点调整获准，随方案生效", "Adjustment approved; it takes effect with the plan"),
    "adjustment.refused": Word("节点调整未获同意", "The adjustment was refused"),
    "node.adjusted": Word("{period}节点目标已调整", "The node of {period} was adjusted"),
    "progress.recorded": Word("{period}进展入档：{claim}", "Report for {period}: {claim}"),
    "inspection.authorized": Word("检查计划在案", "An inspection plan is on record"),
    "verification.recorded": Word("{period}报告：{finding}", "Report for {period}: {finding}"),
    "lag.recorded": Word("认定进展严重滞后", "Severe lag was declared"),
    "light.changed": Word("{period}：{from}转{to}", "{period}: {from} to {to}"),
    "light.settled": Word("{period}定灯：{light}", "{period} settled: {light}"),
    "month.settled": Word("{month}：{status}", "{month}: {status}"),
    "reminder.due": Word("催报：{about}，期限{due}", "Reminder: {about}, due {due}"),
    "escalation.raised": Word("发起{level}：{cause}{until}", "{level} raised: {cause}{until}"),
    "escalation.joined": Word("并入{level}：{cause}", "Joined the {level}: {cause}"),
    "escalation.confirmed": Word("{level}经确认{until}", "{level} confirmed{until}"),
    "escalation.reported": Word("已报告整改", "Rectification reported"),
    "escalation.reviewed": Word("整改核查：{finding}", "Rectification reviewed: {finding}"),
    "escalation.overdue": Word("{level}逾期", "{level} overdue"),
    "escalation.reduced": Word("{level}撤去一项事由：{cause}", "A cause was taken from the {level}: {cause}"),
    "escalation.closed": Word("{level}办结", "{level} closed"),
    "escalation.withdrawn": Word("{level}撤销", "{level} withdrawn"),
    "blockage.resolved": Word("卡壳事项已答复", "The blockage was answered"),
    "notice.signed": Word("{level}已签收", "{level} signed for"),
    "appeal.opened": Word("提出申诉，{due}前答复", "Appeal lodged, to be decided by {due}"),
    "appeal.closed": Word("申诉审定：{decision}", "Appeal decided: {decision}"),
    "appeal.overdue": Word("申诉逾期未决", "The appeal was not decided in time"),
    "bulletin.filed": Word("通报待批", "A bulletin waits for approval"),
    "bulletin.published": Word("通报已发布", "Bulletin published"),
}


def last_day(due_at: str | datetime | None, language: Language) -> str:
    """The last day of an exclusive limit, in local time."""
    if due_at is None:
        return ""
    instant = datetime.fromisoformat(due_at) if isinstance(due_at, str) else due_at
    day = workdays.last_day(instant, LOCAL)
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b %Y}"


def event_sentence(type_: str, data: Data, names: Mapping[str, str], language: Language) -> str:
    """The sentence of an event; `names` are units' and leaders' official names by id."""
    template = say(_EVENTS, type_, language)
    return template.format_map(_Values(_values(data, names, language)))


def comparison(values: Compared, language: Language) -> str:
    """One target beside the measured value."""
    return _in(compared_word(values.indicator, values.comparator, values.target, values.measured), language)


def cause_name(level: str, cause: str, language: Language) -> str:
    """A cause of an escalation of this level in words: a period, a known cause, or a blockage's number."""
    return _in(cause_word(level, CauseFacts(name=cause)), language)


def _in(word: Word, language: Language) -> str:
    return word.zh if language == "zh" else word.en


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _values(data: Data, names: Mapping[str, str], language: Language) -> dict[str, str]:
    values = {key: str(value) for key, value in data.items() if isinstance(value, str)}
    if "cause" in values:
        values["cause"] = cause_name(values.get("level", ""), values["cause"], language)
    for key, table in (
        ("claim", words.CLAIMS),
        ("finding", words.FINDINGS),
        ("decision", words.FINDINGS),
        ("status", words.MONTHS),
        ("level", words.LEVELS),
        ("light", words.LIGHTS),
        ("from", words.LIGHTS),
        ("to", words.LIGHTS),
    ):
        if key in values:
            values[key] = say(table, values[key], language)
    for key in ("period", "month"):
        if key in values:
            values[key] = _in(period_word(values[key]), language)
    if "about" in values:
        kind = "rectification" if data.get("kind") == "rectification" else ""
        values["about"] = say(words.LEVELS, kind, language) if kind else _in(period_word(values["about"]), language)
    values["lead_unit"] = names.get(values.get("lead_unit", ""), values.get("lead_unit", ""))
    due_at = data.get("due_at")
    values["due"] = last_day(due_at if isinstance(due_at, str) else None, language)
    if values["due"]:
        values["until"] = f"，{values['due']}前办结" if language == "zh" else f", until {values['due']}"
    return values


def goal(target: Target) -> str:
    """A target of a node, such as `高标准农田 ≥ 2000 亩`."""
    sign = SIGNS.get(target.comparator, target.comparator)
    return f"{target.indicator} {sign} {plain(target.value)} {target.unit}".strip()
