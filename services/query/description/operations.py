"""Every operation of query's API, and the document that describes them."""

from __future__ import annotations

from typing import Any, Final

from services.query.answers.problem import KINDS
from services.query.description.reads import (
    ABOUT,
    CODES,
    INTRODUCTION,
    ITEM,
    LOOKING,
    ONE_PROGRAMME,
    POSITION_HEADER,
    PROBLEM_MEMBERS,
    PROGRAMME,
    TAGS,
    UNIT,
    answer_of,
    read_at,
)
from services.query.description.schemas import SCHEMAS
from supervision.words import Word
from web.openapi import (
    DESCRIBE,
    TEXT,
    DescribedOperation,
    absent,
    document,
    parameter,
    ref,
    several,
    success,
)

_NOTICED: Final = "notices"
OPERATIONS: Final = (
    read_at(
        "programmes",
        "listProgrammes",
        "programme.list",
        "programmes",
        Word("全部方案。", "All programmes."),
        answer_of(Word("方案", "programmes"), programmes=several(ref("Programme"))),
    ),
    read_at(
        ONE_PROGRAMME,
        "readProgramme",
        "programme.read",
        "programmes",
        Word("一个方案及其单位、分管领导。", "One programme with its units and leaders."),
        answer_of(Word("方案", "the programme"), programme=ref("Programme")),
        PROGRAMME,
    ),
    read_at(
        f"{ONE_PROGRAMME}/lights",
        "readLights",
        "lights.read",
        "lights",
        Word(
            "亮灯图：各事项各周期的灯，和尚未裁定的提交。",
            "The lights of items by period, and what is not ruled on yet.",
        ),
        answer_of(
            Word("灯", "the lights"),
            **ABOUT,
            period=absent(TEXT),
            lights=several(ref("Light")),
            not_ruled_yet=several(ref("Waiting")),
        ),
        PROGRAMME,
        parameter(
            "query",
            "period",
            Word("只看这个周期", "of this period alone"),
            {"type": "string", "maxLength": 64},
            example="2024Q1",
        ),
        UNIT,
    ),
    read_at(
        f"{ONE_PROGRAMME}/items",
        "listItems",
        "item.list",
        "items",
        Word("看得到的事项。", "The items that one may see."),
        answer_of(Word("事项", "the items"), **ABOUT, items=several(ref("Item"))),
        PROGRAMME,
        UNIT,
    ),
    read_at(
        f"{ONE_PROGRAMME}/items/{{item}}",
        "readItem",
        "item.read",
        "items",
        Word("一个事项、它的灯，和每盏灯为什么亮。", "One item, its lights, and why each of them stands as it does."),
        answer_of(
            Word("事项", "the item"),
            **ABOUT,
            item=ref("Item"),
            lights=several(ref("Light")),
            why={"type": "object", "additionalProperties": ref("Word")},
            replies=several(ref("Reply")),
        ),
        PROGRAMME,
        ITEM,
    ),
    read_at(
        f"{ONE_PROGRAMME}/items/{{item}}/timeline",
        "readTimeline",
        "timeline.read",
        "items",
        Word("从报送到通知，因果相连。", "From submission to notice, cause linked to effect."),
        answer_of(Word("时间线", "the timeline"), **ABOUT, item=ref("Item"), timeline=several(ref("TimelineEntry"))),
        PROGRAMME,
        ITEM,
    ),
    read_at(
        f"{ONE_PROGRAMME}/errata",
        "listErrata",
        "lights.read",
        "lights",
        Word(
            "通报发布之后改变了的灯，供下一期更正。",
            "Lights that changed after a bulletin told them, for the next to correct.",
        ),
        answer_of(Word("更正", "the errata"), **ABOUT, errata=several(ref("Erratum"))),
        PROGRAMME,
    ),
    read_at(
        f"{ONE_PROGRAMME}/escalations",
        "listEscalations",
        "escalations.list",
        "escalations",
        Word("未了的督办；state=all 为全部。", "Open escalations; all there ever were with state=all."),
        answer_of(Word("督办", "the escalations"), **ABOUT, escalations=several(ref("Escalation"))),
        PROGRAMME,
        parameter(
            "query", "state", Word("未了的或全部", "open ones or all"), {"type": "string", "enum": ["open", "all"]}
        ),
    ),
    read_at(
        f"{ONE_PROGRAMME}/evaluation",
        "readEvaluation",
        "evaluation.list",
        "evaluation",
        Word(
            "年度考核计分表（样例分值），每一分都连到事件。",
            "The evaluation's sheets (sample weights), each point with its events.",
        ),
        answer_of(Word("计分表", "the sheets"), **ABOUT, sheets=several(ref("Sheet"))),
        PROGRAMME,
        UNIT,
    ),
    read_at(
        f"{ONE_PROGRAMME}/notices",
        "listNotices",
        "notices.list",
        _NOTICED,
        Word("通知，新的在前，附每条消息的结果。", "Notices, newest first, with what became of each message."),
        answer_of(Word("通知", "the notices"), **ABOUT, notices=several(ref("Notice"))),
        PROGRAMME,
    ),
    read_at(
        "notices/{notice}",
        "readNotice",
        "notice.read",
        _NOTICED,
        Word("一份通知及其正文。", "One notice with its document."),
        answer_of(Word("通知", "the notice"), notice=ref("WholeNotice")),
        parameter("path", "notice", Word("通知编号", "id of the notice"), TEXT, example="441602-2024-n1"),
    ),
    read_at(
        "inbox",
        "readInbox",
        "inbox.read",
        _NOTICED,
        Word("送到本单位或本人收件箱的通知。", "What was delivered to the own unit's or leader's inbox."),
        answer_of(Word("通知", "the notices"), inbox=several(ref("Notice"))),
    ),
    read_at(
        "submissions/{submission}",
        "readSubmission",
        "submission.read",
        "submissions",
        Word(
            "一件提交和它的裁定；尚未裁定时 ruling 为 null。",
            "A submission with its ruling; `ruling` is null while it waits for one.",
        ),
        answer_of(Word("提交", "the submission"), submission=ref("SubmissionOutcome")),
        parameter(
            "path",
            "submission",
            Word("提交编号，在回执里", "id of the submission, as the receipt says"),
            TEXT,
            example="2c2da339-319f-50da-8713-948ccde75b5b",
        ),
    ),
    read_at(
        "privileged-reads",
        "listPrivilegedReads",
        "privileged_reads.list",
        "audit",
        Word(
            "敏感读取的登记，旧的在前，每次至多1000条；用最后一条的 id 作 after 续取。",
            "Who read what only few may read, oldest first, 1000 at most; the last one's id as `after` asks for more.",
        ),
        answer_of(Word("登记", "the reads"), privileged_reads={**several(ref("PrivilegedRead")), "maxItems": 1000}),
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
        parameters=LOOKING[1:],
        answers={
            200: success(Word("进度", "progress"), ref("Progress"), {"Liangdeng-Position": POSITION_HEADER}),
        },
        codes=CODES,
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
        codes=CODES,
    ),
    DESCRIBE,
)


def description() -> dict[str, Any]:
    """The OpenAPI document of query."""
    title = Word("亮灯 · 查询接口", "Liangdeng query")
    return document(title, INTRODUCTION, "1", OPERATIONS, KINDS, SCHEMAS, TAGS, PROBLEM_MEMBERS)
