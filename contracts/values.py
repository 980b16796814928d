"""Words and value types that several events use: ids, decimals, nodes, schedules, actors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

AS_PUBLISHED: Final = "as published"
"""The validation context of what somebody sends or writes now; a log is read without it."""
_PERIOD: Final = r"^[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))$"


def as_published(pattern: str) -> AfterValidator:
    """Refuses digits of other scripts, which `pattern`, the published one, does not have, where something is sent.

    A log may hold them from before they were refused, and is read as it always was.
    """

    def check(text: str, info: ValidationInfo) -> str:
        if info.context == AS_PUBLISHED and not text.isascii():
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": pattern})
        return text

    return AfterValidator(check)


def not_before(first: str) -> AfterValidator:
    """Refuses a last day that is before the day in the field `first`, where something is sent; a log's is read."""

    def check(day: date, info: ValidationInfo) -> date:
        begins = info.data.get(first)
        if info.context == AS_PUBLISHED and begins is not None and day < begins:
            raise PydanticCustomError("before_first_day", "must not be before {first}", {"first": first})
        return day

    return AfterValidator(check)


Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
PeriodId = Annotated[
    str,
    Field(pattern=r"^\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))$"),
    as_published(_PERIOD),
    WithJsonSchema({"type": "string", "pattern": _PERIOD}),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Sentence = Annotated[str, Field(max_length=4000)]
Instant = AwareDatetime

Category = Literal["key_task", "livelihood"]
Classification = Literal["public", "internal"]
Comparator = Literal[">=", "<=", ">", "<", "="]
Claim = Literal["completed", "in_progress", "blocked"]
Finding = Literal["confirmed", "overturned"]
Light = Literal["none", "green", "yellow", "red"]
MonthStatus = Literal["open", "met", "unmet", "late", "missing", "void"]
Level = Literal["rectification", "interview", "chief_interview", "blockage"]
Role = Literal["unit", "office", "leader", "chief", "auditor", "alarm"]
Principal = Annotated[str, Field(pattern=r"^(leader:[A-Za-z0-9][A-Za-z0-9._-]{0,63}|chief)$")]
"""Whom a deputy stands in for, and who does: a leader in charge by id, or the chief leader."""
SubmissionId = Annotated[str, Field(min_length=1, max_length=100)]


def _exact(value: Any) -> Any:
    if isinstance(value, float | bool):
        raise ValueError("a decimal number is written as a string or an integer, never as a float")
    return value


Number = Annotated[
    Decimal,
    # Next to the type, so that they are checked in its own validator; behind another one they are checked in Python.
    Field(max_digits=21, decimal_places=6),
    BeforeValidator(_exact),
    PlainSerializer(lambda number: format(number, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"}),
]
"""An exact decimal number, on the log always a string without exponent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a role, a person's id (never a name), and for the role `unit` the unit's id.

    `jurisdiction` is the actor's own where it is not the programme's. A deputy acts `on_behalf_of` a principal
    (`leader:leader-3`, `chief`). Inside a unit `prepared_by` is who prepared what the `head` (主要负责人) submits.
    rulebook: Who
    """

    role: Role
    id: str
    unit: str | None = None
    jurisdiction: str | None = None
    on_behalf_of: str | None = None
    prepared_by: str | None = None
    head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One countable goal of a node: the measured value must stand in `comparator` to `value`."""

    indicator: Name
    comparator: Comparator
    value: Number
    unit: Annotated[str, Field(max_length=40)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What an item must reach by the end of a period (节点目标)."""

    text: Sentence
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file in the evidence store, named by its SHA-256; `size` in bytes.

    None for `classification` is public, as all evidence was before it had one: those bytes stay as they are.
    `internal` never reaches the public (rulebook: Fairness, art. 9/24).
    """

    sha256: Sha256
    name: Name
    size: Annotated[int, Field(ge=0)]
    media_type: Annotated[str, Field(max_length=100)]
    classification: Classification | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingPeriod:
    """A period that is reported on: a quarter of a key task, or a month of a livelihood item.

    `quarter` is the period that carries the light (for a key task the period itself). A report is in time
    before `due_at` (exclusive: the instant after the last day; rulebook: Deadlines).
    """

    id: PeriodId
    quarter: PeriodId
    opens_at: Instant
    due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working days from `first_on` to `last_on`: Monday to Friday but for the exceptions."""

    first_on: date
    last_on: date
    holidays: tuple[date, ...] = ()
    working_weekends: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that takes part (承办单位): its id and its official name."""

    id: Identifier
    name: Name
    kind: Annotated[str, Field(max_length=40)] = "department"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A leader in charge (分管区领导): a role with an id and a label, never a person's name."""

    id: Identifier
    label: Name
