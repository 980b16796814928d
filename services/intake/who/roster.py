"""Who answers for which item: folded from the rulings that count, so that intake needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from contracts.ruling import RULING_TYPES, RulingEvent
from contracts.rulings import ItemOpened, PolicyChanged, ProgrammeEnlarged, ProgrammeOpened
from contracts.topics import jurisdiction_of, split_subject
from eventlog.clock import Clock, SystemClock
from eventlog.log.record import Place
from services.intake.who import setbacks
from services.intake.who.item import FOLDED, KnownItem, opened
from supervision import awaited
from supervision.awaited import Awaited, Waiting

_OF_PROGRAMMES: Final = (ProgrammeOpened, ProgrammeEnlarged, PolicyChanged)
_FOLDED: Final = (*FOLDED, *setbacks.FOLDED, *awaited.FOLDED, *_OF_PROGRAMMES, ItemOpened)
TYPES: Final = frozenset(RULING_TYPES.types[cls] for cls in _FOLDED)
"""What a roster is made of; other events, of newer versions, too, are passed over."""


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """A published programme and the submission that opened it."""

    opened: ProgrammeOpened
    causeid: str
    causeoffset: int
    partition: int


class Roster:
    """The fold; one per process, fed by `RosterFeed`."""

    def __init__(self, clock: Clock | None = None) -> None:
        """`clock` says on which day somebody asks: deputies stand in on some days alone."""
        self.clock = clock or SystemClock()
        self.programmes: dict[str, KnownProgramme] = {}
        self.items: dict[tuple[str, str], KnownItem] = {}
        """By programme and id."""
        self.waiting: dict[tuple[str, str], tuple[Awaited, ...]] = {}
        """What waits for somebody's act, by programme and item ("": the programme as a whole), where anything does."""
        self._waits: dict[tuple[str, str], Waiting] = {}
        self.jurisdictions: set[str] = set()
        """Those of all programmes."""
        self.caught_up = False
        """Whether everything that was on the log at the start has been folded: before that no right can be checked."""
        self.not_read_on: Mapping[Place, str] = {}
        """Partitions of `rulings` in trouble, and why: what lies further on there is not known."""
        self.simulated_only = True
        """Whether nothing real is on the log, so that a driven clock may stamp."""

    def items_in(self, programme: str) -> list[KnownItem]:
        """The items of a programme by id, those that joined it later included."""
        return [item for (of, _), item in sorted(self.items.items()) if of == programme]

    def unit_name(self, programme: str, unit: str) -> str:
        """Name of a unit in a programme; its id where the programme does not list it."""
        known = self.programmes.get(programme)
        units = known.opened.units if known else ()
        return next((entry.name for entry in units if entry.id == unit), unit)

    def leader_label(self, programme: str, leader: str) -> str:
        """What a leader in charge is called in a programme; the id where the programme does not list it."""
        known = self.programmes.get(programme)
        leaders = known.opened.leaders if known else ()
        return next((entry.label for entry in leaders if entry.id == leader), leader)

    def evolve(self, event: RulingEvent) -> None:
        """Change by one event of a counted ruling, if it is of `TYPES`."""
        programme, item_id = split_subject(event.subject)
        data = event.data
        self._await(event, (programme, item_id or ""))
        if isinstance(data, ProgrammeOpened):
            known = KnownProgramme(data, event.causeid, event.causeoffset, event.partition)
            self.programmes.setdefault(programme, known)
            self.jurisdictions.add(jurisdiction_of(programme))
            self.simulated_only &= data.simulated
        elif item_id is None and isinstance(data, ProgrammeEnlarged | PolicyChanged):
            self._change(programme, data)
        elif isinstance(data, ItemOpened):
            made = opened(programme, item_id or "", data)
            self.items[(made.programme, made.id)] = made
            self.simulated_only &= data.simulated
        elif (item := self.items.get((programme, item_id or ""))) is not None:
            item.evolve(data)
            item.setbacks = setbacks.evolve(item.setbacks, event)

    def _await(self, event: RulingEvent, about: tuple[str, str]) -> None:
        if not (steps := awaited.steps(event.data, event.causeid)):
            return
        waits = self._waits.get(about, {})
        for step in steps:
            waits = awaited.evolve(waits, step, event.time)
        self._waits[about] = waits
        self.waiting.pop(about, None)
        if listed := awaited.listed(waits, withdrawn=False):
            self.waiting[about] = tuple(listed)

    def _change(self, programme: str, data: ProgrammeEnlarged | PolicyChanged) -> None:
        """A programme's own record after units and leaders joined it, or another policy was adopted."""
        known = self.programmes.get(programme)
        if known is None:
            return
        opened = known.opened
        if isinstance(data, PolicyChanged):
            after = replace(opened, policy=data.policy)
        else:
            after = replace(opened, units=(*opened.units, *data.units), leaders=(*opened.leaders, *data.leaders))
        self.programmes[programme] = replace(known, opened=after)
