"""What ends a claim on the log: the outcome of its try, or that it ran out without one."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from services.notify.delivery.channels.channel import Lease
from services.notify.delivery.outcome import SendOutcome, Unsent, after_unknown, outcome_record
from services.notify.delivery.state import AfterUnknown, DeliveryEvent, DeliveryState, lapse_record, lapsed
from services.notify.dispatch.claim import Attempt
from services.notify.dispatch.context import DispatchContext
from services.notify.dispatch.ledger import Ledger


class Resolver:
    """Resolves the open claims of one partition: this process's own, and those of others that have lapsed."""

    def __init__(self, context: DispatchContext, ledger: Ledger) -> None:
        self._context = context
        self._ledger = ledger
        self._seen_since: dict[Attempt, float] = {}
        """Since when each claim of another process has been seen open here, in seconds of `Lease.clock`."""

    def record(self, outcome: SendOutcome, delivery: DeliveryState, now: datetime) -> DeliveryEvent:
        """The record that ends the open claim of `delivery` with this outcome."""
        retry, unknown = self._context.terms.retry, self._after_unknown(delivery)
        return outcome_record(outcome, delivery, now, retry, random.random(), unknown)

    def end_of(self, delivery: DeliveryState, now: datetime) -> DeliveryEvent | None:
        """The end of an open claim whose message is not in the hands of this process; None: not yet.

        A claim of this process was never sent. A claim of another has lapsed, or is left alone.
        """
        claim = delivery.claim
        if claim is None:
            return None
        if claim.by == self._context.token:
            return self.record(Unsent("claimed, and never sent"), delivery, now)
        attempt = (delivery.id, delivery.attempt)
        since = self._seen_since.setdefault(attempt, Lease.clock())
        if not lapsed(delivery, now, timedelta(seconds=Lease.clock() - since), self._context.terms.skew):
            return None
        del self._seen_since[attempt]
        return lapse_record(delivery, self._after_unknown(delivery))

    def _after_unknown(self, delivery: DeliveryState) -> AfterUnknown:
        notice = self._ledger.notices[delivery.notice]
        item = self._context.gatherer.items.get(f"{self._ledger.programme_of(delivery.id)}/{notice.item}")
        sender = self._context.senders.get(delivery.channel)
        return after_unknown(sender.channel.capability if sender else "blind", item.blind if item else "hold")
