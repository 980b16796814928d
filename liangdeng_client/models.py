"""What comes back: receipts, rulings, evidence. Instants are aware; what a newer service adds is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Worded:
    """A reason or a remark: its code, and what it says in Chinese and English."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: its name (`data.claim`), the rule that it breaks, and a sentence for people."""

    field: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LightMove:
    """A light that moved because of a submission: `none`, `green`, `yellow` or `red`."""

    period: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a submission lies on the log. `document` is all that was answered: keep it, it is signed."""

    submission_id: str
    subject: str
    received_at: datetime
    digest: str
    proof: str
    document: Json


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was ruled: `verdict` is `accepted`, `rejected`, `repeated` or `unreadable`."""

    verdict: str
    reasons: tuple[Worded, ...]
    remarks: tuple[Worded, ...]
    lights: tuple[LightMove, ...]
    rules: str

    @property
    def accepted(self) -> bool:
        """Whether it counts."""
        return self.verdict == "accepted"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The receipt; the ruling if it was waited for and came in time; `replayed`: the same was filed before."""

    receipt: Receipt
    ruling: Ruling | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class BulkResult:
    """One row of many: what was submitted, or why not."""

    status: int
    submitted: Submitted | None
    code: str
    message: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What waits for the head's signature: `state` is `waiting`, `returned`, `signed` or `taken_back`."""

    id: str
    programme: str
    item: str
    type: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """An uploaded file, as a submission cites it: put `cited()` into its `evidence`."""

    sha256: str
    size: int
    name: str
    media_type: str

    def cited(self) -> dict[str, Any]:
        """The reference as JSON."""
        return {"sha256": self.sha256, "size": self.size, "name": self.name, "media_type": self.media_type}


def receipt_of(told: Json) -> Receipt:
    """From the JSON of a receipt. Raises KeyError, ValueError where it is none."""
    document = {name: value for name, value in told.items() if name != "ruling"}
    return Receipt(
        submission_id=told["submission_id"],
        subject=told["subject"],
        received_at=datetime.fromisoformat(told["received_at"]),
        digest=told["digest"],
        proof=told["proof"],
        document=document,
    )


def ruling_of(told: Json | None) -> Ruling | None:
    """From the JSON of a ruling."""
    if told is None:
        return None
    return Ruling(
        verdict=told["verdict"],
        reasons=_worded(told["reasons"]),
        remarks=_worded(told["remarks"]),
        lights=tuple(LightMove(move["period"], move["from"], move["to"]) for move in told["lights"]),
        rules=told["rules"],
    )


def submitted_of(told: Json, *, replayed: bool = False) -> Submitted:
    """From the JSON that a submission is answered with."""
    return Submitted(receipt_of(told), ruling_of(told.get("ruling")), replayed)


def prepared_of(told: Json) -> Prepared:
    """From the JSON of what was prepared."""
    names = ("id", "programme", "item", "type", "state")
    return Prepared(**{name: str(told[name]) for name in names}, reason=str(told.get("reason", "")))


def faults_of(problem: Json) -> tuple[Fault, ...]:
    """The faults that a problem document names."""
    found = problem.get("errors", ())
    return tuple(Fault(one["field"], one["rule"], one["message"], one["message_en"]) for one in found)


def bulk_result_of(told: Json) -> BulkResult:
    """From the JSON of one row's result."""
    if "receipt" in told:
        return BulkResult(told["status"], submitted_of(told["receipt"]), "", "", ())
    problem = told["problem"]
    message = problem.get("detail") or problem["title"]
    return BulkResult(told["status"], None, code_of(problem), message, faults_of(problem))


def code_of(problem: Json) -> str:
    """`key_reused` of `urn:liangdeng:problem:key_reused`."""
    return str(problem.get("type", "")).rpartition(":")[2]


def _worded(found: list[Json]) -> tuple[Worded, ...]:
    return tuple(Worded(one["code"], one["message"], one["message_en"]) for one in found)
