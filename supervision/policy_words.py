"""What people read for the values of a policy, in Chinese and in English (rulebook: Policy)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from contracts.policy import Policy, Weights
from supervision.words import DEDUCTIONS, LIGHTS, SUBMISSIONS, Word, Words

VALUES: Final[Words] = {
    "utc_offset": Word("日期所在时区", "where days begin"),
    "deadline_inclusive": Word("“前”含当日", "a deadline takes in its day"),
    "missed_light": Word("未按期达成亮的灯", "the light of a missed period"),
    "made_up_light": Word("补报达成后转的灯", "what it turns to when made up late"),
    "yellows_to_red": Word("连续几次转红", "how many in a row are red"),
    "evidence_required": Word("报完成须有佐证", "completion needs evidence"),
    "grace_seconds": Word("收到后几秒内进入日志", "seconds from receipt to the log"),
    "skew_seconds": Word("收到时间最多可早记几秒", "seconds that a stamp may run ahead"),
    "reminder_days": Word("提前几个工作日催报", "reminders, working days before"),
    "reminder_hour": Word("几时催报", "hour of the reminders"),
    "rectification_days": Word("整改期限，工作日", "limit of a rectification, working days"),
    "interview_days": Word("约谈期限，工作日", "limit of an interview, working days"),
    "chief_interview_days": Word("主要领导约谈期限，工作日", "limit of a chief interview, working days"),
    "blockage_days": Word("卡壳答复期限，工作日", "limit of a blockage, working days"),
    "appeal_days": Word("申诉期限，自然日", "to appeal, calendar days"),
    "appeal_decision_days": Word("决定申诉的期限，自然日", "to decide an appeal, calendar days"),
    "blind_channel": Word("查不到结果的通道", "delivery unknown on a channel that cannot be asked"),
    "signed": Word("须由单位主要负责人报送的", "what a unit's head submits"),
    "complete_plans": Word("方案须每个周期都有节点", "a plan has a node for every open period"),
    "inspection_approval": Word("检查计划由谁说了算", "whose word an inspection plan needs"),
    "report_move_days": Word("延期报送至多几个工作日", "working days by which a report's deadline may be moved"),
    "extensions": Word("一份整改通知至多延期几次", "how often a rectification may be extended"),
    "extension_days": Word("整改每次至多延期几个工作日", "working days of one extension"),
    "minutes_days": Word("约谈纪要在几个工作日内可以写明日期", "working days within which minutes may name the day"),
    **{
        f"weights.{name}": Word(f"样例分值：{word.zh}", f"sample points: {word.en}")
        for name, word in DEDUCTIONS.items()
    },
    "weights.base": Word("样例分值：基础分", "sample points: base"),
}
"""By field; a weight by its own."""
_CHOICES: Final[Mapping[str, Words]] = {
    "missed_light": LIGHTS,
    "made_up_light": LIGHTS,
    "blind_channel": {
        "resend": Word("再发一份并注明", "one more marked copy"),
        "hold": Word("留待督查室", "held for the office"),
    },
    "inspection_approval": {
        "declared": Word("制定人", "the planner"),
        "chief": Word("主要领导批准", "the chief leader's approval"),
    },
    "signed": SUBMISSIONS,
}
_NONE: Final = Word("无", "none")
_YES: Final = Word("是", "yes")
_NO: Final = Word("否", "no")


POLICIES: Final[Words] = {
    "template": Word("通用模板", "general template"),
    "yuancheng-2024": Word("源城区2024年", "Yuancheng 2024"),
    "ouhai-like": Word("瓯海式样例", "sample in the manner of Ouhai"),
}
"""Those that come along; another one is called by its id."""


def policy_word(reference: str) -> Word:
    """A policy as rulings name it, such as `template@1`, in words."""
    id_, _, version = reference.partition("@")
    name = POLICIES.get(id_, Word(id_, id_))
    return Word(f"{name.zh}（第{version}版）", f"{name.en} (version {version})") if version else name


def otherwise(a: Policy, b: Policy) -> Iterator[tuple[str, Word, Word]]:
    """The fields whose values differ, with both in words."""
    ours, theirs = dict(_values(a)), dict(_values(b))
    for name in VALUES:
        if ours[name] != theirs[name]:
            yield name, value_word(name, ours[name]), value_word(name, theirs[name])


def value_word(name: str, value: Any) -> Word:
    """A value in words; numbers as they are."""
    if value is None or value == ():
        return _NONE
    if isinstance(value, bool):
        return _YES if value else _NO
    choices = _CHOICES.get(name, {})
    words = [
        choices.get(str(one), Word(str(one), str(one))) for one in (value if isinstance(value, tuple) else (value,))
    ]
    return Word("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def _values(policy: Policy) -> Iterator[tuple[str, Any]]:
    for field in fields(Policy):
        if field.name == "weights":
            yield from ((f"weights.{one.name}", getattr(policy.weights, one.name)) for one in fields(Weights))
        elif field.name not in ("id", "version"):
            yield field.name, getattr(policy, field.name)
