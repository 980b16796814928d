"""The worst requests that the limits allow to one account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any, Final

import orjson
import yaml

from programmes import FOLDER
from programmes.programme import MAX_ITEMS

MEGABYTE: Final = 1024 * 1024
OFFICE: Final = "o1"
_SOURCE: Final = yaml.safe_load((FOLDER / "yuancheng-2024.yaml").read_text(encoding="utf-8"))
UNIT: Final = f"u-{_SOURCE['items'][0]['lead_unit']}-1"
_PROGRAMME: Final = "441602-2024"
_OF_PROGRAMME: Final = f"/v1/programmes/{_PROGRAMME}"
_OF_ITEM: Final = f"{_OF_PROGRAMME}/items/W0000/submissions"
_JSON: Final = {"Content-Type": "application/json"}
_YAML: Final = {"Content-Type": "application/yaml"}
_PAGE: Final = {"Accept": "text/html"}


@dataclass(frozen=True, slots=True)
class WorstRequest:
    """What somebody asks a service for; in the table it has a name."""

    name: str
    who: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)
    service: str = "intake"


def publication() -> WorstRequest:
    """As many items as a programme may have, in as many bytes as it may have."""
    entries = [{**one, "id": f"W{n:04}"} for n, one in enumerate(islice(cycle(_SOURCE["items"]), MAX_ITEMS))]
    bare = len(orjson.dumps({**_SOURCE, "items": entries}, default=str))
    note = "长" * ((2 * MEGABYTE - bare) // MAX_ITEMS // 3 - 8)
    body = orjson.dumps({**_SOURCE, "items": [{**one, "note": note} for one in entries]}, default=str)
    path = "/v1/programmes?simulated=true"
    return WorstRequest(f"publication, {len(body):,} bytes, {MAX_ITEMS:,} items", OFFICE, "POST", path, body)


def items() -> WorstRequest:
    """All items of it."""
    return WorstRequest("items of a programme", OFFICE, "GET", f"{_OF_PROGRAMME}/items", service="query")


def posted() -> list[WorstRequest]:
    """What is sent to intake."""
    report = {"period": "2024Q1", "claim": "in_progress"}
    rows = [_row(f"row-{n}", n, report) for n in range(200)]
    large = [_row(f"large-{n}", n, {**report, "narrative": "x" * 3900}) for n in range(200)]
    half = [_row(f"half-{n}", n, report if n % 2 else {"evidence": [{}] * 80}) for n in range(200)]
    filler = {f"measure-{n}" + "y" * 180: "1" for n in range(260)}
    long = {**report, "measures": filler, "narrative": "x" * 3900}
    bulk, programmes = f"{_OF_PROGRAMME}/submissions/bulk", "/v1/programmes"
    policy = orjson.dumps(yaml.safe_load((FOLDER / "policies" / "yuancheng-2024.yaml").read_text("utf-8")), default=str)
    return [
        WorstRequest("20,000 empty items", OFFICE, "POST", programmes, orjson.dumps({"items": [{}] * 20_000})),
        WorstRequest(
            "2 MiB of YAML entries", OFFICE, "POST", programmes, b"items:\n" + b"- a\n" * (MEGABYTE // 2 - 10), _YAML
        ),
        WorstRequest("2 MiB of numbers", OFFICE, "POST", programmes, b'{"items":[' + b"1," * (MEGABYTE - 10) + b"1]}"),
        WorstRequest("a policy for a thousand items", OFFICE, "POST", f"{_OF_PROGRAMME}/policies", policy),
        WorstRequest("depth of 29,000", UNIT, "POST", _OF_ITEM, b'{"type":' + b"[" * 29_000 + b"]" * 29_000 + b"}"),
        WorstRequest("57 KB report", UNIT, "POST", _OF_ITEM, orjson.dumps({"type": "progress.reported", "data": long})),
        WorstRequest("60 KB of faults", UNIT, "POST", _OF_ITEM, _faults()),
        WorstRequest("bulk, 200 rows", UNIT, "POST", bulk, orjson.dumps({"submissions": rows})),
        WorstRequest("bulk, 200 rows, half wrong", UNIT, "POST", bulk, orjson.dumps({"submissions": half})),
        WorstRequest("bulk, 200 rows, 800 KB", UNIT, "POST", bulk, orjson.dumps({"submissions": large})),
        WorstRequest("bulk of 1 MiB of nothing", UNIT, "POST", bulk, b'{"submissions":[' + b"{}," * 340_000 + b"{}]}"),
        WorstRequest(
            "evidence of 60 MB", UNIT, "PUT", f"/v1/evidence/{'0' * 64}", b"%PDF-1.7\n" + bytes(60 * MEGABYTE), {}
        ),
    ]


def _faults() -> bytes:
    head, tail = b'{"type":"progress.reported","data":{"evidence":[', b"{}]}}"
    return head + b"{}," * ((60_000 - len(head) - len(tail)) // 3) + tail


def _row(key: str, number: int, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"item": f"W{number % 4 * 108:04}", "key": key, "type": "progress.reported", "data": data}


def read() -> list[WorstRequest]:
    """What is asked for."""
    paths = {
        "lights": f"{_OF_PROGRAMME}/lights",
        "notices": f"{_OF_PROGRAMME}/notices",
        "evaluation": f"{_OF_PROGRAMME}/evaluation",
        "timeline of an item": f"{_OF_PROGRAMME}/items/W0000/timeline",
    }
    pages = {
        "page: heat map": f"/programmes/{_PROGRAMME}",
        "page: wall": f"/programmes/{_PROGRAMME}?view=wall",
        "page: escalations": f"/programmes/{_PROGRAMME}/escalations",
        "page: evaluation": f"/programmes/{_PROGRAMME}/evaluation",
        "page: programmes": "/",
    }
    return [
        items(),
        *(WorstRequest(name, OFFICE, "GET", path, service="query") for name, path in paths.items()),
        *(WorstRequest(name, OFFICE, "GET", path, headers=_PAGE, service="query") for name, path in pages.items()),
        WorstRequest("page: what is to be done", OFFICE, "GET", "/", headers=_PAGE),
    ]
