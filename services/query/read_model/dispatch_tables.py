"""The tables of dispatches: notices, the messages that they give rise to, and the steps of each message."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from services.query.read_model.columns import JsonObject, RecipientColumn


class NoticeRow(NamedTuple):
    """A notice as it was issued."""

    part: int
    pos: int
    time: datetime
    logged_at: datetime
    programme: str
    item: str
    notice: str
    number: str
    kind: str
    title: str
    document: str
    body: str
    sha256: str
    recipients: list[RecipientColumn]
    causes: list[str]
    escalation: str | None
    due_at: datetime | None
    simulated: bool


class AddressedRow(NamedTuple):
    """A message that a notice gives rise to."""

    part: int
    pos: int
    time: datetime
    programme: str
    notice: str
    delivery: str
    recipient: str
    channel: str


class DeliveryRow(NamedTuple):
    """A step of a message: `step` is the verb of its event."""

    part: int
    pos: int
    time: datetime
    logged_at: datetime
    programme: str
    delivery: str
    step: str
    attempt: int | None
    data: JsonObject
