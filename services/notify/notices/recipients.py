"""Who gets a notice: whom a ruling names, who holds an interview, and who stands in for them; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.dispatches import Recipient
from services.notify.notices.facts import ItemFacts
from supervision.deputies import standing_in
from supervision.escalations import EscalationRecord

OFFICE = "office"
CHIEF = "chief"
HOLDERS = {"interview": "leader", "chief_interview": CHIEF}
"""Who holds an interview, and so gets a copy of its notice."""


def addressed(to: str, *copies: str) -> tuple[Recipient, ...]:
    """One role, and copies to others."""
    return unique([Recipient(role=to, kind="to"), *(Recipient(role=role, kind="copy") for role in copies)])


def with_deputies(listed: tuple[Recipient, ...], item: ItemFacts, at: datetime) -> tuple[Recipient, ...]:
    """Whoever stands in for a leader or the chief leader that day gets a copy of what they get (rulebook: Who)."""
    if not item.namings:
        return listed
    found = [role for one in listed for role in standing_in(item.namings, one.role, item.day(at))]
    return unique([*listed, *(Recipient(role=role, kind="copy") for role in found)])


def recipients(item: ItemFacts, escalation: EscalationRecord) -> tuple[Recipient, ...]:
    """Who gets a notice of this escalation: those whom the ruling names, and who holds the interview.

    A notice to the government (a blockage) goes to the office, which submits it.
    """
    to = [Recipient(role=_role(escalation.to, item), kind="to")]
    copies = [_role(reference, item) for reference in escalation.copy]
    holder = HOLDERS.get(escalation.level)
    if holder is not None:
        copies.append(f"leader:{item.leader}" if holder == "leader" else holder)
    return unique([*to, *(Recipient(role=role, kind="copy") for role in copies)])


def unique(listed: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Each role once, as it came first."""
    by_role: dict[str, Recipient] = {}
    for recipient in listed:
        by_role.setdefault(recipient.role, recipient)
    return tuple(by_role.values())


def _role(reference: str, item: ItemFacts) -> str:
    if reference in (item.lead_unit, "lead_unit", "unit"):
        return f"unit:{item.lead_unit}"
    if reference in (item.leader, "leader"):
        return f"leader:{item.leader}"
    return OFFICE if reference == "government" else reference
