"""What JSON columns hold, as far as this version reads it; fields that a newer version adds are passed on unread."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from contracts.values import PeriodId

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]


class UnitColumn(TypedDict):
    """A unit of a programme."""

    id: str
    name: str
    kind: NotRequired[str]


class LeaderColumn(TypedDict):
    """A leader of a programme."""

    id: str
    label: str


class PeriodColumn(TypedDict):
    """A reporting period of an item; instants are texts."""

    id: PeriodId
    quarter: PeriodId
    opens_at: str
    due_at: str


class ComparedColumn(TypedDict):
    """A target beside the measured value; decimal numbers are texts."""

    indicator: str
    comparator: str
    target: str
    measured: NotRequired[str]
    reached: bool


class RecipientColumn(TypedDict):
    """To whom a notice goes: `kind` is `to` or `copy`."""

    role: str
    kind: str
