"""Every reader of rulings, fed with the same bytes: what each of them knows of one item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.ruling import ruling_from
from contracts.rulings import ItemOpened
from contracts.topics import RULINGS, split_subject
from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.log.record import Record
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from services.notify.notices import notice
from services.notify.notices.facts import ItemFacts
from services.notify.notices.notice import NoticeDue
from services.query.answers.escalations import EscalationAnswer, fold_escalations
from services.query.answers.explanations import explained
from services.query.answers.heat_map import under_appeal
from services.query.follow.projection import project_ruling
from services.query.read_model.results import known
from services.query.read_model.rows import Rows
from services.rating.rules.state import ladder
from services.rating.rules.state import state as rating
from services.rating.rules.state.evolve import fold, named_by
from supervision import awaited
from supervision import item as item_record
from supervision.awaited import AwaitedStep, Waiting
from supervision.item import LIGHTS_FOLDED, ItemRecord
from supervision.words import Word


@dataclass
class Readers:
    """Rating's own state, and what all others made of the same rulings."""

    state: rating.State | None = None
    record: ItemRecord | None = None
    lights_only: ItemRecord | None = None
    facts: ItemFacts | None = None
    roster: Roster = field(default_factory=Roster)
    notices: list[tuple[NoticeDue, ladder.Escalation]] = field(default_factory=list)
    """The notices about escalations, each with the escalation as rating held it at that event."""
    rows: Rows = field(default_factory=Rows)
    subject: str = ""

    @property
    def item(self) -> rating.Item:
        """The item as rating holds it."""
        assert self.state is not None
        assert self.state.item is not None
        return self.state.item

    @property
    def intake(self) -> KnownItem:
        """The item as intake holds it."""
        programme, item = split_subject(self.subject)
        found = self.roster.items.get((programme, item or ""))
        assert found is not None
        return found

    @property
    def query(self) -> list[EscalationAnswer]:
        """The item's escalations as query folds them from the rows that its projection writes."""
        return fold_escalations(self.rows.escalation, self.rows.light)

    @property
    def query_lights(self) -> Mapping[str, Word]:
        """Why each light stands as it does, as query folds it from its rows of events."""
        return explained(known(self.rows.event), published=False).lights

    @property
    def query_appeals(self) -> set[str]:
        """The periods whose light is under appeal, as query's heat map shows it."""
        return {period for _, period in under_appeal(known(self.rows.event))}

    @property
    def query_waits(self) -> Waiting:
        """What waits, as query folds it from the rows that its projection writes."""
        waits: Waiting = {}
        for row in self.rows.awaited:
            step = AwaitedStep(row.act, row.name, row.opens, row.of, row.place, row.weak, row.due_at)
            waits = awaited.evolve(waits, step, row.time)
        return waits

    def evolve(self, ruling: CountedAnswer) -> None:
        """Let everyone take in one counted ruling."""
        for counted in ruling.events:
            event = ruling_from(counted.body, counted.record.partition)
            self.subject, data = event.subject, event.data
            self.state = fold(self.state, named_by(event), (event,))
            self.roster.evolve(event)
            self.facts, due = notice.evolve(self.facts, event, None)
            if due is not None and due.escalation is not None:
                self.notices.append((due, next(one for one in self.item.escalations if one.id == due.escalation)))
            if isinstance(data, ItemOpened):
                self.record = self.lights_only = item_record.opened(data)
            elif self.record is not None and self.lights_only is not None:
                self.record = item_record.evolve(self.record, data)
                if type(data) in LIGHTS_FOLDED:
                    self.lights_only = item_record.evolve(self.lights_only, data)
        project_ruling(ruling, self.rows)


def read(written: Sequence[bytes]) -> Iterator[Readers]:
    """Every reader after each ruling, the item once opened; it is the same object each time."""
    readers, at_rule = Readers(), AtRule()
    records = [Record(RULINGS, 0, offset, 0, b"", value) for offset, value in enumerate(written)]
    for ruling in at_rule.fold(records):
        readers.evolve(ruling)
        if readers.record is not None:
            yield readers
