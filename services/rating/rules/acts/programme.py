"""Programmes and items: published, handed on, put under another policy (rulebook: What is supervised; Policy)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.policy import Policy
from contracts.refusal_reasons import Reason
from contracts.rulings import ItemOpened, ItemTransferred, PolicyChanged, ProgrammeOpened, Remark
from contracts.submissions import ItemAssigned, ItemReassigned, PolicyAdopted, ProgrammePublished
from services.rating.rules.draft import Draft
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import update_months
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item


def open_programme(draft: Draft, data: ProgrammePublished) -> None:
    """The office publishes a programme."""
    draft.emit(
        ProgrammeOpened(
            title=data.title,
            jurisdiction=data.jurisdiction,
            document=data.document,
            issued_on=data.issued_on,
            simulated=data.simulated,
            derived=data.derived,
            units=data.units,
            leaders=data.leaders,
            items=data.items,
            policy=data.policy,
            closing_on=data.closing_on,
        )
    )


def open_item(draft: Draft, data: ItemAssigned) -> None:
    """An item is under supervision; deadlines that had passed at the publication bind nobody (rulebook: Deadlines)."""
    draft.emit(
        ItemOpened(
            title=data.title,
            category=data.category,
            classification=data.classification,
            source=data.source,
            lead_unit=data.lead_unit,
            cooperating=data.cooperating,
            leader=data.leader,
            published_at=data.published_at,
            plan_due_at=data.plan_due_at,
            periods=data.periods,
            void=tuple(p.id for p in data.periods if p.due_at <= data.published_at),
            annual_targets=data.annual_targets,
            calendar=data.calendar,
            policy=data.policy,
            simulated=data.simulated,
            derived=data.derived,
            units=data.units,
            leaders=data.leaders,
            month_working_day=data.month_working_day,
            closing_on=data.closing_on,
            predecessor=data.predecessor,
            deputies=data.deputies,
        )
    )


def object_to_transfer(item: Item, data: ItemReassigned, _at: datetime) -> list[Reason]:
    """The office hands an item on within the programme; cooperating units are not checked (rulebook: Who)."""
    hands = item.hands
    reasons: list[Reason] = []
    if hands.units is not None and data.lead_unit not in hands.units:
        reasons.append("unknown_unit")
    if hands.leaders is not None and data.leader not in hands.leaders:
        reasons.append("unknown_leader")
    return reasons


def transfer(draft: Draft, data: ItemReassigned) -> list[Remark]:
    """Obligations, lights and escalations stay with the item, rights pass on (rulebook: Changing the goal posts)."""
    draft.emit(ItemTransferred(lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader))
    return []


def object_to_policy(item: Item, data: PolicyAdopted, _at: datetime) -> list[Reason]:
    """The office may adopt another policy version, or an earlier one again."""
    return objections_to((*item.origin.policies, item.frame.policy), data)


def objections_to(known: Iterable[Policy], data: PolicyAdopted) -> list[Reason]:
    """A rule never changes under a published policy version (rulebook: Policy)."""
    changed = any(policy.ref == data.policy.ref and policy != data.policy for policy in known)
    return ["already_published"] if changed else []


def object_to_programme_policy(there: Programme, data: PolicyAdopted) -> list[Reason]:
    """The office may adopt another policy version for a programme, or an earlier one again."""
    return objections_to(there.policies, data)


def adopt_policy(draft: Draft, data: PolicyAdopted) -> list[Remark]:
    """A new policy takes effect for periods not yet settled; limits that run stay (rulebook: Policy)."""
    draft.emit(PolicyChanged(policy=data.policy))
    update_months(draft)
    rederive(draft, "Policy")
    return []


def change_policy(draft: Draft, data: PolicyAdopted) -> None:
    """A programme keeps the policy too; each of its items adopts it by a submission of its own."""
    draft.emit(PolicyChanged(policy=data.policy))
