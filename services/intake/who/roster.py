"""Who answers for which item: folded from the rulings that count, so that intake needs no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from contracts.ruling import RULING_TYPES, RulingEvent
from contracts.rulings import BulletinFiled, ItemOpened, PolicyChanged, ProgrammeEnlarged, ProgrammeOpened
from contracts.topics import jurisdiction_of, split_subject
from contracts.values import Leader, Unit
from eventlog.clock import Clock, SystemClock
from eventlog.log.record import Place
from services.intake.who import setbacks
from services.intake.who.alike import programme_alike
from services.intake.who.item import FOLDED, SETTLING, KnownItem, opened
from services.intake.who.known_items import MOST_UNPACKED, KnownItems
from supervision import awaited
from supervision.awaited import Awaited, Waiting

_OF_PROGRAMMES: Final = (ProgrammeOpened, ProgrammeEnlarged, PolicyChanged)
_FOLDED: Final = (*FOLDED, *setbacks.FOLDED, *awaited.FOLDED, *_OF_PROGRAMMES, ItemOpened)
_Listed = TypeVar("_Listed", Unit, Leader)
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

    def __init__(self, clock: Clock | None = None, most_unpacked: int = MOST_UNPACKED) -> None:
        """`clock` says on which day somebody asks: deputies stand in on some days alone."""
        self.clock = clock or SystemClock()
        self.programmes: dict[str, KnownProgramme] = {}
        self.items = KnownItems(most_unpacked)
        """By programme and id."""
        self._items_of: dict[str, dict[str, None]] = {}
        """Their ids by programme, in the order published."""
        self._programmes_of: dict[str, set[str]] = {}
        """By jurisdiction, the programmes with an item or something that waits."""
        self.bulletins: dict[tuple[str, str], BulletinFiled] = {}
        """By programme and id, as they were composed last."""
        self.waiting: dict[tuple[str, str], tuple[Awaited, ...]] = {}
        """What waits for somebody's act, by programme and item ("": the programme as a whole), where anything does."""
        self._waits: dict[str, Waiting] = {}
        """The same of programmes as a whole, by subject; an item holds its own."""
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
        return [self.items[programme, id_] for id_ in sorted(self._items_of.get(programme, ()))]

    def items_of(self, jurisdictions: Collection[str]) -> list[KnownItem]:
        """The items of these jurisdictions (none named: of all) by programme and id."""
        return [item for programme in self._programmes(jurisdictions) for item in self.items_in(programme)]

    def waiting_of(self, jurisdictions: Collection[str]) -> Iterator[tuple[str, str, tuple[Awaited, ...]]]:
        """What waits in these jurisdictions (none named: in all): programme, item or "", and what waits there."""
        for programme in self._programmes(jurisdictions):
            for item in ("", *self._items_of.get(programme, {})):
                if waits := self.waiting.get((programme, item)):
                    yield programme, item, waits

    def _programmes(self, jurisdictions: Collection[str]) -> list[str]:
        found = jurisdictions or self._programmes_of
        return sorted(programme for one in found for programme in self._programmes_of.get(one, ()))

    def programme_title(self, programme: str) -> str:
        """Title of a programme; its id where only its items are known yet."""
        known = self.programmes.get(programme)
        return known.opened.title if known else programme

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
        item = self.items.changing((programme, item_id)) if item_id is not None else None
        self._await(event, programme, item)
        if isinstance(data, ProgrammeOpened):
            known = KnownProgramme(programme_alike(data), event.causeid, event.causeoffset, event.partition)
            self.programmes.setdefault(programme, known)
            self.jurisdictions.add(jurisdiction_of(programme))
            self.simulated_only &= data.simulated
        elif item_id is None and isinstance(data, ProgrammeEnlarged | PolicyChanged):
            self._change(programme, data)
        elif isinstance(data, BulletinFiled):
            self.bulletins[programme, data.bulletin] = data
        elif isinstance(data, ItemOpened):
            made = opened(programme, item_id or "", data)
            self.items.open(made)
            self._items_of.setdefault(made.programme, {})[made.id] = None
            self._list(made.programme)
            self.simulated_only &= data.simulated
        elif item is not None:
            item.evolve(data)
            item.setbacks = setbacks.evolve(item.setbacks, event)
            if type(data) in SETTLING and item.year_is_over:
                self.items.let_rest(item)

    def _await(self, event: RulingEvent, programme: str, item: KnownItem | None) -> None:
        if not (steps := awaited.steps(event.data, event.causeid)):
            return
        waits = self._waits.get(event.subject, {}) if item is None else item.waits
        for step in steps:
            waits = awaited.evolve(waits, step, event.time)
        if item is None:
            self._waits[event.subject], about = waits, (programme, split_subject(event.subject)[1] or "")
        else:
            item.waits, about = waits, (item.programme, item.id)
        self.waiting.pop(about, None)
        if listed := awaited.listed(waits, withdrawn=False):
            self.waiting[about] = tuple(listed)
            self._list(programme)

    def _list(self, programme: str) -> None:
        self._programmes_of.setdefault(jurisdiction_of(programme), set()).add(programme)

    def _change(self, programme: str, data: ProgrammeEnlarged | PolicyChanged) -> None:
        """A programme's own record after units and leaders joined it, or another policy was adopted."""
        known = self.programmes.get(programme)
        if known is None:
            return
        opened = known.opened
        if isinstance(data, PolicyChanged):
            after = replace(opened, policy=data.policy)
        else:
            units = (*opened.units, *_new(opened.units, data.units))
            leaders = (*opened.leaders, *_new(opened.leaders, data.leaders))
            after = replace(opened, units=units, leaders=leaders)
        self.programmes[programme] = replace(known, opened=after)


def _new(before: Iterable[_Listed], joined: Iterable[_Listed]) -> list[_Listed]:
    """Those that joined and were not there: what two people added is there once."""
    known = {one.id for one in before}
    return [one for one in joined if one.id not in known]
