"""Folds the records of all three topics into rows and new standings, and stops a partition that it cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.envelope import UnknownType
from contracts.topics import DISPATCHES, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule, SingleAtRule
from eventlog.log.log import Hole
from eventlog.log.record import Place, Position, Record
from services.query.follow.projection import project_dispatch, project_ruling, project_submission
from services.query.read_model.position import Standing, Standings
from services.query.read_model.tables import Rows


class PartitionStopped(Exception):
    """A partition holds something that this version cannot project; it waits there for an upgrade or a repair."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(f"{place[0]}-{place[1]}: {why}")
        self.place = place


class Folding:
    """The folds of all partitions; their standings are what may be stored, never inside a ruling."""

    def __init__(self, standings: Mapping[Place, Standing]) -> None:
        self.standings: Standings = dict(standings)
        self._counting: dict[Place, AtRule] = {}
        self._placing: dict[Place, SingleAtRule] = {}
        for place in standings:
            self._resume(place)

    @property
    def reading(self) -> dict[Place, int]:
        """The offset to read next, per partition."""
        return {place: standing.next for place, standing in self.standings.items()}

    def seen(self, place: Place) -> int:
        """The offset up to which records were looked at; beyond the standing while a ruling is incomplete."""
        if place[0] == RULINGS:
            return max(self._counting[place].seen, self.standings[place].next)
        return self.standings[place].next

    def void(self, place: Place) -> int:
        """Records up to the standing that do not count."""
        standing = self.standings[place]
        return 0 if place[0] == SUBMISSIONS else standing.next - standing.counted

    def take(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        """Fold the next records of a partition; those seen before are dropped.

        Raises:
            Hole: a record lies beyond the next one: read again from there.
            PartitionStopped: what came before the trouble is in `rows` and in the standing.
        """
        try:
            if place[0] == SUBMISSIONS:
                self._take_submissions(place, records, rows)
            elif place[0] == RULINGS:
                self._take_rulings(place, records, rows)
            else:
                self._take_dispatches(place, records, rows)
        except Hole:
            self._resume(place)
            raise

    def _take_submissions(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        for record in records:
            standing = self.standings[place]
            if record.offset < standing.next:
                continue
            if record.offset > standing.next:
                raise Hole(standing.next, record)
            project_submission(record, rows)
            self.standings[place] = Standing(record.offset + 1, record.offset, standing.counted + 1)

    def _take_rulings(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        counting = self._counting[place]
        for ruling in counting.fold(records):
            more = Rows()
            try:
                project_ruling(ruling, more)
            except (UnknownType, KeyError, TypeError, ValueError) as error:
                self._resume(place)
                raise PartitionStopped(place, f"offset {ruling.events[0].record.offset}: {error!r}") from error
            rows.extend(more)
            counted = self.standings[place].counted + len(ruling.events)
            self.standings[place] = Standing(*ruling.after, counted)
        offset, last = counting.position
        self.standings[place] = Standing(offset, last, self.standings[place].counted)

    def _take_dispatches(self, place: Place, records: Iterable[Record], rows: Rows) -> None:
        placing = self._placing[place]
        for counted in placing.fold(records):
            more = Rows()
            try:
                project_dispatch(counted, more)
            except (UnknownType, KeyError, TypeError, ValueError) as error:
                self._resume(place)
                raise PartitionStopped(place, f"offset {counted.record.offset}: {error!r}") from error
            rows.extend(more)
            offset = counted.record.offset
            self.standings[place] = Standing(offset + 1, offset, self.standings[place].counted + 1)
        self.standings[place] = self.standings[place]._replace(next=placing.seen)

    def _resume(self, place: Place) -> None:
        standing = self.standings[place]
        if place[0] == RULINGS:
            self._counting[place] = AtRule(Position(standing.next, standing.last))
        elif place[0] == DISPATCHES:
            self._placing[place] = SingleAtRule(standing.next)
