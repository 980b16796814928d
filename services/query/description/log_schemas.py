"""What stands of the log in an answer, as JSON Schema: submissions, rulings, events and notices."""

from __future__ import annotations

from typing import Final, get_args

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark
from contracts.values import Role
from services.query.answers.access import REASSESSMENT
from supervision.refusal_words import REASONS
from supervision.words import REMARKS, SUBMISSIONS, VERDICTS
from web.openapi import FLAG, INSTANT, TEXT, Schema, absent, record, ref, several

POSITION: Final = {
    "type": "string",
    "description": "日志位置：对多数人是不透明的令牌，可用作 min_position 和 as_of。 "
    "A position on the log: to most an opaque token, to be used as min_position and as_of.",
}
DATA: Final = {
    "type": "object",
    "description": "事件的内容，其结构见 contracts/schemas/rulings 和 submissions。 "
    "The data of the event, by its schema in contracts/schemas/rulings and submissions.",
}
ACT: Final = {"type": "string", "enum": [*SUBMISSIONS, REASSESSMENT]}
_CODES: Final = {
    **several({"type": "string", "enum": [*get_args(Reason), *get_args(Remark)]}),
    "description": "不予受理的理由，或备注 reasons for a refusal, or remarks\n\n"
    + "\n".join(f"- `{code}`：{word.zh} {word.en}" for code, word in {**REASONS, **REMARKS}.items()),
}
RULING: Final = record(
    verdict={"type": "string", "enum": [verdict for verdict in VERDICTS if verdict != "waiting"]},
    codes=_CODES,
    rules=TEXT,
    policy=TEXT,
    time=INSTANT,
    logged_at=INSTANT,
    position=POSITION,
)
_BY: Final = record(
    ("person", "on_behalf_of", "prepared_by"),
    role=absent({"type": "string", "enum": list(get_args(Role))}),
    unit=absent(TEXT),
    person=TEXT,
    on_behalf_of=TEXT,
    prepared_by=TEXT,
)
TOLD_IN_FULL: Final = ("logged_at", "digest", "data")
SUBMITTED: Final[dict[str, Schema]] = {
    "position": POSITION,
    "anchor": TEXT,
    "id": TEXT,
    "type": ACT,
    "by": _BY,
    "received_at": INSTANT,
    "ruling": absent(ref("Ruling")),
    "logged_at": INSTANT,
    "digest": TEXT,
    "data": DATA,
}
NOTICE: Final[dict[str, Schema]] = {
    "position": POSITION,
    "notice": TEXT,
    "programme": TEXT,
    "item": TEXT,
    "number": TEXT,
    "kind": TEXT,
    "title": TEXT,
    "recipients": several(record(role=TEXT, kind={"type": "string", "enum": ["to", "copy"]})),
    "causes": several(TEXT),
    "escalation": absent(TEXT),
    "due_at": absent(INSTANT),
    "simulated": FLAG,
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "issued_at": INSTANT,
    "deliveries": several(ref("Delivery")),
}
SAID: Final[dict[str, Schema]] = {"why": absent(ref("Word")), "replies": several(ref("Reply"))}
LINKED: Final = record(id=TEXT, type=TEXT, anchor=TEXT, here=FLAG)
EVENT: Final[dict[str, Schema]] = {
    "position": POSITION,
    "type": TEXT,
    "time": INSTANT,
    "data": DATA,
    "why": absent(ref("Word")),
}
