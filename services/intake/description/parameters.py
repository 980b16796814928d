"""What several operations have in common: parameters, bodies, and the codes that they are refused with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.intake.description import examples
from supervision.words import SUBMISSIONS, Word
from web.openapi import IDENTIFIER, JSON, Schema, parameter, ref

ASKING: Final = ("unauthenticated", "forbidden", "sessions_unavailable", "not_found", "not_ready")
SENDING: Final = (
    *ASKING,
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
KEY: Final = parameter(
    "header",
    "Idempotency-Key",
    Word("幂等键：重发时用同一个，只算一次", "sent again with the same key, it counts once"),
    {"type": "string", "pattern": "^[!-~]{1,128}$"},
    required=True,
    example="2024Q1-report-1",
)
PROGRAMME: Final = parameter(
    "path", "programme", Word("方案编号", "id of the programme"), IDENTIFIER, example="441602-2024"
)
ITEM: Final = parameter("path", "item", Word("事项编号", "id of the item"), IDENTIFIER, example="K01")
LOCATION: Final = Word("裁定的地址，读到为止会等", "where its ruling is; asking there waits for it")


def posted(schema: Schema, given: Mapping[str, Any]) -> Schema:
    """A body in JSON, with examples by name."""
    return {"required": True, "content": {JSON: {"schema": schema, "examples": given}}}


def example_of(name: str, value: Any) -> Schema:
    """An example of a type of submission."""
    word = SUBMISSIONS[name]
    return {"summary": f"{word.zh} {word.en}", "value": value}


def posted_data(name: str, component: str) -> Schema:
    """The data of a type of submission as a body."""
    return posted(ref(component), {name: example_of(name, examples.DATA[name])})
