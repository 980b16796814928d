"""OpenAPI 3.1 documents of the services' APIs: an operation is described once, its refusals follow from its codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from supervision import refusal_words
from supervision.right import REASONS
from supervision.rights import OPERATIONS
from supervision.words import Word
from web.problem import MEDIA_TYPE, RETRY_AFTER, TYPE_PREFIX, ProblemKind

Schema = dict[str, Any]
JSON: Final = "application/json"
TEXT: Final[Schema] = {"type": "string"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
FLAG: Final[Schema] = {"type": "boolean"}
NUMBER: Final[Schema] = {"type": "integer", "minimum": 0}
_ID_PATTERN: Final = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
IDENTIFIER: Final[Schema] = {"type": "string", "pattern": _ID_PATTERN}
WORD: Final[Schema] = {
    "type": "object",
    "properties": {"zh": TEXT, "en": TEXT},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_EVERYWHERE: Final = ("text_invalid", "not_acceptable", "wrong_host", "rate", "internal", "busy")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedOperation:
    """An operation of an API, as its document describes it.

    `right` names it in the table of rights, `codes` are the problems that it answers with beside those that any
    operation can, `answers` the successes by status. Parameters and schemas are those of OpenAPI.
    """

    method: str
    path: str
    id: str
    right: str
    tag: str
    text: Word
    answers: Mapping[int, Schema]
    codes: Sequence[str] = ()
    parameters: Sequence[Schema] = ()
    body: Schema | None = None

    @property
    def word(self) -> Word:
        """What it is called: the word of its right."""
        return OPERATIONS[self.right].word


def document(
    title: Word,
    text: Word,
    version: str,
    operations: Iterable[DescribedOperation],
    kinds: Mapping[str, ProblemKind],
    schemas: Mapping[str, Schema],
    tags: Mapping[str, Word],
    problem_members: Mapping[str, Schema],
    at: str = "/",
) -> dict[str, Any]:
    """The document of a service whose problems are `kinds`; Chinese first, English beside it.

    `at` is where it lies below people's one address.
    """
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, kinds)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _both(title),
            "version": version,
            "description": f"{text.zh}\n\n{text.en}",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": at}],
        "tags": [{"name": name, "description": _both(word)} for name, word in tags.items()],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": {**schemas, "Problem": _problem(kinds, problem_members), "Fault": _FAULT},
        },
    }


def success(text: Word, schema: Schema, headers: Mapping[str, Schema] | None = None, example: Any = None) -> Schema:
    """An answer in JSON."""
    content: Schema = {"schema": schema}
    if example is not None:
        content["example"] = example
    made: Schema = {"description": _both(text), "content": {JSON: content}}
    return {**made, "headers": {**_ALWAYS, **(headers or {})}}


def header(text: Word, schema: Schema, *, required: bool = True) -> Schema:
    """A header of an answer."""
    return {"description": _both(text), "required": required, "schema": schema}


def parameter(
    place: str, name: str, text: Word, schema: Schema, *, required: bool = False, example: Any = None
) -> Schema:
    """A parameter of a request; one of a path is always required."""
    made = {"name": name, "in": place, "description": _both(text), "schema": schema}
    if example is not None:
        made["example"] = example
    return {**made, "required": required or place == "path"}


def record(optional: Iterable[str] = (), **properties: Schema) -> Schema:
    """An object with exactly these members, all of them required but for `optional` ones."""
    left = set(optional)
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
        "required": [name.rstrip("_") for name in properties if name not in left],
        "additionalProperties": False,
    }


def several(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def absent(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def _both(word: Word) -> str:
    return f"{word.zh} {word.en}"


def _operation(one: DescribedOperation, kinds: Mapping[str, ProblemKind]) -> Schema:
    right = OPERATIONS[one.right]
    made: Schema = {
        "operationId": one.id,
        "summary": _both(one.word),
        "description": f"{one.text.zh}\n\n{one.text.en}",
        "tags": [one.tag],
        "x-right": one.right,
    }
    if one.parameters:
        made["parameters"] = list(one.parameters)
    if one.body is not None:
        made["requestBody"] = one.body
    if right.open:
        made["security"] = []
    elif "public" in right.roles:
        made["security"] = [{}, {"bearer": []}, {"session": []}]
    elif one.method == "GET":
        made["security"] = [{"bearer": []}, {"session": []}]
    refusals: dict[int, list[str]] = {}
    for code in sorted({*one.codes, *_EVERYWHERE, *(["slow"] if one.body is not None else [])}):
        refusals.setdefault(kinds[code].status, []).append(code)
    answers = {status: dict(answer) for status, answer in one.answers.items()}
    answers |= {status: _refusal(status, codes, kinds) for status, codes in refusals.items()}
    made["responses"] = {str(status): answers[status] for status in sorted(answers)}
    return made


def _refusal(status: int, codes: Sequence[str], kinds: Mapping[str, ProblemKind]) -> Schema:
    """A problem of this status; one of these codes."""
    told = "\n".join(f"- `{code}`：{kinds[code].title.zh} {kinds[code].title.en}" for code in codes)
    types = [f"{TYPE_PREFIX}{code}" for code in codes]
    example = {
        "type": types[0],
        "title": kinds[codes[0]].title.zh,
        "title_en": kinds[codes[0]].title.en,
        "status": status,
        "request_id": "0b9f6c7a2f0d4c0f8f0a5e9b1c2d3e4f",
    }
    schema = {"allOf": [ref("Problem"), {"properties": {"type": {"enum": types}, "status": {"const": status}}}]}
    headers = dict(_ALWAYS)
    if status in RETRY_AFTER:
        headers["Retry-After"] = header(_RETRY, {"type": "string", "pattern": "^[0-9]+$"})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = header(_CHALLENGE, TEXT)
    return {
        "description": told,
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


def _problem(kinds: Mapping[str, ProblemKind], members: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457。出了什么问题，中英文。 What went wrong, in Chinese and in English.",
        "properties": {
            "type": {"type": "string", "enum": [f"{TYPE_PREFIX}{code}" for code in kinds]},
            "title": TEXT,
            "title_en": TEXT,
            "status": {"type": "integer", "enum": sorted({kind.status for kind in kinds.values()})},
            "detail": TEXT,
            "detail_en": TEXT,
            "reason": {
                "type": "string",
                "description": "权限上的原因 why a right is denied\n\n"
                + "\n".join(f"- `{code}`：{word.zh} {word.en}" for code, word in _REASONS.items()),
                "enum": list(_REASONS),
            },
            "errors": {**several(ref("Fault")), "maxItems": 100},
            "errors_omitted": {"type": "integer", "minimum": 1},
            "request_id": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
            **members,
        },
        "required": ["type", "title", "title_en", "status", "request_id"],
        "additionalProperties": False,
    }


_UNKNOWN: Final = ("unknown_programme", "unknown_item")
_REASONS: Final[Mapping[str, Word]] = dict(
    [*REASONS.items(), *((code, refusal_words.REASONS[code]) for code in _UNKNOWN)]
)
_FAULT: Final[Schema] = {
    "type": "object",
    "title": "Fault",
    "description": "一处错误：在哪里、哪条规则。 One thing that is wrong: where, and which rule.",
    "properties": {
        "pointer": {"type": "string", "description": "位置 where: a JSON Pointer (RFC 6901)"},
        "field": {"type": "string", "examples": ["data.evidence[0].sha256"]},
        "rule": {"type": "string", "examples": ["missing", "extra_forbidden", "text_invalid", "not_as_written"]},
        "message": TEXT,
        "message_en": TEXT,
        "line": {"type": "integer", "minimum": 1, "description": "行号（从 1 起） line, from 1"},
    },
    "required": ["pointer", "field", "rule", "message", "message_en"],
    "additionalProperties": False,
}
_SECURITY: Final[Schema] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "程序用：登录系统签发的访问令牌。 For programs: an access token of the sign-in provider.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-liangdeng",
        "description": "浏览器用：登录后的会话，只能读。 For browsers: the session after signing in; reads alone.",
    },
}
_ALWAYS: Final[Mapping[str, Schema]] = {
    "X-Request-Id": header(
        Word("这次请求的编号，报障时请附上", "the id of this request, to be named in a report"),
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    )
}
_RETRY: Final = Word("多少秒以后再试", "after how many seconds to try again")
_CHALLENGE: Final = Word("须带访问令牌", "an access token is required")


DESCRIBE: Final = DescribedOperation(
    method="GET",
    path="/openapi.json",
    id="describe",
    right="api.describe",
    tag="description",
    text=Word("这份文档。", "This document."),
    answers={200: success(Word("OpenAPI 3.1", "OpenAPI 3.1"), {"type": "object"})},
)
"""How each service describes the address of its own document."""
