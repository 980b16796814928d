"""What a notice says, sentence by sentence, in Chinese and in English; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from contracts.dispatches import NoticeKind
from services.notify.notices.documents import informing
from services.notify.notices.documents.phrases import NoticeSentences, by, cause, day, iso, leader, period
from services.notify.notices.facts import ProgrammeFacts
from services.notify.notices.notice import NoticeDue
from supervision.light_sentences import joined
from supervision.words import Word

TITLES: Final[Mapping[NoticeKind, Word]] = {
    "rectification": Word("督查整改通知书", "Notice of rectification"),
    "interview": Word("约谈通知书", "Notice of interview"),
    "chief_interview": Word("主要领导约谈通知书", "Notice of interview by the chief leader"),
    "blockage": Word("“卡壳”问题呈报单", "Blockage submitted to the government"),
    "reminder": Word("催报通知", "Reminder"),
    "withdrawn": Word("撤销通知书", "Notice of withdrawal"),
    "deadline": Word("期限变更通知书", "Notice of a changed deadline"),
    "extension": Word("延期整改答复书", "Answer about an extension"),
    "reply": Word("单位说明办理告知书", "What became of a reply"),
}
MAX_CAUSES: Final = 12
_FINAL: Final = Word(
    "事项退出年度考核的，不再恢复。", "An item that was withdrawn from the assessment stays withdrawn."
)
"""A withdrawal is final (rulebook: Escalation ladder)."""


_UNSIGNED: Final = Word(
    "按本方案规定，该项报送须由单位主要负责人签发：已拟好、尚未签发的，不算报送；请经办人、主要负责人抓紧办理。",
    "The unit's head signs it: what is prepared and not signed does not count as filed.",
)
"""The log does not know what lies unsigned inside a unit (rulebook: Who, signed)."""
_REMINDED: Final = {"report": "progress", "rectification": "rectification"}


def notice_sentences(due: NoticeDue, programme: ProgrammeFacts, revoked: Sequence[str]) -> NoticeSentences:
    """The sentences of a notice; `revoked` are the numbers of the notices that it withdraws."""
    item = due.item
    unit = programme.units.get(item.lead_unit, item.lead_unit)
    limit = item.last_day(due.due_at) if due.due_at else None
    plan = programme.title.replace("《", "〈").replace("》", "〉")
    basis = f"根据《{plan}》（{programme.document}）"
    causes = [cause(reason, due) for reason in due.reasons[:MAX_CAUSES]]
    why = joined(causes)
    title = item.title.replace("“", "‘").replace("”", "’")
    subject = f"督查事项“{title}”（编号{item.id}）"
    match due.kind:
        case "reminder":
            return _reminder(due, unit, subject, limit)
        case "withdrawn":
            return _withdrawn(due, programme, unit, subject, why, revoked)
        case "blockage":
            return _blockage(due, programme.jurisdiction, unit, subject, basis, why, limit)
        case "rectification":
            return _rectification(due, unit, subject, basis, why, limit)
        case "deadline":
            return informing.deadline(due, unit, subject, limit)
        case "extension":
            return informing.extension(due, unit, subject, limit)
        case "reply":
            return informing.reply(due, programme, subject)
    return _interview(due, unit, subject, basis, why, limit, programme)


def _rectification(
    due: NoticeDue, unit: str, subject: str, basis: str, why: Word, limit: date | None
) -> NoticeSentences:
    more = "本件为前次整改通知的补充，整改期限不变。" if due.joined else ""
    return NoticeSentences(
        f"{unit}：",
        f"你单位牵头承办的{subject}，{why.zh}。{basis}，现责令限期整改，有关事项通知如下。{more}",
        (
            f"请{_when(due, limit)}完成整改，并将整改情况报送督查室。",
            "逾期未报送，或经核查整改不到位的，由分管区领导约谈你单位负责人。",
            _appeal(due),
        ),
        "特此通知。",
        (
            f"{why.en}. The lead unit is to put this right and to report {_until(due, limit)}.",
            *(["This adds a cause to an earlier notice; its limit has not moved."] if due.joined else []),
            *_appeal_en(due),
        ),
    )


def _interview(
    due: NoticeDue, unit: str, subject: str, basis: str, why: Word, limit: date | None, programme: ProgrammeFacts
) -> NoticeSentences:
    chief = due.kind == "chief_interview"
    holder = "区政府主要领导" if chief else leader(programme, due.item.leader)
    head = "主要负责人" if chief else "负责人"
    more = "本件为前次约谈通知的补充，约谈期限不变。" if due.joined else ""
    return NoticeSentences(
        f"{unit}：",
        f"你单位牵头承办的{subject}，{why.zh}。{basis}，决定由{holder}约谈你单位{head}，有关事项通知如下。{more}",
        (
            f"约谈{_when(due, limit)}进行，具体时间、地点由督查室另行告知。",
            "请就未完成的原因、整改措施和完成时限准备书面材料，约谈后形成纪要报督查室。",
            _appeal(due),
        ),
        "特此通知。",
        (
            f"{why.en}. The {'chief leader' if chief else 'leader in charge'} holds the interview "
            f"{_until(due, limit)}.",
            *(["This adds a cause to an earlier notice; its limit has not moved."] if due.joined else []),
            *_appeal_en(due),
        ),
    )


def _blockage(
    due: NoticeDue, place: str, unit: str, subject: str, basis: str, why: Word, limit: date | None
) -> NoticeSentences:
    return NoticeSentences(
        f"{place}人民政府：",
        f"{unit}牵头承办的{subject}，遇到难以自行解决的“卡壳”问题（{why.zh}）。{basis}，现呈请研究解决。",
        (f"请{_when(due, limit)}予以答复，由督查室记录并反馈承办单位。",),
        "妥否，请批示。",
        (
            f"The lead unit reports a blockage ({why.en}) that it cannot resolve.",
            f"An answer is asked for {_until(due, limit)}.",
        ),
    )


def _reminder(due: NoticeDue, unit: str, subject: str, limit: date | None) -> NoticeSentences:
    about = period(due.reasons[0])
    signed = f"{_REMINDED[due.level]}.reported" in due.item.record.assignment.policy.signed
    what = Word("整改情况", "rectification") if about is None else Word(f"{about.zh}落实情况", f"report on {about.en}")
    return NoticeSentences(
        f"{unit}：",
        f"你单位牵头承办的{subject}，{what.zh}报送截止日期为{day(limit) if limit else '—'}（含当日），"
        f"距截止还有{due.days}个工作日，目前尚未收到。",
        ("请按时报送；逾期未报送的，将按规定亮灯督办。", *([_UNSIGNED.zh] if signed else [])),
        "特此通知。",
        (
            f"The {what.en} is due by {iso(limit)}, {due.days} working day(s) ahead, and was not received yet.",
            *([_UNSIGNED.en] if signed else []),
        ),
    )


def _withdrawn(
    due: NoticeDue, programme: ProgrammeFacts, unit: str, subject: str, why: Word, revoked: Sequence[str]
) -> NoticeSentences:
    numbers = "、".join(revoked)
    now = Word(f"（{why.zh}）", f" ({why.en})") if why.zh else Word("", "")
    whom = f"{programme.jurisdiction}人民政府" if due.level == "blockage" else unit
    if due.partly:
        zh = f"其中一项事由不再成立{now.zh}，予以撤销；其余内容继续有效，办理期限不变"
        en = f"Of {numbers}, one cause is withdrawn{now.en}; the rest stands, with the same limit."
    else:
        zh = f"所依据的事由不再成立{now.zh}，予以撤销，不再执行"
        en = f"{numbers}: no cause is left{now.en}; withdrawn."
    final = due.item.record.assignment.withdrawn
    return NoticeSentences(
        f"{whom}：",
        f"关于{unit}牵头承办的{subject}，我室此前发出的{numbers}，{zh}。",
        ("已据此开展的工作请妥善衔接，相关记录保留备查。", *([_FINAL.zh] if final else [])),
        "特此通知。",
        (en, *([_FINAL.en] if final else [])),
    )


def _appeal(due: NoticeDue) -> str:
    return (
        f"请签收本通知。如有异议，可自签收之日起{due.item.appeal_days}日内提出申诉；"
        f"申诉期间本通知继续执行，期限照走。{_FINAL.zh}"
    )


def _appeal_en(due: NoticeDue) -> tuple[str, str]:
    return (
        f"It can be appealed within {due.item.appeal_days} calendar days of its receipt; its limit runs on meanwhile.",
        _FINAL.en,
    )


def _when(due: NoticeDue, limit: date | None) -> str:
    """By when; a letter never orders a day that has passed (rulebook: Escalation ladder)."""
    if _has_passed(due) and limit is not None:
        return f"立即（应于{day(limit)}前，已过）"
    return f"于{by(limit)}"


def _until(due: NoticeDue, limit: date | None) -> str:
    return f"at once (due on {iso(limit)} already)" if _has_passed(due) else f"by {iso(limit)}"


def _has_passed(due: NoticeDue) -> bool:
    return due.joined and due.due_at is not None and due.issued_at >= due.due_at
