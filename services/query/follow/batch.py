"""Folds the records of all three topics into rows and new positions, and stops a partition that it cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.envelope import UnknownType
from contracts.topics import DISPATCHES, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule, SingleAtRule
from eventlog.follow.handler import PartitionStopped
from eventlog.log.log import Hole
from eventlog.log.record import Place, Position, Record
from services.query.follow.projection import project_dispatch, project_ruling, project_submission
from services.query.read_model.position import ReadPosition, ReadPositions
from services.query.read_model.rows import Rows


class PartitionFolds:
    """The folds of all partitions; their positions are what may be stored, never inside a ruling."""

    def __init__(self, positions: Mapping[Place, ReadPosition]) -> None:
        self.positions: ReadPositions = dict(positions)
        self._counting: dict[Place, AtRule] = {}
        self._placing: dict[Place, SingleAtRule] = {}
        for place in positions:
            self._resume(place)

    @property
    def next_offsets(self) -> dict[Place, int]:
        """The offset to read next, per partition."""
        return {place: position.next for place, position in self.positions.items()}

    def seen(self, place: Place) -> int:
        """The offset up to which records were looked at; beyond the position while a ruling is incomplete."""
        if place[0] == RULINGS:
            return max(self._counting[place].seen, self.positions[place].next)
        return self.positions[place].next

    def void(self, place: Place) -> int:
        """Records up to the position that do not count."""
        position = self.positions[place]
        return 0 if place[0] == SUBMISSIONS else position.next - position.counted

    def fold(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        """Fold the next records of a partition; those seen before are dropped.

        Raises:
            Hole: a record lies beyond the next one: read again from there.
            PartitionStopped: what came before the trouble is in `rows` and in the position.
        """
        try:
            if place[0] == SUBMISSIONS:
                self._fold_submissions(place, records, rows)
            elif place[0] == RULINGS:
                self._fold_rulings(place, records, rows)
            else:
                self._fold_dispatches(place, records, rows)
        except Hole:
            self._resume(place)
            raise

    def _fold_submissions(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        for record in records:
            position = self.positions[place]
            if record.offset < position.next:
                continue
            if record.offset > position.next:
                raise Hole(position.next, record)
            project_submission(record, rows)
            self.positions[place] = ReadPosition(record.offset + 1, record.offset, position.counted + 1)

    def _fold_rulings(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        counting = self._counting[place]
        for ruling in counting.fold(records):
            more = Rows()
            try:
                project_ruling(ruling, more)
            except (UnknownType, KeyError, TypeError, ValueError) as error:
                self._resume(place)
                raise PartitionStopped(place, ruling.events[0].record.offset, repr(error)) from error
            rows.extend(more)
            counted = self.positions[place].counted + len(ruling.events)
            self.positions[place] = ReadPosition(*ruling.after, counted)
        offset, last = counting.position
        self.positions[place] = ReadPosition(offset, last, self.positions[place].counted)

    def _fold_dispatches(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        placing = self._placing[place]
        for counted in placing.fold(records):
            more = Rows()
            try:
                project_dispatch(counted, more)
            except (UnknownType, KeyError, TypeError, ValueError) as error:
                self._resume(place)
                raise PartitionStopped(place, counted.record.offset, repr(error)) from error
            rows.extend(more)
            offset = counted.record.offset
            self.positions[place] = ReadPosition(offset + 1, offset, self.positions[place].counted + 1)
        self.positions[place] = self.positions[place]._replace(next=placing.seen)

    def rewind(self, place: Place, position: ReadPosition) -> None:
        """Go back to where the read model stands: what was folded since was not stored."""
        self.positions[place] = position
        self._resume(place)

    def _resume(self, place: Place) -> None:
        position = self.positions[place]
        if place[0] == RULINGS:
            self._counting[place] = AtRule(Position(position.next, position.last))
        elif place[0] == DISPATCHES:
            self._placing[place] = SingleAtRule(position.next)
