"""What the notices say that order nothing: a date that is another one, an answer to a request or to a reply."""

from __future__ import annotations

from datetime import date

from services.notify.notices.documents.phrases import NoticeSentences, by, cause, day, iso
from services.notify.notices.facts import ProgrammeFacts
from services.notify.notices.notice import NoticeDue
from supervision.light_sentences import period_word
from supervision.words import Word


def deadline(due: NoticeDue, unit: str, subject: str, limit: date | None) -> NoticeSentences:
    """A report's deadline was moved, or dates follow from a calendar that has grown (rulebook: Deadlines)."""
    before = due.item.last_day(due.before) if due.before else None
    if due.escalation is not None:
        what = Word("办理期限因日历增补", "The limit, by the calendar that has grown,")
    elif due.before is not None:
        name = period_word(due.reasons[0])
        what = Word(f"{name.zh}报送期限经督查室决定", f"The office decided: the report on {name.en}")
    else:
        dates = due.item.record.lights.deadlines
        new = [(period_word(one), due.item.last_day(dates.due_at(one))) for one in due.reasons]
        return NoticeSentences(
            f"{unit}：",
            f"你单位牵头承办的{subject}，日历已增补，原为暂定的报送期限相应确定如下。",
            tuple(f"{name.zh}：{day(on)}（含当日）。" for name, on in new),
            "特此通知。",
            tuple(f"By the calendar that has grown the report on {name.en} is due by {iso(on)}." for name, on in new),
        )
    return NoticeSentences(
        f"{unit}：",
        f"你单位牵头承办的{subject}，{what.zh}，由{day(before) if before else '—'}延至{by(limit)}。",
        (*([f"理由：{due.said.rstrip('。')}。"] if due.said else []), "此后以变更后的期限为准，逾期照章办理。"),
        "特此通知。",
        (f"{what.en} is due by {iso(limit)}, no longer by {iso(before)}.",),
    )


def extension(due: NoticeDue, unit: str, subject: str, limit: date | None) -> NoticeSentences:
    """What the leader decided about an extension (延期整改; rulebook: Escalation ladder)."""
    if due.decision == "refused":
        return NoticeSentences(
            f"{unit}：",
            f"你单位牵头承办的{subject}，所申请的延期整改未获同意，整改期限不变。",
            (f"仍请于{by(limit)}完成整改，并将整改情况报送督查室。",),
            "特此答复。",
            (f"The extension was refused; the rectification is still due by {iso(limit)}.",),
        )
    before = due.item.last_day(due.before) if due.before else None
    return NoticeSentences(
        f"{unit}：",
        f"你单位牵头承办的{subject}，所申请的延期整改已获同意，"
        f"整改期限由{day(before) if before else '—'}延至{by(limit)}。",
        ("请在延长的期限内完成整改，并将整改情况报送督查室；催报以新的期限为准。",),
        "特此答复。",
        (f"The extension was granted: due by {iso(limit)}, no longer by {iso(before)}.",),
    )


def reply(due: NoticeDue, programme: ProgrammeFacts, subject: str) -> NoticeSentences:
    """Whether the public may read what the unit said (rulebook: Right of reply)."""
    giver = due.recipients[0].role.partition(":")[2]
    about = cause(due.reasons[0], due)
    if due.decision == "published":
        zh, en = "已予公布，与所涉亮灯或通知并列显示", "is shown to the public beside what it is about"
        point = "再次说明的，须另行公布。"
    else:
        zh, en = (
            "不予公布，仍在内部页面并列显示",
            "is not shown to the public; inside it stands beside what it is about",
        )
        point = f"理由：{due.said.rstrip('。')}。"
    return NoticeSentences(
        f"{programme.units.get(giver, giver)}：",
        f"关于{subject}，你单位就“{about.zh}”所作的说明，{zh}。",
        (point,),
        "特此告知。",
        (f"The reply about “{about.en}” {en}.",),
    )
