"""One partition of `dispatches`: what is to be issued, claimed and resolved there, decided on its fold and appended."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from contracts.dispatch import Dispatch, decode_dispatch, encode_dispatch
from contracts.dispatches import DeliveryClaimed, DispatchData, NoticeIssued
from contracts.envelope import derived_id
from contracts.topics import DISPATCHES
from eventlog.at.appender import Appender
from eventlog.at.at_rule import Counted, SingleAtRule
from eventlog.at.guarded_append import GuardedPartition
from eventlog.log.record import Entry
from services.notify.delivery import delivery as rules
from services.notify.delivery.channels.channel import Limit, Parcel
from services.notify.delivery.delivery import Delivery
from services.notify.delivery.outcome import Outcome, Refused, Unsent, action, record_of
from services.notify.dispatch.context import Office
from services.notify.dispatch.ledger import Ledger

logger = logging.getLogger(__name__)
CLAIMS_PER_BATCH = 500
STUCK_SECONDS = 10.0
ENOUGH_BYTES = 600_000
"""No further record is added to a batch beyond this; with the largest notice it stays below 900,000."""


class _Made(NamedTuple):
    claim: DeliveryClaimed
    limit: Limit
    at: int


class Desk:
    """Works on one partition while `active`; afterwards only until the outcomes of its own claims count."""

    def __init__(self, office: Office, partition: int, before: Desk | None = None) -> None:
        """Begin from the start of the partition; what `before` has under way goes on under this one."""
        self.partition = partition
        self.active = True
        self.ledger = Ledger()
        self.guarded = GuardedPartition[Counted](office.log, DISPATCHES, partition, SingleAtRule(), self.ledger.take)
        self.wake = asyncio.Event()
        self._office = office
        self._appender = Appender(self.guarded)
        self._claims: list[_Made] = []
        self._sending: set[tuple[str, int]] = before._sending if before else set()
        self._outcomes: dict[tuple[str, int], Outcome] = before._outcomes if before else {}
        self._appending_since: float | None = None
        self._seen: dict[tuple[str, int], float] = {}

    def successor(self) -> Desk:
        """A desk that reads the partition anew and takes over what this one has under way."""
        return Desk(self._office, self.partition, self)

    @property
    def stuck(self) -> bool:
        """An append has been waiting for its answer for long."""
        since = self._appending_since
        return since is not None and time.monotonic() - since > STUCK_SECONDS

    @property
    def busy(self) -> bool:
        """Whether claims of this process are without a counted outcome."""
        return bool(self._sending or self._outcomes)

    async def catch_up(self) -> None:
        """Fold what lies there. Raises LogError, UnknownType."""
        await self._appender.catch_up()

    async def work(self) -> bool:
        """One round: decide, append until it counts, send what was claimed; False if there was nothing to append."""
        self._appending_since = time.monotonic()
        try:
            appended = await self._appender.append(self._build)
        finally:
            self._appending_since = None
        self._launch()
        return appended

    async def rest(self) -> None:
        """Wait for something to do, at most a tick."""
        try:
            async with asyncio.timeout(self._office.terms.tick):
                await self.wake.wait()
        except TimeoutError:
            pass
        self.wake.clear()

    def open_deliveries(self) -> int:
        """Deliveries that will still be tried."""
        return sum(delivery.status in ("due", "claimed", "refused") for delivery in self.ledger.deliveries.values())

    def _build(self, at: int) -> Sequence[Entry]:
        # In this order, so that the sender's own limit never lies after the `until` that others go by.
        began, now = Limit.clock(), self._office.now()
        entries: list[Entry] = []
        size = 0
        for programme, at_time, data in self._decide(now):
            if isinstance(data, DeliveryClaimed):
                limit = Limit(began + self._office.terms.lease.total_seconds())
                self._claims.append(_Made(data, limit, at + len(entries)))
            dispatch = Dispatch(
                log=self._office.log_id,
                subject=programme,
                time=at_time,
                partition=self.partition,
                at=at + len(entries),
                data=data,
            )
            value = encode_dispatch(dispatch)
            if isinstance(data, NoticeIssued):
                # What cannot be read back would not count as issued, and be issued again and again.
                decode_dispatch(value, self.partition)
            entries.append(Entry(programme.encode(), value))
            size += len(value)
            if size > ENOUGH_BYTES:
                break
        return entries

    def _decide(self, now: datetime) -> Iterator[tuple[str, datetime, DispatchData]]:
        for data in self._own_outcomes(now):
            yield self._programme(data.delivery), now, data
        if not self.active:
            return
        for delivery in list(self.ledger.deliveries.values()):
            ended = self._resolved(delivery, now) or rules.to_abandon(delivery, self._office.terms.retrying)
            if ended is not None:
                yield self._programme(delivery.id), now, ended
        for notice in self._office.issuing.issue(self.partition, self.ledger):
            yield notice.programme, notice.data.issued_at, notice.data
        for claim in self._claimed(now):
            yield self._programme(claim.delivery), now, claim

    def _own_outcomes(self, now: datetime) -> Iterator[rules.DeliveryEvent]:
        for key, outcome in list(self._outcomes.items()):
            delivery = self.ledger.deliveries.get(key[0])
            if delivery is None or delivery.claim is None or delivery.attempt != key[1]:
                del self._outcomes[key]
            else:
                yield self._record(outcome, delivery, now)

    def _resolved(self, delivery: Delivery, now: datetime) -> DispatchData | None:
        claim = delivery.claim
        if claim is None or (delivery.id, delivery.attempt) in self._sending:
            return None
        key = (delivery.id, delivery.attempt)
        if claim.by == self._office.token:
            if key in self._outcomes or any(made.claim == claim and made.limit.left > 0 for made in self._claims):
                return None
            return self._record(Unsent("claimed, and never sent"), delivery, now)
        since = self._seen.setdefault(key, Limit.clock())
        if not rules.lapsed(delivery, now, timedelta(seconds=Limit.clock() - since), self._office.terms.skew):
            return None
        del self._seen[key]
        return rules.unresolved(delivery, self._action(delivery))

    def _claimed(self, now: datetime) -> Iterator[DeliveryClaimed]:
        terms = self._office.terms
        room = {name: sender.room() for name, sender in self._office.senders.items()}
        made = 0
        for delivery in self.ledger.deliveries.values():
            if room.get(delivery.channel, 0) <= 0 or not rules.claimable(delivery, now, terms.retrying):
                continue
            claim = rules.claim(delivery, self._office.token, now, terms.lease)
            room[delivery.channel] -= 1
            made += 1
            yield claim
            if made >= CLAIMS_PER_BATCH:
                return

    def _launch(self) -> None:
        waiting, self._claims = self._claims, []
        for made in waiting:
            delivery = self.ledger.deliveries.get(made.claim.delivery)
            if delivery is not None and delivery.claim == made.claim:
                self._start(delivery, made.claim, made.limit)
            elif made.at >= self.guarded.expected:
                # Its batch was not answered and may still land where it says.
                self._claims.append(made)

    def _start(self, delivery: Delivery, claim: DeliveryClaimed, limit: Limit) -> None:
        notice = self.ledger.notices[delivery.notice]
        programme = self.ledger.programmes[delivery.notice]
        key = (claim.delivery, claim.attempt)
        address = self._office.directory.address(programme, delivery.role, delivery.channel, delivery.contact)
        self._sending.add(key)
        if address is None:
            self._done(key, Refused("nobody in the directory has an address for this", permanent=True))
            return
        parcel = Parcel(
            id=derived_id(self._office.log_id, "delivery", delivery.id),
            delivery=delivery.id,
            notice=notice,
            address=address,
            copy=claim.attempt if claim.copy else 0,
        )
        self._office.senders[delivery.channel].launch(parcel, limit, partial(self._done, key))

    def _done(self, key: tuple[str, int], outcome: Outcome) -> None:
        self._sending.discard(key)
        self._outcomes[key] = outcome
        self.wake.set()

    def _record(self, outcome: Outcome, delivery: Delivery, now: datetime) -> rules.DeliveryEvent:
        return record_of(outcome, delivery, now, self._office.terms.retrying, random.random(), self._action(delivery))

    def _action(self, delivery: Delivery) -> rules.Action:
        notice = self.ledger.notices[delivery.notice]
        item = self._office.gatherer.items.get(f"{self.ledger.programmes[delivery.notice]}/{notice.item}")
        sender = self._office.senders.get(delivery.channel)
        return action(sender.channel.sort if sender else "blind", item.blind if item else "hold")

    def _programme(self, delivery: str) -> str:
        return self.ledger.programmes[self.ledger.deliveries[delivery].notice]
