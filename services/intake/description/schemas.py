"""What is sent to intake as JSON Schema: the contract's own types, and what a receipt says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from contracts.policy import Policy
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import (
    CalendarExtended,
    DeputyEnded,
    DeputyNamed,
    ItemAssigned,
    ProgrammeExtended,
)
from contracts.values import Identifier, Number, Principal
from programmes.programme import ProgrammeFile
from services.intake.description.field_words import FIELD_WORDS
from supervision.rights import SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from supervision.words import SUBMISSIONS
from web.openapi import INSTANT, NUMBER, TEXT, Schema, record, ref, several

_SPREAD: Final = (ItemAssigned, ProgrammeExtended, CalendarExtended, DeputyNamed, DeputyEnded)
_NUMBER: Final = TypeAdapter(Number).json_schema()
_GIVEN_NUMBER: Final[Schema] = {
    "anyOf": [_NUMBER, {"type": "number", "exclusiveMinimum": -1e15, "exclusiveMaximum": 1e15}]
}
"""A decimal number is given as a string, or as a JSON number, which is read digit by digit and never as a float."""
_REFERENCES: Final = {
    "policy": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}@[1-9][0-9]{0,3}$",
    "calendar": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
}
"""What a programme may name instead of holding it: files that lie beside the service."""


def submission_name(name: str) -> str:
    """The component of a whole submission of a type."""
    return f"submission.{name}"


def schemas() -> dict[str, Schema]:
    """Every component: submissions by type, their data, a programme, a policy, a receipt."""
    names = (*SUBMITTED_ABOUT_ITEMS, *SUBMITTED_ABOUT_PROGRAMMES)
    classes = [SUBMISSION_TYPES.classes[SUBMISSION_TYPES.by_short_name(name)] for name in names]
    made = _components([*classes, *_SPREAD, Policy, ProgrammeFile])
    for cls in (*classes, *_SPREAD):
        word = SUBMISSIONS[SUBMISSION_TYPES.short_names[cls]]
        made[cls.__name__]["description"] = f"{word.zh} {word.en}"
    _let_references(made["ProgrammeFile"])
    for name, cls in zip(names, classes, strict=True):
        word = SUBMISSIONS[name]
        body = record(
            ("prepared_by", "on_behalf_of"),
            type={"const": name},
            data=ref(cls.__name__),
            prepared_by=_PREPARED_BY,
            on_behalf_of=_ON_BEHALF_OF,
        )
        made[submission_name(name)] = {**body, "description": f"{word.zh} {word.en}"}
    made["BulkSubmissions"] = _bulk_body()
    return {
        **made,
        "Ruling": _RULING,
        "BulkResults": _BULK,
        "KeySet": _KEYS,
        "Prepared": _PREPARED,
        "SeveralPrepared": _SEVERAL_PREPARED,
        "Receipt": _RECEIPT,
        "Receipts": _RECEIPTS,
        "Stored": _STORED,
    }


def _bulk_body() -> Schema:
    """Rows of any type about items, each with its item and its key."""
    row = record(
        ("prepared_by", "on_behalf_of"),
        item=_ID,
        key={"type": "string", "pattern": "^[!-~]{1,128}$"},
        type={"type": "string", "enum": list(SUBMITTED_ABOUT_ITEMS)},
        data={"type": "object"},
        prepared_by=_PREPARED_BY,
        on_behalf_of=_ON_BEHALF_OF,
    )
    return record(submissions={**several(row), "minItems": 1, "maxItems": 200})


def _components(classes: Iterable[type]) -> dict[str, Schema]:
    adapters: list[tuple[type, JsonSchemaMode, TypeAdapter[Any]]] = [
        (cls, "validation", TypeAdapter(cls)) for cls in classes
    ]
    _, whole = TypeAdapter.json_schemas(adapters, by_alias=True, ref_template="#/components/schemas/{model}")
    found: dict[str, Schema] = {name: _as_sent(schema) for name, schema in whole["$defs"].items()}
    return found


def _as_sent(schema: Any) -> Any:
    """Closed objects, numbers as they may be given, and the words of fields instead of what the code calls them."""
    if isinstance(schema, list):
        return [_as_sent(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("pattern") == _NUMBER["pattern"]:
        return {**_GIVEN_NUMBER, **{k: v for k, v in schema.items() if k not in ("type", "pattern", "title")}}
    kept = {name: part for name, part in schema.items() if name not in ("title", "description")}
    made = {name: _as_sent(part) for name, part in kept.items() if name != "properties"}
    if "properties" in schema:
        made["properties"] = {name: _named(name, _as_sent(part)) for name, part in schema["properties"].items()}
        made["additionalProperties"] = False
    return made


def _named(name: str, schema: Schema) -> Schema:
    word = FIELD_WORDS[name]
    return {**schema, "description": f"{word.zh} {word.en}"}


def _let_references(programme: Schema) -> None:
    for name, pattern in _REFERENCES.items():
        own = programme["properties"][name]
        named = {"type": "string", "pattern": pattern}
        about = own.pop("description")
        programme["properties"][name] = {"anyOf": [named, own], "description": about}


_ID: Final = TypeAdapter(Identifier).json_schema()
_NULL: Final = {"type": "null"}
_PREPARED_BY: Final = {"anyOf": [_ID, _NULL]}
_ON_BEHALF_OF: Final = {"anyOf": [TypeAdapter(Principal).json_schema(), _NULL]}
_WORDED: Final = several(record(code=TEXT, message=TEXT, message_en=TEXT))
_RULING: Final = record(
    verdict={"type": "string", "enum": ["accepted", "rejected", "repeated", "unreadable"]},
    reasons=_WORDED,
    remarks=_WORDED,
    rules=TEXT,
    policy=TEXT,
    time=INSTANT,
    lights=several(record(period=TEXT, from_=TEXT, to=TEXT)),
    events=several(TEXT),
)
_ROW: Final = record(
    ("receipt", "problem"),
    status={"type": "integer"},
    receipt=ref("Receipt"),
    problem=ref("Problem"),
)
_BULK: Final = record(received=NUMBER, refused=NUMBER, results=several(_ROW))
_KEYS: Final = {"type": "object", "properties": {"keys": several({"type": "object"})}, "required": ["keys"]}
_RECEIPT: Final = {
    **record(
        ("proof", "ruling"),
        submission_id={"type": "string", "format": "uuid"},
        topic={"const": "submissions"},
        partition={**NUMBER, "maximum": 11},
        offset=NUMBER,
        received_at=INSTANT,
        digest={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        subject=TEXT,
        proof={"type": "string", "description": "签名（JWS） the signature, a compact JWS"},
        ruling=ref("Ruling"),
    ),
    "description": "回执：已写入日志。裁定在 Location。 It lies on the log; its ruling is at Location.",
}
_RECEIPTS: Final = record(
    ("provisional",),
    receipts=several(ref("Receipt")),
    provisional={
        **several(TEXT),
        "description": "期限待日历补全的周期 periods whose deadline waits for the calendar",
    },
)
_PREPARED: Final = {
    **record(
        ("reason",),
        id={"type": "string", "format": "uuid"},
        programme=TEXT,
        item=TEXT,
        type=TEXT,
        prepared_by=TEXT,
        prepared_at=INSTANT,
        state={"type": "string", "enum": ["waiting", "returned", "signed", "taken_back"]},
        reason=TEXT,
    ),
    "description": "拟好待签，尚未报送。 Prepared and not filed: it waits for the head's signature.",
}
_SEVERAL_PREPARED: Final = record(prepared=several(ref("Prepared")))
_STORED: Final = record(sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"}, size=NUMBER)
PROBLEM_MEMBERS: Final[dict[str, Schema]] = {
    "submission_id": {"type": "string", "description": "有关的提交 the submission that it is about"},
    "receipts": {**several(ref("Receipt")), "description": "已写入日志的部分 what lies on the log already"},
    "prepared": {"type": "string", "description": "有关的待签件 what waits for a signature, which it is about"},
    "sha256": {"type": "string", "description": "文件的实际 SHA-256 what the file's SHA-256 is"},
}
"""What some of intake's problems say beside the members that every problem has."""
