"""Escalations as answers show them: the rows of their steps, folded as every reader of rulings folds the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from contracts.rulings import (
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationRelieved,
    EscalationReported,
    EscalationReviewed,
    EscalationUnreported,
    EscalationWithdrawn,
    LimitMoved,
    RulingData,
)
from contracts.values import Light
from services.query.answers.item import SeenItem, items, open_items
from services.query.answers.request_view import RequestView
from services.query.read_model.as_of import LOCAL
from services.query.read_model.results import CurrentLight
from services.query.read_model.submissions import blockage_texts
from services.query.read_model.tables import EscalationRow, LightRow
from supervision.escalation_sentences import EscalationFacts, causes_word, escalation_sentence, with_texts
from supervision.escalations import EscalationRecord, Escalations, evolve, facts_of
from supervision.words import Word

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAnswer:
    """An escalation of an item, with what the sentence about it is made from, and where it was raised and ended."""

    programme: str
    item: str
    record: EscalationRecord
    facts: EscalationFacts
    first_cause: str
    rule: str
    because: list[str]
    ended_at: datetime | None
    part: int
    pos: int

    @property
    def standing(self) -> str:
        """The one word for how it stands: a code of `supervision.words.ESCALATION_STATES`."""
        return "overdue" if self.record.overdue and self.record.state == "open" else self.record.state

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.record.stands

    @property
    def why(self) -> Word:
        """What it stands on, until when, and how far it is."""
        return escalation_sentence(self.facts)

    @property
    def causes(self) -> Word:
        """What it stands on."""
        return causes_word(self.facts)


@dataclass(slots=True)
class _Item:
    """What was folded of an item so far: its escalations, and of each what its answer needs beside that."""

    escalations: Escalations = field(default_factory=dict)
    raised: dict[str, EscalationRow] = field(default_factory=dict)
    because: dict[str, list[str]] = field(default_factory=dict)
    ended_at: dict[str, datetime] = field(default_factory=dict)

    def evolve(self, step: EscalationRow) -> None:
        """Change it by the next step."""
        name, id_ = step.step, step.escalation
        self.escalations = evolve(self.escalations, _EVENTS[name](step))
        if name == "raised":
            self.raised[id_], self.because[id_] = step, list(step.because)
        elif name == "joined" and id_ in self.because:
            self.because[id_].extend(step.because)
        elif name in ("closed", "withdrawn"):
            self.ended_at[id_] = step.time


async def escalations(
    view: RequestView, programme_id: str, seen: Iterable[SeenItem], *, open_only: bool = True
) -> list[EscalationAnswer]:
    """Escalations of those of these items whose escalations the viewer sees, in the order raised."""
    shown = [one.held.item for one in seen if view.viewer.may_see("escalations.see", one.held)]
    return sorted(
        (one for one in await escalations_of(view, programme_id, shown) if one.is_open or not open_only),
        key=lambda one: (one.record.raised_at, one.item, one.pos),
    )


async def escalation_list(
    view: RequestView, programme_id: str, *, open_only: bool
) -> tuple[list[EscalationAnswer], dict[str, SeenItem]]:
    """The same as a list that is shown, with the items that it is about."""
    seen = await items(view, programme_id)
    found = await escalations(view, programme_id, seen, open_only=open_only)
    about = {one.item for one in found}
    shown = [one for one in seen if one.held.item in about]
    open_items(view, shown)
    return found, {one.held.item: one for one in shown}


async def escalations_of(view: RequestView, programme_id: str, some: Sequence[str]) -> list[EscalationAnswer]:
    """All escalations of some items, in the order raised, whoever the viewer is."""
    steps = await view.snapshot.escalation_steps(programme_id, some)
    about = list({step.item for step in steps})
    # Of those that an escalation follows from alone: what was refused says nothing of why it stands.
    raising = [id_ for step in steps if step.level == "blockage" for id_ in step.because]
    said = await blockage_texts(view.snapshot, programme_id, raising) if raising else {}
    return fold_escalations(steps, await view.snapshot.lights(programme_id, about) if about else [], said)


def fold_escalations(
    steps: Iterable[EscalationRow],
    lights: Iterable[CurrentLight | LightRow],
    said: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> list[EscalationAnswer]:
    """Escalations in the order raised, from the rows of their steps in the order of the log and those of lights.

    `said` is the text of blockages, by item and id.
    """
    items: dict[tuple[str, str], _Item] = {}
    for step in steps:
        items.setdefault((step.programme, step.item), _Item()).evolve(step)
    colours: dict[str, dict[str, Light]] = {}
    for row in lights:
        colours.setdefault(row.item, {})[row.period] = row.light
    return [
        EscalationAnswer(
            programme=programme,
            item=item,
            record=record,
            facts=with_texts(
                facts_of(record, folded.escalations, colours.get(item, {}).get, LOCAL),
                {number: text for (of, number), text in said.items() if of == item},
            ),
            first_cause=given(raised.ground),
            rule=given(raised.rule),
            because=folded.because[id_],
            ended_at=folded.ended_at.get(id_),
            part=raised.part,
            pos=raised.pos,
        )
        for (programme, item), folded in items.items()
        for id_, record in folded.escalations.items()
        for raised in [folded.raised[id_]]
    ]


def given(value: T | None) -> T:
    """What the event of such a step always has. Raises ValueError: the row is not what this version writes."""
    if value is None:
        raise ValueError("a column of escalation is empty that this step fills")
    return value


def _raised(step: EscalationRow) -> RulingData:
    return EscalationRaised(
        escalation=step.escalation,
        level=given(step.level),
        state=given(step.state),
        cause=given(step.ground),
        source=step.source,
        raised_at=step.time,
        due_at=step.due_at,
        to=given(step.recipient),
        copy=(),
        rule=given(step.rule),
        because=tuple(step.because),
    )


def _joined(step: EscalationRow) -> RulingData:
    return EscalationJoined(
        escalation=step.escalation,
        level=given(step.level),
        cause=given(step.ground),
        source=step.source,
        rule=given(step.rule),
        because=tuple(step.because),
    )


def _reduced(step: EscalationRow) -> RulingData:
    return EscalationReduced(
        escalation=step.escalation, level=given(step.level), cause=given(step.ground), source=step.source, because=()
    )


def _confirmed(step: EscalationRow) -> RulingData:
    return EscalationConfirmed(
        escalation=step.escalation,
        level=given(step.level),
        due_at=given(step.due_at),
        to=given(step.recipient),
        copy=(),
    )


def _moved(step: EscalationRow) -> RulingData:
    due_at = given(step.due_at)
    return LimitMoved(
        escalation=step.escalation,
        level=given(step.level),
        before=due_at,
        due_at=due_at,
        extension=step.extension,
    )


_EVENTS: Final[Mapping[str, Callable[[EscalationRow], RulingData]]] = {
    "raised": _raised,
    "joined": _joined,
    "reduced": _reduced,
    "confirmed": _confirmed,
    "moved": _moved,
    "reported": lambda step: EscalationReported(
        escalation=step.escalation, late=given(step.late), by=given(step.reported_by)
    ),
    "unreported": lambda step: EscalationUnreported(escalation=step.escalation, level=given(step.level), report="-"),
    "reviewed": lambda step: EscalationReviewed(escalation=step.escalation, finding=given(step.finding), person=""),
    "relieved": lambda step: EscalationRelieved(
        escalation=step.escalation, level=given(step.level), held_on=step.time.date()
    ),
    "overdue": lambda step: EscalationOverdue(escalation=step.escalation, level=given(step.level)),
    "closed": lambda step: EscalationClosed(escalation=step.escalation, level=given(step.level)),
    "withdrawn": lambda step: EscalationWithdrawn(escalation=step.escalation, level=given(step.level), because=()),
}
"""The event that a row was made from, as far as the table keeps it: no copies, no persons."""
