"""Renders a notice as HTML and as plain text; the same notice always gives the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.dispatches import Recipient
from contracts.rulings import Compared
from services.notify.notices.documents.notice_sentences import TITLES, notice_sentences
from services.notify.notices.documents.phrases import NoticeSentences, cause, day, escalation, leader, period
from services.notify.notices.facts import ProgrammeFacts
from services.notify.notices.notice import NoticeDue
from supervision.words import CATEGORIES, LIGHTS, NOTE, Word

MAX_ROWS = 16
SHAPES = {"green": "●", "yellow": "▲", "red": "■", "none": "○"}
SIGNS = {">=": "≥", "<=": "≤"}
MAX_TITLE = 400
MAX_HTML = 60_000
MAX_TEXT = 20_000
"""Characters, the limits of the contract (`NoticeIssued`)."""
LONG, SHORT = 2000, 100
"""Characters of a value in the table: at first, and in a document that turns out too long."""


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A rendered notice; `sha256` is of the HTML's UTF-8 bytes."""

    title: str
    html: str
    text: str
    sha256: str


class DocumentRow(NamedTuple):
    """One line of the table about the item; `light` is the colour of the value, if it has one."""

    zh: str
    en: str
    value: str
    light: str = ""


class NoticeParts(NamedTuple):
    """What the templates of a notice show."""

    government: str
    room: str
    office: str
    number: str
    title: Word
    words: NoticeSentences
    escalation: Word | None
    rows: Sequence[DocumentRow]
    copies: Sequence[str]
    to: Sequence[str]
    day: str
    notes: Sequence[Word]
    simulated: bool


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(due: NoticeDue, programme: ProgrammeFacts, number: str, revoked: Sequence[str] = ()) -> NoticeDocument:
    """The document of a notice with this number; `revoked` are the numbers of the notices that it withdraws."""
    item = due.item
    government, room = f"{programme.jurisdiction}人民政府", "办公室督查室"
    title = TITLES[due.kind]
    notes = [NOTE[key] for key, holds in (("simulated", item.simulated), ("derived", item.derived)) if holds]
    parts = NoticeParts(
        government=government,
        room=room,
        office=government + room,
        number=number,
        title=title,
        words=notice_sentences(due, programme, revoked),
        escalation=escalation(due),
        rows=[row._replace(value=_cut(row.value, LONG)) for row in rows(due, programme)],
        copies=[recipient_name(whom, programme) for whom in due.recipients if whom.kind == "copy"],
        to=[recipient_name(whom, programme) for whom in due.recipients if whom.kind == "to"],
        day=day(item.day(due.issued_at)),
        notes=notes,
        simulated=item.simulated,
    )
    html, text = _forms(parts)
    if len(html) > MAX_HTML or len(text) > MAX_TEXT:
        short = [row._replace(value=_cut(row.value, SHORT)) for row in rows(due, programme)[:MAX_ROWS]]
        html, text = _forms(parts._replace(rows=short))
    heading = f"{title.zh}：{item.title}"[:MAX_TITLE]
    return NoticeDocument(heading, html, text, hashlib.sha256(html.encode()).hexdigest())


def _forms(parts: NoticeParts) -> tuple[str, str]:
    values = parts._asdict()
    html = _environment().get_template("notice.html").render(values)
    return html, _environment().get_template("notice.txt").render(values)


def _cut(value: str, length: int) -> str:
    return value if len(value) <= length else f"{value[:length]}…"


def recipient_name(recipient: Recipient, programme: ProgrammeFacts) -> str:
    """What a recipient is called after 主送 and 抄送: a unit's name or a leader's label, never a person's name."""
    kind, _, id_ = recipient.role.partition(":")
    match kind:
        case "unit":
            return programme.units.get(id_, id_)
        case "leader":
            return leader(programme, id_)
        case "office":
            return "区府办公室督查室"
        case "chief":
            return "区政府主要领导"
    return recipient.role


def rows(due: NoticeDue, programme: ProgrammeFacts) -> list[DocumentRow]:
    """The table: the item, who answers for it, and the node and light of every period that the notice is about."""
    item = due.item
    units = programme.units
    made = [
        DocumentRow("督查事项", "Item", f"{item.title}（{item.id}）"),
        DocumentRow("类别", "Category", CATEGORIES[item.category].zh),
        DocumentRow("牵头单位", "Lead unit", units.get(item.lead_unit, item.lead_unit)),
    ]
    if item.cooperating:
        made.append(
            DocumentRow("配合单位", "Cooperating", "、".join(units.get(unit, unit) for unit in item.cooperating))
        )
    made.append(DocumentRow("分管区领导", "Leader", leader(programme, item.leader)))
    for reason in due.reasons:
        made += _period(reason, due)
    if due.due_at is not None and due.kind != "withdrawn":
        if due.before is not None:
            made.append(DocumentRow("原定期限", "Before", f"{day(item.last_day(due.before))}（含当日）"))
        made.append(DocumentRow("办理时限", "Limit", f"{day(item.last_day(due.due_at))}（含当日）"))
    if (now := escalation(due)) is not None:
        made.append(DocumentRow("督办情况", "Escalation", now.zh))
    return made


def _period(reason: str, due: NoticeDue) -> list[DocumentRow]:
    item = due.item
    named = None if due.level == "blockage" else period(reason)
    if named is None:
        return [] if due.kind == "reminder" else [DocumentRow("事由", "Cause", cause(reason, due).zh)]
    node = item.nodes.get(reason)
    light = item.light(reason)
    made = [
        DocumentRow("所涉周期", "Period", named.zh),
        DocumentRow("节点目标", "Node", (node.text if node else "未报送经审定的节点目标")[:500]),
    ]
    units = {target.indicator: target.unit for target in node.targets} if node else {}
    for one in item.compared.get(reason, ())[:8]:
        made.append(DocumentRow("指标对照", "Target", comparison(one, units.get(one.indicator, ""))))
    if due.kind not in ("reminder", "deadline"):
        made.append(DocumentRow("亮灯情况", "Light", f"{SHAPES[light]} {LIGHTS[light].zh}", light))
    return made


def comparison(one: Compared, unit: str) -> str:
    """A target beside what was measured, both in `unit`."""
    measured = "未填报" if one.measured is None else f"{one.measured:f}{unit}"
    sign = SIGNS.get(one.comparator, one.comparator)
    verdict = "达标" if one.reached else "未达标"
    return f"{one.indicator}：目标 {sign} {one.target:f}{unit}，实际 {measured}（{verdict}）"
