"""Every operation of intake's API, and the document that describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.intake.description import examples
from services.intake.description.evidence import EVIDENCE
from services.intake.description.parameters import ASKING, ITEM, KEY, LOCATION, PROGRAMME, SENDING, example_of, posted
from services.intake.description.programmes import PROGRAMMES
from services.intake.description.schemas import PROBLEM_MEMBERS, schemas, submission_name
from services.intake.problem import KINDS
from supervision.rights import OPERATIONS as RIGHTS
from supervision.rights import SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from supervision.words import Word
from web.openapi import DESCRIBE, TEXT, DescribedOperation, Schema, document, header, parameter, ref, success

_HEADERS: Final = {
    "Location": header(LOCATION, TEXT),
    "Idempotent-Replayed": header(
        Word("true：先前已收到，这是当时的回执", "true: it was received before; this is its receipt"),
        {"type": "string", "enum": ["true"]},
        required=False,
    ),
}
_RECEIVED: Final = success(
    Word("已写入日志，这是回执", "it lies on the log; this is the receipt"),
    ref("Receipt"),
    _HEADERS,
    examples.RECEIPT,
)
_RULED: Final = success(
    Word("已写入日志并已裁定", "it lies on the log and was ruled on"),
    ref("Receipt"),
    _HEADERS,
)
_WAIT: Final = parameter(
    "header",
    "Prefer",
    Word("wait=秒数：愿意等裁定", "wait=seconds: would wait for the ruling (RFC 7240)"),
    {"type": "string", "pattern": "^wait=[0-9]{1,3}$"},
    example="wait=10",
)


def _submitted(names: Sequence[str]) -> Schema:
    """The body of a submission: one of these types."""
    mapping = {name: f"#/components/schemas/{submission_name(name)}" for name in names}
    schema = {
        "oneOf": [ref(submission_name(name)) for name in names],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return posted(schema, {name: example_of(name, {"type": name, "data": examples.DATA[name]}) for name in names})


PREPARED: Final = tuple(name for name in SUBMITTED_ABOUT_ITEMS if "unit" in RIGHTS[f"submit.{name}"].roles)
"""What units submit."""
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
        parameters=(PROGRAMME, ITEM, KEY, _WAIT),
        body=_submitted(SUBMITTED_ABOUT_ITEMS),
        answers={200: _RULED, 202: _RECEIVED},
        codes=SENDING,
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/submissions",
        id="submitAboutProgramme",
        right="programme_submission.send",
        tag="submissions",
        text=Word("就整个方案提交（通报）。", "Submit something about a programme as a whole (bulletins)."),
        parameters=(PROGRAMME, KEY, _WAIT),
        body=_submitted(SUBMITTED_ABOUT_PROGRAMMES),
        answers={200: _RULED, 202: _RECEIVED},
        codes=SENDING,
    ),
    *PROGRAMMES,
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
        parameters=(PROGRAMME, _WAIT),
        body=posted(ref("BulkSubmissions"), {"bulk": {"summary": "两件 two rows", "value": examples.BULK}}),
        answers={200: success(Word("逐件的结果", "a result for each"), ref("BulkResults"))},
        codes=SENDING,
    ),
    DescribedOperation(
        method="POST",
        path="/v1/programmes/{programme}/items/{item}/prepared",
        id="prepare",
        right="submission.prepare",
        tag="submissions",
        text=Word(
            "拟好一件提交，放入单位的待签清单；签发之前不算报送，期限照样计算。内容与直接提交相同，经办人就是调用者。",
            "Prepare a submission for the queue of one's unit: not filed until the head signs it; deadlines go on. "
            "The body is that of a submission; whoever asks is named as having prepared it.",
        ),
        parameters=(PROGRAMME, ITEM, KEY),
        body=_submitted(PREPARED),
        answers={201: success(Word("已放入待签清单", "it waits for the signature"), ref("Prepared"))},
        codes=(*SENDING, "prepared_unavailable", "too_many_prepared"),
    ),
    DescribedOperation(
        method="GET",
        path="/v1/prepared",
        id="listPrepared",
        right="submission.sign",
        tag="submissions",
        text=Word(
            "本单位待签和被负责人退回的。不再列出的，已签发、已收回。",
            "What waits for a signature in one's unit or was returned; what is listed no more was dealt with.",
        ),
        answers={200: success(Word("待签清单", "what waits"), ref("SeveralPrepared"))},
        codes=(*ASKING, "prepared_unavailable"),
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
        codes=ASKING,
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
        codes=ASKING,
    ),
    *EVIDENCE,
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


def description(at: str = "/intake") -> dict[str, Any]:
    """The OpenAPI document of intake, which lies at this path below people's one address."""
    title = Word("亮灯 · 报送接口", "Liangdeng intake")
    return document(title, _TEXT, "1", OPERATIONS, KINDS, schemas(), _TAGS, PROBLEM_MEMBERS, at)
