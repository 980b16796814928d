"""What one partition of `dispatches` says: the notices issued, their numbers, and the deliveries still open; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from contracts.dispatch import dispatch_from
from contracts.dispatches import NoticeIssued
from contracts.envelope import UnknownType, Unreadable
from contracts.position_vector import NextOffsets
from eventlog.at.at_rule import Counted
from services.notify.delivery.state import DeliveryEvent, DeliveryState, begin, evolve


class Ledger:
    """The fold of the counted dispatches of a partition. A notice counts once: the first record with its id."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        """Number of every notice issued, by its id."""
        self.programmes: dict[str, str] = {}
        """Programme of every notice that has deliveries below."""
        self.issued: Counter[tuple[str, str]] = Counter()
        """How many notices were issued per programme and kind: the number given last."""
        self.notices: dict[str, NoticeIssued] = {}
        """Notices with a delivery that is not accepted yet."""
        self.deliveries: dict[str, DeliveryState] = {}
        """Deliveries that are not accepted yet."""
        self.gathered = NextOffsets()
        """Up to where any notice gathered: the highest of all."""
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Deliveries by channel and result: accepted, failed, unknown, abandoned, held, copies."""
        self.unread: list[str] = []
        """Positions of counted records that cannot be read; they change nothing."""
        self._left: Counter[str] = Counter()

    def fold(self, counted: Iterable[Counted]) -> None:
        """Take in counted records in their order.

        Raises:
            UnknownType: a newer version wrote here; this one must wait for its upgrade.
        """
        for one in counted:
            self.evolve(one)

    def evolve(self, counted: Counted) -> None:
        """Take in one counted record. Raises UnknownType as `fold`."""
        record, body = counted
        try:
            dispatch = dispatch_from(body, record.partition)
        except UnknownType:
            raise
        except (Unreadable, KeyError):
            self.unread.append(str(record))
            return
        if isinstance(dispatch.data, NoticeIssued):
            self._issue(dispatch.subject, dispatch.data)
        else:
            self._deliver(dispatch.data)

    def programme_of(self, delivery: str) -> str:
        """The programme of an open delivery."""
        return self.programmes[self.deliveries[delivery].notice]

    def _issue(self, programme: str, notice: NoticeIssued) -> None:
        if notice.notice in self.numbers:
            return
        self.numbers[notice.notice] = notice.number
        self.issued[(programme, notice.kind)] += 1
        self.gathered = self.gathered.joined(NextOffsets.parse(notice.gathered))
        for addressed in notice.deliveries:
            delivery = begin(notice.notice, addressed)
            if delivery.status == "accepted":
                self.outcomes[(delivery.channel, "accepted")] += 1
                continue
            self.deliveries[delivery.id] = delivery
            self._left[notice.notice] += 1
            self.notices[notice.notice] = notice
            self.programmes[notice.notice] = programme

    def _deliver(self, event: DeliveryEvent) -> None:
        before = self.deliveries.get(event.delivery)
        if before is None:
            return
        after = evolve(before, event)
        if after is before:
            return
        self.deliveries[after.id] = after
        self._count(before, after)
        if after.status == "accepted":
            self._forget(after)

    def _forget(self, delivery: DeliveryState) -> None:
        del self.deliveries[delivery.id]
        self._left[delivery.notice] -= 1
        if not self._left[delivery.notice]:
            del self._left[delivery.notice], self.notices[delivery.notice], self.programmes[delivery.notice]

    def _count(self, before: DeliveryState, after: DeliveryState) -> None:
        if after.status == "claimed":
            self.outcomes[(after.channel, "copies")] += after.doubtful
        elif before.status == "claimed" and after.doubtful > before.doubtful:
            self.outcomes[(after.channel, "unknown")] += 1
        elif before.status == "claimed" and after.status in ("due", "refused"):
            self.outcomes[(after.channel, "failed")] += 1
        if after.status in ("accepted", "abandoned", "held"):
            self.outcomes[(after.channel, after.status)] += 1
