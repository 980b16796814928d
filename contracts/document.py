"""Writes contracts/schemas/: a JSON Schema per event type and the AsyncAPI 3 document, generated from the code.

`python -m contracts.document` writes the folder; `--check` tells what differs and exits 1 (a test does the same).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from contracts.data_codec import DataCodec
from contracts.dispatch import DISPATCH_TYPES
from contracts.ruling import RULING_TYPES
from contracts.submission import SUBMISSION_TYPES
from contracts.topics import DISPATCHES, MAX_BATCH_BYTES, PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG

FOLDER: Final = Path(__file__).parent / "schemas"
_TEXT: Final = {"type": "string", "minLength": 1}
_OFFSET: Final = {"type": "string", "pattern": "^[0-9]+$"}
_ENVELOPE: Final[dict[str, Any]] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "format": "uuid"},
    "source": {"type": "string", "pattern": "^//liangdeng/[^/]+/[a-z]+$"},
    "subject": _TEXT,
    "time": {"type": "string", "format": "date-time"},
    "datacontenttype": {"const": "application/json"},
}
_ROLES: Final = ["unit", "office", "leader", "chief", "auditor", "alarm"]
EXTENSIONS: Final[dict[str, dict[str, Any]]] = {
    SUBMISSIONS: {
        "actorrole": {"enum": _ROLES},
        "actorid": _TEXT,
        "actorunit": _TEXT,
        "actorjurisdiction": _TEXT,
        "actoronbehalfof": _TEXT,
        "actorpreparedby": _TEXT,
        "actorhead": {"type": "boolean"},
        "digest": _TEXT,
    },
    RULINGS: {
        "causeid": {"type": "string"},
        "causedigest": {"type": "string"},
        "causeoffset": _OFFSET,
        "ordinal": {"type": "integer", "minimum": 0},
        "of": {"type": "integer", "minimum": 1},
        "at": _OFFSET,
        "rules": _TEXT,
        "policy": {"type": "string"},
    },
    DISPATCHES: {"at": _OFFSET},
}
_OPTIONAL: Final = {"actorunit", "actorjurisdiction", "actoronbehalfof", "actorpreparedby", "actorhead"}
_PUBLISHERS: Final = {
    SUBMISSIONS: (SUBMISSION_TYPES, "intake", "What people, and rating's alarm, put before the rules."),
    RULINGS: (RULING_TYPES, "rating", "One ruling per submission: a verdict and what follows from it."),
    DISPATCHES: (DISPATCH_TYPES, "notify", "Which notices were issued and what became of each delivery."),
}
_KEYS: Final = {
    SUBMISSIONS: "the subject; partition = CRC-32 of the subject modulo 12",
    RULINGS: "the subject; the same partition number as the submission that is answered",
    DISPATCHES: "the programme; partition = CRC-32 of the programme modulo 12",
}
_AT: Final = (
    "A record counts if and only if it lies where it says (its offset equals `at`) and its ruling answers the next "
    "submission (`causeoffset` = the last one counted + 1). Every other record is void for every reader, for ever. "
    "A schema can type this field; it cannot state the rule."
)


def event_schema(topic: str, type_: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one event type as it lies on `topic`."""
    codec = _PUBLISHERS[topic][0]
    data = codec.json_schema(type_)
    definitions = data.pop("$defs", {})
    if topic == SUBMISSIONS:
        data["properties"] = {**data.get("properties", {}), "received_at": {"type": "string", "format": "date-time"}}
        data["required"] = sorted({*data.get("required", []), "received_at"})
    attributes = {**_ENVELOPE, "type": {"const": type_}, **EXTENSIONS[topic], "data": data}
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type_,
        "type": "object",
        "properties": attributes,
        "required": sorted(set(attributes) - _OPTIONAL),
    }
    if definitions:
        schema["$defs"] = definitions
    return schema


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: who publishes what, with keys, partitions and retention."""
    channels, operations, messages = {}, {}, {}
    for topic, (codec, publisher, summary) in _PUBLISHERS.items():
        names = dict(_types(codec))
        for type_, name in names.items():
            messages[f"{topic}.{name}"] = {
                "name": type_,
                "contentType": "application/cloudevents+json",
                "payload": {"$ref": f"./{topic}/{type_}.json"},
            }
        refs = {name: {"$ref": f"#/components/messages/{topic}.{name}"} for name in names.values()}
        channels[topic] = {
            "address": topic,
            "title": summary,
            "description": f"Key: {_KEYS[topic]}." + ("" if topic == SUBMISSIONS else f" {_AT}"),
            "messages": refs,
            "bindings": {
                "kafka": {
                    "topic": topic,
                    "partitions": PARTITIONS,
                    "topicConfiguration": _topic_configuration(),
                    "bindingVersion": "0.5.0",
                }
            },
        }
        operations[f"{publisher}.publishes.{topic}"] = {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
        for reader in _readers(topic):
            operations[f"{reader}.reads.{topic}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{topic}"}}
    operations["alarm.publishes.submissions"] = {"action": "send", "channel": {"$ref": "#/channels/submissions"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Liangdeng 亮灯",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0"},
            "description": f"Three append-only topics are the system. Batches are at most {MAX_BATCH_BYTES} bytes.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _types(codec: DataCodec) -> list[tuple[str, str]]:
    return [(codec.types[cls], name) for cls, name in codec.short_names.items()]


def _readers(topic: str) -> tuple[str, ...]:
    if topic == SUBMISSIONS:
        return ("rating", "query", "audit")
    return ("intake", "rating", "notify", "query", "audit") if topic == RULINGS else ("notify", "query", "audit")


def _topic_configuration() -> dict[str, Any]:
    numbers = {"retention.ms", "retention.bytes", "max.message.bytes"}
    chosen: dict[str, Any] = {k: int(v) for k, v in TOPIC_CONFIG.items() if k in numbers}
    chosen["cleanup.policy"] = [TOPIC_CONFIG["cleanup.policy"]]
    return chosen


def files() -> dict[str, str]:
    """Relative path and text of every generated file."""
    made = {"asyncapi.json": asyncapi()}
    for topic, (codec, _, _) in _PUBLISHERS.items():
        made |= {f"{topic}/{type_}.json": event_schema(topic, type_) for type_ in codec.classes}
    return {path: json.dumps(value, ensure_ascii=False, indent=2) + "\n" for path, value in made.items()}


def drift() -> list[str]:
    """Paths below contracts/schemas that are missing, left over, or differ from what the code says."""
    wanted = files()
    found = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.json")}
    return sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))


def write() -> None:
    """Write contracts/schemas anew and remove what is left over."""
    wanted = files()
    for path in FOLDER.rglob("*.json"):
        if str(path.relative_to(FOLDER)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text)


def main() -> int:
    """Entry point of `python -m contracts.document [--check]`."""
    if "--check" not in sys.argv[1:]:
        write()
        return 0
    differing = drift()
    sys.stderr.writelines(f"differs: {path}\n" for path in differing)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
