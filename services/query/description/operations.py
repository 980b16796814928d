"""Every operation of query's API, and the document that describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.query.answers.problem import KINDS
from services.query.description.schemas import SCHEMAS
from supervision.words import Word
from web.openapi import (
    DESCRIBE,
    IDENTIFIER,
    TEXT,
    DescribedOperation,
    Schema,
    absent,
    document,
    header,
    parameter,
    record,
    ref,
    several,
    success,
)

_POSITION_HEADER: Final = header(Word("这份回答的日志位置", "the log position of this answer"), TEXT)
_CACHED: Final = header(Word("登录后看到的不留存", "what somebody signed in sees is kept nowhere"), TEXT)
_LOOKING: Final = (
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
_CODES: Final = ("malformed", "sign-in-required", "forbidden", "not-found", "not-reached-yet", "unavailable")
_PROGRAMME: Final = parameter(
    "path", "programme", Word("方案编号", "id of the programme"), IDENTIFIER, example="441602-2024"
)
_ITEM: Final = parameter("path", "item", Word("事项编号", "id of the item"), IDENTIFIER, example="K01")
_UNIT: Final = parameter(
    "query", "unit", Word("只看这个单位", "of this unit alone"), {"type": "string", "maxLength": 64}, example="nongye"
)
_NOTES: Final = {
    **several(TEXT),
    "description": "须随数据一并说明的，如模拟数据 what must be said with the data, such as that it is simulated",
}


def _answer(what: Word, **members: Schema) -> Schema:
    """An answer of the read model: its position, as of when, notes where there are any, and its members."""
    schema = record(("notes",), position=TEXT, as_of=absent(TEXT), notes=_NOTES, **members)
    return success(what, schema, {"Liangdeng-Position": _POSITION_HEADER, "Cache-Control": _CACHED})


def _get(
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
        parameters=(*parameters, *_LOOKING),
        answers={200: answer},
        codes=codes or _CODES,
    )


_ABOUT: Final[dict[str, Schema]] = {"programme": TEXT}
_ONE_PROGRAMME: Final = "programmes/{programme}"
_NOTICED: Final = "notices"
OPERATIONS: Final = (
    _get(
        "programmes",
        "listProgrammes",
        "programme.list",
        "programmes",
        Word("全部方案。", "All programmes."),
        _answer(Word("方案", "programmes"), programmes=several(ref("Programme"))),
    ),
    _get(
        _ONE_PROGRAMME,
        "readProgramme",
        "programme.read",
        "programmes",
        Word("一个方案及其单位、分管领导。", "One programme with its units and leaders."),
        _answer(Word("方案", "the programme"), programme=ref("Programme")),
        _PROGRAMME,
    ),
    _get(
        f"{_ONE_PROGRAMME}/lights",
        "readLights",
        "lights.read",
        "lights",
        Word(
            "亮灯图：各事项各周期的灯，和尚未裁定的提交。",
            "The lights of items by period, and what is not ruled on yet.",
        ),
        _answer(
            Word("灯", "the lights"),
            **_ABOUT,
            period=absent(TEXT),
            lights=several(ref("Light")),
            not_ruled_yet=several(ref("Waiting")),
        ),
        _PROGRAMME,
        parameter(
            "query",
            "period",
            Word("只看这个周期", "of this period alone"),
            {"type": "string", "maxLength": 64},
            example="2024Q1",
        ),
        _UNIT,
    ),
    _get(
        f"{_ONE_PROGRAMME}/items",
        "listItems",
        "item.list",
        "items",
        Word("看得到的事项。", "The items that one may see."),
        _answer(Word("事项", "the items"), **_ABOUT, items=several(ref("Item"))),
        _PROGRAMME,
        _UNIT,
    ),
    _get(
        f"{_ONE_PROGRAMME}/items/{{item}}",
        "readItem",
        "item.read",
        "items",
        Word("一个事项、它的灯，和每盏灯为什么亮。", "One item, its lights, and why each of them stands as it does."),
        _answer(
            Word("事项", "the item"),
            **_ABOUT,
            item=ref("Item"),
            lights=several(ref("Light")),
            why={"type": "object", "additionalProperties": ref("Word")},
            replies=several(ref("Reply")),
        ),
        _PROGRAMME,
        _ITEM,
    ),
    _get(
        f"{_ONE_PROGRAMME}/items/{{item}}/timeline",
        "readTimeline",
        "timeline.read",
        "items",
        Word("从报送到通知，因果相连。", "From submission to notice, cause linked to effect."),
        _answer(Word("时间线", "the timeline"), **_ABOUT, item=ref("Item"), timeline=several(ref("TimelineEntry"))),
        _PROGRAMME,
        _ITEM,
    ),
    _get(
        f"{_ONE_PROGRAMME}/errata",
        "listErrata",
        "lights.read",
        "lights",
        Word(
            "通报发布之后改变了的灯，供下一期更正。",
            "Lights that changed after a bulletin told them, for the next to correct.",
        ),
        _answer(Word("更正", "the errata"), **_ABOUT, errata=several(ref("Erratum"))),
        _PROGRAMME,
    ),
    _get(
        f"{_ONE_PROGRAMME}/escalations",
        "listEscalations",
        "escalations.list",
        "escalations",
        Word("未了的督办；state=all 为全部。", "Open escalations; all there ever were with state=all."),
        _answer(Word("督办", "the escalations"), **_ABOUT, escalations=several(ref("Escalation"))),
        _PROGRAMME,
        parameter(
            "query", "state", Word("未了的或全部", "open ones or all"), {"type": "string", "enum": ["open", "all"]}
        ),
    ),
    _get(
        f"{_ONE_PROGRAMME}/evaluation",
        "readEvaluation",
        "evaluation.list",
        "evaluation",
        Word(
            "年度考核计分表（样例分值），每一分都连到事件。",
            "The evaluation's sheets (sample weights), each point with its events.",
        ),
        _answer(Word("计分表", "the sheets"), **_ABOUT, sheets=several(ref("Sheet"))),
        _PROGRAMME,
        _UNIT,
    ),
    _get(
        f"{_ONE_PROGRAMME}/notices",
        "listNotices",
        "notices.list",
        _NOTICED,
        Word("通知，新的在前，附每条消息的结果。", "Notices, newest first, with what became of each message."),
        _answer(Word("通知", "the notices"), **_ABOUT, notices=several(ref("Notice"))),
        _PROGRAMME,
    ),
    _get(
        "notices/{notice}",
        "readNotice",
        "notice.read",
        _NOTICED,
        Word("一份通知及其正文。", "One notice with its document."),
        _answer(Word("通知", "the notice"), notice=ref("WholeNotice")),
        parameter("path", "notice", Word("通知编号", "id of the notice"), TEXT, example="441602-2024-n1"),
    ),
    _get(
        "inbox",
        "readInbox",
        "inbox.read",
        _NOTICED,
        Word("送到本单位或本人收件箱的通知。", "What was delivered to the own unit's or leader's inbox."),
        _answer(Word("通知", "the notices"), inbox=several(ref("Notice"))),
    ),
    _get(
        "submissions/{submission}",
        "readSubmission",
        "submission.read",
        "submissions",
        Word(
            "一件提交和它的裁定；尚未裁定时 ruling 为 null。",
            "A submission with its ruling; `ruling` is null while it waits for one.",
        ),
        _answer(Word("提交", "the submission"), submission=ref("SubmissionOutcome")),
        parameter(
            "path",
            "submission",
            Word("提交编号，在回执里", "id of the submission, as the receipt says"),
            TEXT,
            example="2c2da339-319f-50da-8713-948ccde75b5b",
        ),
    ),
    _get(
        "privileged-reads",
        "listPrivilegedReads",
        "privileged_reads.list",
        "audit",
        Word(
            "敏感读取的登记，旧的在前，每次至多1000条；用最后一条的 id 作 after 续取。",
            "Who read what only few may read, oldest first, 1000 at most; the last one's id as `after` asks for more.",
        ),
        _answer(Word("登记", "the reads"), privileged_reads={**several(ref("PrivilegedRead")), "maxItems": 1000}),
        parameter(
            "query",
            "after",
            Word("从这个 id 之后", "after this id"),
            {"type": "string", "pattern": "^[0-9]{1,18}$"},
            example="0",
        ),
    ),
    DescribedOperation(
        method="GET",
        path="/v1/progress",
        id="readProgress",
        right="progress.read",
        tag="position",
        text=Word("读到了日志的哪里；可用 min_position 等待。", "How far the log was read; waits for min_position."),
        parameters=_LOOKING[1:],
        answers={
            200: success(Word("进度", "progress"), ref("Progress"), {"Liangdeng-Position": _POSITION_HEADER}),
        },
        codes=_CODES,
    ),
    DescribedOperation(
        method="GET",
        path="/v1/changes",
        id="followChanges",
        right="changes.follow",
        tag="position",
        text=Word(
            "服务器推送：位置一变就告知，再带 min_position 来取。",
            "Server-sent events: the position whenever it has moved; what changed is asked for with min_position.",
        ),
        answers={200: {"description": "事件流 the stream", "content": {"text/event-stream": {"schema": TEXT}}}},
        codes=_CODES,
    ),
    DESCRIBE,
)
_TAGS: Final = {
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
_TEXT: Final = Word(
    "查询接口。每份回答都带日志位置；可按某日、某时刻或某位置看。谁看得到什么，由权限表决定。",
    "Where everything is looked at. Every answer carries its log position, and can be asked for as of a day, an "
    "instant or a position. The table of rights decides who sees what.",
)
_MEMBERS: Final[dict[str, Schema]] = {
    "position": {"type": "string", "description": "读到的位置 how far it was read"},
    "missing": {"type": "string", "description": "还差的位置 what is missing"},
}


def description() -> dict[str, Any]:
    """The OpenAPI document of query."""
    title = Word("亮灯 · 查询接口", "Liangdeng query")
    return document(title, _TEXT, "1", OPERATIONS, KINDS, SCHEMAS, _TAGS, _MEMBERS)
