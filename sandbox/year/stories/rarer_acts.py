"""Quarters of a key task with rarer acts still: moved deadlines, extensions, replies, corrections, handovers."""

from __future__ import annotations

from datetime import date

from sandbox.year.stories.disputed_quarters import visit
from sandbox.year.stories.key_task_quarters import admit, in_time, unseen
from sandbox.year.stories.story import ItemStory


def statistics_late(s: ItemStory, q: str) -> None:
    """The figures come late: the office moves the deadline, and the report is in time by the new one."""
    due = s.due(q)
    s.move_deadline(q, s.shift(due, -4), s.shift(due, 5), "统计数据尚未公布（模拟）")
    s.report(q, s.shift(due, 3))


def extended(s: ItemStory, q: str) -> None:
    """The rectification's limit is extended on request, and met as extended."""
    settled = _ask_for_time(s, q)
    s.leader("extension.decided", _decision(s, "approved", "同意延期（模拟）"), s.after(settled, 10, 11))
    s.rectify(s.after(settled, 17, 19), s.after(settled, 20, 21))


def not_extended(s: ItemStory, q: str) -> None:
    """An extension is refused: put right within the limit all the same."""
    settled = _ask_for_time(s, q)
    s.leader("extension.decided", _decision(s, "refused", "应按期完成（模拟）"), s.after(settled, 9, 10))
    s.rectify(s.after(settled, 11, 12), s.after(settled, 13, 15))


def _ask_for_time(s: ItemStory, q: str) -> date:
    """Behind, signed for, and an extension asked for; the day on which the quarter settled."""
    admit(s, q)
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 2))
    until_on = s.shift(settled, 22).isoformat()
    asked = {"extension": f"ext-{s.item}", "until_on": until_on, "reason": "汛期无法施工（模拟）"}
    s.unit("extension.requested", asked, s.after(settled, 6, 8))
    return settled


def _decision(s: ItemStory, decision: str, reason: str) -> dict[str, str]:
    return {"extension": f"ext-{s.item}", "decision": decision, "reason": reason}


def explains_itself(s: ItemStory, q: str) -> None:
    """Behind, and the unit says why; the office publishes it. Put right."""
    admit(s, q)
    settled = s.settles(q)
    s.reply(q, "主要因征地协调滞后，现已完成签约，将按期补齐（模拟）。", s.shift(settled, 1), s.after(settled, 2, 3))
    s.sign("rectification", q, s.shift(settled, 3))
    s.rectify(s.after(settled, 6, 9), s.after(settled, 10, 13))


def not_published(s: ItemStory, q: str) -> None:
    """Behind, and the unit puts it on somebody else; the office withholds that word. Put right."""
    admit(s, q)
    settled = s.settles(q)
    text = "主要责任在配合单位（模拟）。"
    s.reply(q, text, s.shift(settled, 1), s.after(settled, 2, 3), withheld="未说明本单位原因（模拟）")
    s.sign("rectification", q, s.shift(settled, 3))
    s.rectify(s.after(settled, 6, 9), s.after(settled, 10, 13))


def unapproved_visit(s: ItemStory, q: str) -> None:
    """A visit under a plan that nobody approved finds nothing that would count."""
    unseen(s, q)
    settled = s.settles(q)
    visit(s, q, s.after(settled, 1, 1), s.after(settled, 4, 5), approved=False)


def title_corrected(s: ItemStory, q: str) -> None:
    """A slip in the title is corrected; the quarter is met."""
    title = f"{s.assigned.title}（更正）"
    reason = "标题与报告原文不符（模拟）"
    s.correct_title(title, s.after(s.opens(q), 15, 25), reason)
    in_time(s, q)


def handed_over(s: ItemStory, q: str) -> None:
    """The item goes to another unit (机构改革), which reports from then on."""
    s.hand_over(s.after(s.opens(q), 15, 25), "机构改革，职责划转（模拟）")
    in_time(s, q)
