"""How every read is asked and answered: as of when, after which position, and what an answer carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from supervision.words import Word
from web.openapi import (
    IDENTIFIER,
    TEXT,
    DescribedOperation,
    Schema,
    absent,
    header,
    parameter,
    record,
    several,
    success,
)

POSITION_HEADER: Final = header(Word("这份回答的日志位置", "the log position of this answer"), TEXT)
_CACHED: Final = header(Word("登录后看到的不留存", "what somebody signed in sees is kept nowhere"), TEXT)
LOOKING: Final = (
    parameter(
        "query",
        "as_of",
        Word("按何时看：某日、带时区的时刻，或日志位置", "as of a day, an instant with offset, or a log position"),
        {"type": "string", "maxLength": 2000},
        example="2024-07-10",
    ),
    parameter(
        "query",
        "min_position",
        Word("等读到这个日志位置再回答", "answer once this log position was read"),
        {"type": "string", "maxLength": 2000},
    ),
    parameter(
        "query",
        "timeout",
        Word("最多等多少秒（默认10，至多60），过后回答504", "seconds to wait, 10 unless said, 60 at most; then 504"),
        {"type": "string", "pattern": "^[0-9]{1,4}([.][0-9]{1,3})?$"},
        example="2.5",
    ),
)
ONE_PROGRAMME: Final = "programmes/{programme}"
ABOUT: Final[dict[str, Schema]] = {"programme": TEXT}
CODES: Final = ("malformed", "sign-in-required", "forbidden", "not-found", "not-reached-yet", "unavailable")
PROGRAMME: Final = parameter(
    "path", "programme", Word("方案编号", "id of the programme"), IDENTIFIER, example="441602-2024"
)
ITEM: Final = parameter("path", "item", Word("事项编号", "id of the item"), IDENTIFIER, example="K01")
UNIT: Final = parameter(
    "query", "unit", Word("只看这个单位", "of this unit alone"), {"type": "string", "maxLength": 64}, example="nongye"
)
_NOTES: Final = {
    **several(TEXT),
    "description": "须随数据一并说明的，如模拟数据 what must be said with the data, such as that it is simulated",
}


TAGS: Final = {
    "programmes": Word("方案", "Programmes"),
    "lights": Word("亮灯", "Lights"),
    "items": Word("事项", "Items"),
    "escalations": Word("督办", "Escalations"),
    "evaluation": Word("年度考核", "Annual evaluation"),
    "notices": Word("通知", "Notices"),
    "submissions": Word("提交与裁定", "Submissions and rulings"),
    "audit": Word("审计", "Audit"),
    "position": Word("日志位置", "Positions on the log"),
    "description": Word("接口说明", "Description"),
}


INTRODUCTION: Final = Word(
    "查询接口。每份回答都带日志位置；可按某日、某时刻或某位置看。谁看得到什么，由权限表决定。",
    "Where everything is looked at. Every answer carries its log position, and can be asked for as of a day, an "
    "instant or a position. The table of rights decides who sees what.",
)
PROBLEM_MEMBERS: Final[dict[str, Schema]] = {
    "position": {"type": "string", "description": "读到的位置 how far it was read"},
    "missing": {"type": "string", "description": "还差的位置 what is missing"},
}


def answer_of(what: Word, **members: Schema) -> Schema:
    """An answer of the read model: its position, as of when, notes where there are any, and its members."""
    schema = record(("notes",), position=TEXT, as_of=absent(TEXT), notes=_NOTES, **members)
    return success(what, schema, {"Liangdeng-Position": POSITION_HEADER, "Cache-Control": _CACHED})


def read_at(
    path: str,
    id_: str,
    right: str,
    tag: str,
    text: Word,
    answer: Schema,
    *parameters: Schema,
    codes: Sequence[str] = (),
) -> DescribedOperation:
    return DescribedOperation(
        method="GET",
        path=f"/v1/{path}",
        id=id_,
        right=right,
        tag=tag,
        text=text,
        parameters=(*parameters, *LOOKING),
        answers={200: answer},
        codes=codes or CODES,
    )
