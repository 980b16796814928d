"""Every operation of intake's API, and the document that describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.intake.description import examples
from services.intake.description.schemas import PROBLEM_MEMBERS, schemas, submission_name
from services.intake.evidence.media_types import GIVEN_OUT
from services.intake.problem import KINDS
from supervision.rights import SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from supervision.words import SUBMISSIONS, Word
from web.openapi import (
    DESCRIBE,
    FLAG,
    IDENTIFIER,
    JSON,
    TEXT,
    DescribedOperation,
    Schema,
    document,
    header,
    parameter,
    ref,
    success,
)

_ASKING: Final = ("unauthenticated", "forbidden", "sessions_unavailable", "not_found", "not_ready")
_SENDING: Final = (
    *_ASKING,
    "key_required",
    "malformed",
    "media_type",
    "too_large",
    "quota",
    "aborted",
    "invalid",
    "clock_not_allowed",
    "unknown_outcome",
    "key_reused",
    "store_unavailable",
)
_KEY: Final = parameter(
    "header",
    "Idempotency-Key",
    Word("幂等键：重发时用同一个，只算一次", "sent again with the same key, it counts once"),
    {"type": "string", "pattern": "^[!-~]{1,128}$"},
    required=True,
    example="2024Q1-report-1",
)
_PROGRAMME: Final = parameter(
    "path", "programme", Word("方案编号", "id of the programme"), IDENTIFIER, example="441602-2024"
)
_ITEM: Final = parameter("path", "item", Word("事项编号", "id of the item"), IDENTIFIER, example="K01")
_SHA256: Final = parameter(
    "path",
    "sha256",
    Word("文件的 SHA-256，小写十六进制", "the file's SHA-256 in lower-case hex"),
    {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    example=examples.DATA["progress.reported"]["evidence"][0]["sha256"],
)
_LOCATION: Final = Word("裁定的地址，读到为止会等", "where its ruling is; asking there waits for it")
_RECEIVED: Final = success(
    Word("已写入日志，这是回执", "it lies on the log; this is the receipt"),
    ref("Receipt"),
    {"Location": header(_LOCATION, TEXT)},
    examples.RECEIPT,
)
_RULED: Final = success(
    Word("已写入日志并已裁定", "it lies on the log and was ruled on"),
    ref("Receipt"),
    {"Location": header(_LOCATION, TEXT)},
)
_WAIT: Final = parameter(
    "header",
    "Prefer",
    Word("wait=秒数：愿意等裁定", "wait=seconds: would wait for the ruling (RFC 7240)"),
    {"type": "string", "pattern": "^wait=[0-9]{1,3}$"},
    example="wait=10",
)
_SEVERAL_RECEIVED: Final = success(
    Word("已逐件写入日志，这是回执", "each part lies on the log; these are the receipts"),
    ref("Receipts"),
    {"Location": header(_LOCATION, TEXT, required=False)},
    {"receipts": [examples.RECEIPT]},
)


def _body(schema: Schema, given: Mapping[str, Any]) -> Schema:
    return {"required": True, "content": {JSON: {"schema": schema, "examples": given}}}


def _submitted(names: Sequence[str]) -> Schema:
    """The body of a submission: one of these types."""
    mapping = {name: f"#/components/schemas/{submission_name(name)}" for name in names}
    schema = {
        "oneOf": [ref(submission_name(name)) for name in names],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return _body(schema, {name: _example(name, {"type": name, "data": examples.DATA[name]}) for name in names})


def _example(name: str, value: Any) -> Schema:
    word = SUBMISSIONS[name]
    return {"summary": f"{word.zh} {word.en}", "value": value}


def _data(name: str, component: str) -> Schema:
    return _body(ref(component), {name: _example(name, examples.DATA[name])})


def _for_all(path: str, id_: str, right: str, name: str, component: str, text: Word) -> DescribedOperation:
    return DescribedOperation(
        method="POST",
        path=f"/v1/programmes/{{programme}}/{path}",
        id=id_,
        right=right,
        tag="programmes",
        text=text,
        parameters=(_PROGRAMME, _KEY),
        body=_data(name, component),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*_SENDING, "partly_published"),
    )


_PUBLISHED: Final = {
    "required": True,
    "content": {
        JSON: {"schema": ref("ProgrammeFile"), "example": examples.PROGRAMME},
        "application/yaml": {"schema": ref("ProgrammeFile"), "example": examples.PROGRAMME},
    },
}
_FILE: Final = {"type": "string", "format": "binary"}
OPERATIONS: Final = (
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/items/{item}/submissions",
        id="submit",
        right="submission.send",
        tag="submissions",
        text=Word(
            "按种类提交。写入日志之后才回答 202；裁定在 Location，几百毫秒后可读。同一幂等键、同一内容只算一次。",
            "Submit something of one of these types. It is answered with 202 once it lies on the log; the ruling is at "
            "Location some hundred milliseconds later. The same key with the same content counts once.",
        ),
        parameters=(_PROGRAMME, _ITEM, _KEY, _WAIT),
        body=_submitted(SUBMITTED_ABOUT_ITEMS),
        answers={200: _RULED, 202: _RECEIVED},
        codes=_SENDING,
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/submissions",
        id="submitAboutProgramme",
        right="programme_submission.send",
        tag="submissions",
        text=Word("就整个方案提交（通报）。", "Submit something about a programme as a whole (bulletins)."),
        parameters=(_PROGRAMME, _KEY, _WAIT),
        body=_submitted(SUBMITTED_ABOUT_PROGRAMMES),
        answers={200: _RULED, 202: _RECEIVED},
        codes=_SENDING,
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes",
        id="publishProgramme",
        right="programme.publish",
        tag="programmes",
        text=Word(
            "发布整个方案（YAML 或 JSON）：方案本身一件，每个事项一件。中断后用同一幂等键再发即可补全。",
            "Publish a whole programme (YAML or JSON): a submission for itself and one per item. What broke off is "
            "completed by sending it again with the same key.",
        ),
        parameters=(
            _KEY,
            parameter("query", "simulated", Word("一律标为模拟数据", "mark it as simulated whatever it says"), FLAG),
        ),
        body=_PUBLISHED,
        answers={202: _SEVERAL_RECEIVED},
        codes=(*_SENDING, "exists", "partly_published"),
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/policies",
        id="adoptPolicy",
        right="policy.adopt",
        tag="programmes",
        text=Word("对方案的全部事项启用一版政策。", "Adopt a policy for all items of a programme."),
        parameters=(_PROGRAMME, _KEY),
        body=_body(ref("Policy"), {"policy": {"summary": "政策 policy", "value": examples.POLICY}}),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*_SENDING, "partly_published"),
    ),
    _for_all(
        "units-and-leaders",
        "extendProgramme",
        "programme.extend",
        "programme.extended",
        "ProgrammeExtended",
        Word("给方案增补单位和领导。", "Add units and leaders to a programme."),
    ),
    _for_all(
        "calendar",
        "extendCalendar",
        "calendar.extend",
        "calendar.extended",
        "CalendarExtended",
        Word("补充方案发布时还不知道的放假和调休。", "Name holidays and working weekends that were not known."),
    ),
    _for_all(
        "deputies",
        "nameDeputy",
        "deputy.name",
        "deputy.named",
        "DeputyNamed",
        Word("指定代理，写入每个有关事项。", "Name a deputy, for every item that it concerns."),
    ),
    _for_all(
        "deputies/end",
        "endDeputy",
        "deputy.end",
        "deputy.ended",
        "DeputyEnded",
        Word("提前终止代理。", "End a naming before its last day."),
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/items/{item}",
        id="assignItem",
        right="item.assign",
        tag="programmes",
        text=Word("给已发布的方案增加一个事项。", "Add an item to a published programme."),
        parameters=(_PROGRAMME, _ITEM, _KEY),
        body=_data("item.assigned", "ItemAssigned"),
        answers={202: _SEVERAL_RECEIVED},
        codes=(*_SENDING, "partly_published"),
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/submissions/bulk",
        id="submitBulk",
        right="submission.send",
        tag="submissions",
        text=Word(
            "一次提交多件，逐件给结果；一件有误不影响其他。",
            "Many submissions at once, a result for each; what is wrong with one hurts no other.",
        ),
        parameters=(_PROGRAMME, _WAIT),
        body=_body(ref("BulkSubmissions"), {"bulk": {"summary": "两件 two rows", "value": examples.BULK}}),
        answers={200: success(Word("逐件的结果", "a result for each"), ref("BulkResults"))},
        codes=_SENDING,
    ),
    DescribedOperation(
        method="GET",
        path="/v1/receipts/{submission_id}",
        id="readReceipt",
        right="receipt.read",
        tag="receipts",
        text=Word(
            "已裁定提交的回执，带签名，可离线核验。", "The signed receipt of a submission, to be checked offline."
        ),
        parameters=(
            parameter(
                "path",
                "submission_id",
                Word("提交编号", "id of the submission"),
                TEXT,
                example=examples.RECEIPT["submission_id"],
            ),
        ),
        answers={200: success(Word("回执", "the receipt"), ref("Receipt"))},
        codes=_ASKING,
    ),
    DescribedOperation(
        method="GET",
        path="/v1/receipt-keys",
        id="readReceiptKeys",
        right="receipt_keys.read",
        tag="receipts",
        text=Word("核验回执签名的公钥。", "The public keys that receipts are signed with."),
        answers={
            200: {
                "description": "公钥 the keys",
                "content": {"application/jwk-set+json": {"schema": ref("KeySet")}},
            }
        },
        codes=_ASKING,
    ),
    DescribedOperation(
        method="PUT",
        path="/v1/evidence/{sha256}",
        id="uploadEvidence",
        right="evidence.upload",
        tag="evidence",
        text=Word(
            "先传文件，再在报送里引用；一日内未被引用的文件会删除。内容须与地址里的 SHA-256 一致。"
            "类型按内容认定：接受文档、图片、视频、文本，不接受程序、脚本、网页。",
            "Upload a file before it is cited; one that nothing cites goes after a day. Its content must have the "
            "SHA-256 of the address, and says what it is: documents, pictures, videos and texts are taken; programs, "
            "scripts and web pages are not.",
        ),
        parameters=(_SHA256,),
        body={"required": True, "content": {"application/octet-stream": {"schema": _FILE}}},
        answers={
            200: success(Word("已经传过", "it was there already"), ref("Stored")),
            201: success(Word("已存好", "it is stored"), ref("Stored")),
        },
        codes=(
            *(*_ASKING, "too_large", "quota", "digest_mismatch", "aborted", "evidence_type", "evidence_infected"),
            *("scanner_unavailable", "store_unavailable", "no_space"),
        ),
    ),
    DescribedOperation(
        method="HEAD",
        path="/v1/evidence/{sha256}",
        id="askForEvidence",
        right="evidence.ask",
        tag="evidence",
        text=Word(
            "文件是否已传；字节数在 Content-Length。", "Whether a file was uploaded; its size is in Content-Length."
        ),
        parameters=(_SHA256,),
        answers={200: {"description": "已传过 it was uploaded"}},
        codes=(*_ASKING, "store_unavailable"),
    ),
    DescribedOperation(
        method="GET",
        path="/v1/evidence/{sha256}",
        id="readEvidence",
        right="evidence.read",
        tag="evidence",
        text=Word(
            "按引用时的文件名下载。每次读取都有登记。",
            "Download a file under its name as cited. Every read goes on record.",
        ),
        parameters=(_SHA256,),
        answers={
            200: {
                "description": "文件 the file",
                "headers": {
                    "ETag": header(Word("文件的标识", "which file it is"), TEXT),
                    "Content-Disposition": header(Word("总是下载", "always a download"), TEXT),
                    "Accept-Ranges": header(Word("不分段发送", "never sent in parts"), {"const": "none"}),
                },
                "content": {media_type: {"schema": _FILE} for media_type in GIVEN_OUT},
            }
        },
        codes=(*_ASKING, "not_recorded", "store_unavailable"),
    ),
    DESCRIBE,
)
_TAGS: Final = {
    "submissions": Word("提交", "Submitting"),
    "receipts": Word("回执", "Receipts"),
    "programmes": Word("方案", "Programmes"),
    "evidence": Word("佐证材料", "Evidence"),
    "description": Word("接口说明", "Description"),
}
_TEXT: Final = Word(
    "报送入口。一件提交先写入日志，再给回执；随后由规则裁定，裁定在查询接口里读。需要访问令牌和幂等键。",
    "Where submissions come in. What is submitted lies on the log before it is answered with a receipt; then it is "
    "ruled on, and the ruling is read at the query API. A token and an idempotency key are needed.",
)


def description() -> dict[str, Any]:
    """The OpenAPI document of intake."""
    title = Word("亮灯 · 报送接口", "Liangdeng intake")
    return document(title, _TEXT, "1", OPERATIONS, KINDS, schemas(), _TAGS, PROBLEM_MEMBERS)
