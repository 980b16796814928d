"""What query's answers hold, as JSON Schema; every answer has exactly these members."""

from __future__ import annotations

from typing import Final, get_args

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark
from contracts.values import Category, Classification, Comparator, Level, Light, Role
from services.query.answers.access import REASSESSMENT
from supervision.evaluation.deduction import KINDS
from supervision.refusal_words import REASONS
from supervision.words import ESCALATION_STATES, REMARKS, SUBMISSIONS, VERDICTS
from web.openapi import DAY, FLAG, INSTANT, NUMBER, TEXT, WORD, Schema, absent, record, ref, several

_LIGHT: Final = {"type": "string", "enum": list(get_args(Light))}
_CATEGORY: Final = {"type": "string", "enum": list(get_args(Category))}
_PERIOD: Final = {"type": "string", "pattern": "^[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))$"}
_DECIMAL: Final = {"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$"}
_POSITION: Final = {
    "type": "string",
    "description": "日志位置：对多数人是不透明的令牌，可用作 min_position 和 as_of。 "
    "A position on the log: to most an opaque token, to be used as min_position and as_of.",
}
_DATA: Final = {
    "type": "object",
    "description": "事件的内容，其结构见 contracts/schemas/rulings 和 submissions。 "
    "The data of the event, by its schema in contracts/schemas/rulings and submissions.",
}
_ACT: Final = {"type": "string", "enum": [*SUBMISSIONS, REASSESSMENT]}
_CODES: Final = {
    **several({"type": "string", "enum": [*get_args(Reason), *get_args(Remark)]}),
    "description": "不予受理的理由，或备注 reasons for a refusal, or remarks\n\n"
    + "\n".join(f"- `{code}`：{word.zh} {word.en}" for code, word in {**REASONS, **REMARKS}.items()),
}
_RULING: Final = record(
    verdict={"type": "string", "enum": [verdict for verdict in VERDICTS if verdict != "waiting"]},
    codes=_CODES,
    rules=TEXT,
    policy=TEXT,
    time=INSTANT,
    logged_at=INSTANT,
    position=_POSITION,
)
_BY: Final = record(
    ("person", "on_behalf_of", "prepared_by"),
    role=absent({"type": "string", "enum": list(get_args(Role))}),
    unit=absent(TEXT),
    person=TEXT,
    on_behalf_of=TEXT,
    prepared_by=TEXT,
)
_TOLD_IN_FULL: Final = ("logged_at", "digest", "data")
_SUBMITTED: Final[dict[str, Schema]] = {
    "position": _POSITION,
    "anchor": TEXT,
    "id": TEXT,
    "type": _ACT,
    "by": _BY,
    "received_at": INSTANT,
    "ruling": absent(ref("Ruling")),
    "logged_at": INSTANT,
    "digest": TEXT,
    "data": _DATA,
}
_NOTICE: Final[dict[str, Schema]] = {
    "position": _POSITION,
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
_SAID: Final[dict[str, Schema]] = {"why": absent(ref("Word")), "replies": several(ref("Reply"))}
_LINKED: Final = record(id=TEXT, type=TEXT, anchor=TEXT, here=FLAG)
_EVENT: Final[dict[str, Schema]] = {
    "position": _POSITION,
    "type": TEXT,
    "time": INSTANT,
    "data": _DATA,
    "why": absent(ref("Word")),
}
SCHEMAS: Final[dict[str, Schema]] = {
    "Word": WORD,
    "Programme": record(
        id=TEXT,
        title=TEXT,
        jurisdiction=TEXT,
        document=TEXT,
        issued_on=DAY,
        simulated=FLAG,
        derived=FLAG,
        units=several(record(("kind",), id=TEXT, name=TEXT, kind=TEXT)),
        leaders=several(record(id=TEXT, label=TEXT)),
    ),
    "Light": record(
        item=TEXT,
        title=TEXT,
        unit=TEXT,
        category=_CATEGORY,
        period=_PERIOD,
        light=_LIGHT,
        settled=FLAG,
        rated=absent(_LIGHT),
        under_appeal=FLAG,
        rule=TEXT,
        compared=several(ref("Compared")),
        changed_at=absent(INSTANT),
        position=absent(_POSITION),
        due_at=absent(INSTANT),
        moved_from=absent(INSTANT),
        provisional=FLAG,
        reply=absent(TEXT),
    ),
    "Compared": record(
        ("measured",),
        indicator=TEXT,
        comparator={"type": "string", "enum": list(get_args(Comparator))},
        target=_DECIMAL,
        measured=_DECIMAL,
        reached=FLAG,
    ),
    "Item": record(
        ("cancelled",),
        id=TEXT,
        programme=TEXT,
        title=TEXT,
        category=_CATEGORY,
        classification={"type": "string", "enum": list(get_args(Classification))},
        source=TEXT,
        quarters=several(_PERIOD),
        periods=several(ref("Period")),
        void=several(_PERIOD),
        simulated=FLAG,
        derived=FLAG,
        lead_unit=TEXT,
        cooperating=several(TEXT),
        leader=TEXT,
        withdrawn_at=absent(INSTANT),
        cancelled=FLAG,
    ),
    "Period": record(
        ("moved_from", "provisional"),
        id=_PERIOD,
        quarter=_PERIOD,
        opens_at=INSTANT,
        due_at=INSTANT,
        moved_from=INSTANT,
        provisional=FLAG,
    ),
    "Reply": record(
        id=TEXT,
        unit=TEXT,
        about=record(("light", "level", "cause"), light=_PERIOD, level=TEXT, cause=TEXT),
        text=TEXT,
        state=TEXT,
    ),
    "Erratum": record(
        bulletin=TEXT,
        item=TEXT,
        period=_PERIOD,
        from_=TEXT,
        to=TEXT,
        at=INSTANT,
        closing=FLAG,
        told_by=absent(TEXT),
        position=_POSITION,
    ),
    "Waiting": record(
        id=TEXT,
        item=absent(TEXT),
        type=_ACT,
        unit=absent(TEXT),
        received_at=INSTANT,
        position=_POSITION,
    ),
    "Ruling": _RULING,
    "Submission": record(_TOLD_IN_FULL, **_SUBMITTED),
    "SubmissionOutcome": record(
        _TOLD_IN_FULL,
        **_SUBMITTED,
        programme=TEXT,
        item=absent(TEXT),
        status={"type": "string", "enum": [*VERDICTS] if "waiting" in VERDICTS else [*VERDICTS, "waiting"]},
        events=several(record(**_EVENT)),
        repetitions=several(ref("Submission")),
    ),
    "TimelineEntry": record(
        _TOLD_IN_FULL,
        **_SUBMITTED,
        events=several(
            record(
                **_EVENT,
                anchor=TEXT,
                id=TEXT,
                because=several(_LINKED),
                notices=several(record(**_NOTICE)),
            )
        ),
        effects=several(record(type=TEXT, anchor=TEXT, data=_DATA)),
    ),
    "Escalation": record(
        ("due_before", "extended"),
        item=TEXT,
        escalation=TEXT,
        level={"type": "string", "enum": list(get_args(Level))},
        for_=several(TEXT),
        raised_for=TEXT,
        state=TEXT,
        standing={"type": "string", "enum": list(ESCALATION_STATES)},
        overdue=FLAG,
        raised_at=INSTANT,
        due_at=absent(INSTANT),
        to=TEXT,
        ended_at=absent(INSTANT),
        rule=TEXT,
        because=several(TEXT),
        why=ref("Word"),
        position=_POSITION,
        due_before=INSTANT,
        extended=NUMBER,
    ),
    "Sheet": record(
        unit=TEXT,
        base=_DECIMAL,
        score=_DECIMAL,
        counts=record(**dict.fromkeys(KINDS, NUMBER)),
        periods_pending=NUMBER,
        weights=ref("Word"),
        deductions=several(
            record(
                item=TEXT,
                kind={"type": "string", "enum": list(KINDS)},
                about=TEXT,
                points=_DECIMAL,
                policy=TEXT,
                arose_at=INSTANT,
                why=ref("Word"),
                under_appeal=FLAG,
                events=several(record(id=TEXT, type=TEXT, position=_POSITION, cause=_POSITION)),
            )
        ),
    ),
    "Delivery": record(
        delivery=TEXT,
        recipient=TEXT,
        channel=TEXT,
        outcome=TEXT,
        attempt=absent({"type": "integer"}),
        at=absent(INSTANT),
    ),
    "Notice": record(("replies",), **_NOTICE, **_SAID),
    "WholeNotice": record(("replies",), **_NOTICE, **_SAID, document=TEXT, text=TEXT),
    "PrivilegedRead": record(
        id=NUMBER,
        at=INSTANT,
        service=TEXT,
        request_id=TEXT,
        person=TEXT,
        role=TEXT,
        unit=absent(TEXT),
        operation=TEXT,
        kind={"type": "string", "enum": ["evidence", "internal_item", "inspection_plan"]},
        jurisdiction=TEXT,
        programme=TEXT,
        item=TEXT,
        about=TEXT,
    ),
    "Progress": record(
        ("next", "stopped"),
        position=_POSITION,
        caught_up=FLAG,
        next={"type": "object", "additionalProperties": NUMBER},
        stopped={"type": "object", "additionalProperties": TEXT},
    ),
}
