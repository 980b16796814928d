"""What one partition of `dispatches` says: the notices issued, their numbers, and the deliveries still open; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from contracts.dispatch import dispatch_from
from contracts.dispatches import NoticeIssued
from contracts.envelope import UnknownType, Unreadable
from eventlog.at.at_rule import Body, Counted
from services.notify.delivery.delivery import Delivery, begin, fold
from services.notify.notices.position_vector import Vector


class Ledger:
    """A fold of counted dispatches. A notice counts once: the first of its id; so does each of its causes."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        """Number of every notice issued, by its id."""
        self.programmes: dict[str, str] = {}
        """Programme of every notice that has deliveries below."""
        self.issued: Counter[tuple[str, str]] = Counter()
        """How many notices were issued per programme and kind: the number given last."""
        self.notices: dict[str, NoticeIssued] = {}
        """Notices with a delivery that is not accepted yet."""
        self.deliveries: dict[str, Delivery] = {}
        """Deliveries that are not accepted yet."""
        self.gathered = Vector()
        """The highest position vector of any notice."""
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Deliveries by channel and what they came to: accepted, failed, unknown, abandoned, held, copies."""
        self.unread: list[str] = []
        """Counted records that nobody can read, as positions; they change nothing."""
        self._left: Counter[str] = Counter()

    def take(self, counted: Iterable[Counted]) -> None:
        """Fold counted records in their order. Raises UnknownType: a newer version wrote here, this one must wait."""
        for record, body in counted:
            self._take(str(record), body, record.partition)

    def _take(self, position: str, body: Body, partition: int) -> None:
        try:
            dispatch = dispatch_from(body, partition)
        except UnknownType:
            raise
        except (Unreadable, KeyError):
            self.unread.append(position)
            return
        if isinstance(dispatch.data, NoticeIssued):
            self._issue(dispatch.subject, dispatch.data)
            return
        for before, after in fold(self.deliveries, dispatch.data):
            self._tell(before, after)
            if after.status == "accepted":
                self._drop(after)

    def _issue(self, programme: str, notice: NoticeIssued) -> None:
        if notice.notice in self.numbers:
            return
        self.numbers[notice.notice] = notice.number
        self.issued[(programme, notice.kind)] += 1
        self.gathered = self.gathered.joined(Vector.parse(notice.gathered))
        for addressed in notice.deliveries:
            delivery = begin(notice.notice, addressed)
            if delivery.status == "accepted":
                self.outcomes[(delivery.channel, "accepted")] += 1
                continue
            self.deliveries[delivery.id] = delivery
            self._left[notice.notice] += 1
            self.notices[notice.notice] = notice
            self.programmes[notice.notice] = programme

    def _drop(self, delivery: Delivery) -> None:
        del self.deliveries[delivery.id]
        self._left[delivery.notice] -= 1
        if not self._left[delivery.notice]:
            del self._left[delivery.notice], self.notices[delivery.notice], self.programmes[delivery.notice]

    def _tell(self, before: Delivery, after: Delivery) -> None:
        if after.status == "claimed":
            self.outcomes[(after.channel, "copies")] += after.doubtful
        elif before.status == "claimed" and after.doubtful > before.doubtful:
            self.outcomes[(after.channel, "unknown")] += 1
        elif before.status == "claimed" and after.status in ("due", "refused"):
            self.outcomes[(after.channel, "failed")] += 1
        if after.status in ("accepted", "abandoned", "held"):
            self.outcomes[(after.channel, after.status)] += 1
