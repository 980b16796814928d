"""The policy: every value that the scheme leaves open, as data that a programme pins (rulebook: Policy)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field, WithJsonSchema

from contracts.values import Identifier, Light, Number, as_published

WorkingDays = Annotated[int, Field(ge=1, le=250)]
CalendarDays = Annotated[int, Field(ge=1, le=366)]

SignedType = Literal[
    "plan.submitted",
    "progress.reported",
    "rectification.reported",
    "appeal.lodged",
    "adjustment.requested",
    "withdrawal.requested",
    "extension.requested",
]
InspectionApproval = Literal["declared", "chief"]

Points = Annotated[Number, Field(le=0)]
"""What is taken off a unit's base: never above zero."""


_OFFSET: Final = r"^[+-](0[0-9]|1[0-4]):[0-5][0-9]$"
UtcOffset = Annotated[
    str,
    Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$"),
    as_published(_OFFSET),
    WithJsonSchema({"type": "string", "pattern": _OFFSET}),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points of the annual evaluation (a sample: the scheme gives no formula)."""

    base: Number
    yellow: Points
    red: Points
    missing_report: Points
    lapsed_rectification: Points
    chief_interview: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All [D] values of the rulebook under one id and version; never changed once published.

    `missed_light` is the light of a period whose node was not met in time; `made_up_light`, where given, is the
    light that a missed period turns to when a late report meets its node. Limits are in working days, appeals in
    calendar days, `grace_seconds` and `skew_seconds` in seconds, reminders go out at `reminder_hour`:00.
    `signed` names the submissions that a unit's head makes, `inspection_approval` whose word an inspection plan needs;
    a report's deadline is moved by at most `report_move_days`, a rectification extended `extensions` times by at most
    `extension_days`, minutes name the interview's day within `minutes_days`. A value of version 3 at its default is not
    written, so that the bytes of earlier policies stay.
    """

    id: Identifier
    version: Annotated[int, Field(ge=1)]
    utc_offset: UtcOffset = "+08:00"
    deadline_inclusive: bool = True
    missed_light: Literal["yellow", "red"] = "yellow"
    made_up_light: Literal["yellow", "green"] | None = None
    yellows_to_red: Annotated[int, Field(ge=2, le=12)] = 2
    evidence_required: bool = True
    grace_seconds: Annotated[int, Field(ge=0, le=86400)] = 600
    skew_seconds: Annotated[int, Field(ge=0, le=600)] = 5
    reminder_days: tuple[WorkingDays, ...] = (5, 1)
    reminder_hour: Annotated[int, Field(ge=0, le=23)] = 9
    rectification_days: WorkingDays = 15
    interview_days: WorkingDays = 10
    chief_interview_days: WorkingDays = 10
    blockage_days: WorkingDays = 10
    appeal_days: CalendarDays = 30
    appeal_decision_days: CalendarDays = 30
    blind_channel: Literal["resend", "hold"] = "resend"
    signed: Annotated[tuple[SignedType, ...], Field(exclude_if=lambda types: types == ())] = ()
    complete_plans: Annotated[bool, Field(exclude_if=operator.not_)] = False
    inspection_approval: Annotated[InspectionApproval, Field(exclude_if=lambda how: how == "declared")] = "declared"
    report_move_days: Annotated[WorkingDays, Field(exclude_if=lambda days: days == 10)] = 10
    extensions: Annotated[int, Field(ge=0, le=12, exclude_if=lambda number: number == 1)] = 1
    extension_days: Annotated[WorkingDays, Field(exclude_if=lambda days: days == 15)] = 15
    minutes_days: Annotated[WorkingDays, Field(exclude_if=lambda days: days == 3)] = 3
    weights: Weights

    @property
    def ref(self) -> str:
        """The policy as rulings name it, e.g. `yuancheng-2024@1`."""
        return f"{self.id}@{self.version}"

    def missed(self, misses: int) -> Light:
        """The light of a period that was not met in time, after so many misses in a row (rulebook: Lights 2, 3)."""
        return "red" if misses + 1 >= self.yellows_to_red else self.missed_light
