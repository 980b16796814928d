"""Publishes a programme: a submission for itself and one per item; what failed half-way is completed by a repeat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from contracts.envelope import Unreadable
from contracts.policy import Policy
from contracts.submission import Submission, decode_submission, encode_submission
from contracts.submissions import ItemAssigned, PolicyAdopted, ProgrammeExtended, SubmissionData
from contracts.topics import MAX_SUBMISSION_BYTES, SUBMISSIONS, subject_of
from eventlog.log.log import Log, LogError
from programmes.programme import ProgrammeFile, expand
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import too_large
from services.intake.submitting.receipt import Receipt
from services.intake.submitting.receiver import Received, SubmissionReceiver
from services.intake.who.permission import permitted_programme, require_own, require_principal, rights_of
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFeed
from web.identity import Identity

READ_SECONDS = 10.0
_AT_ONCE = 32
"""Parts of a publication on their way at a time: more would only wait, and each takes a turn of the loop."""
_PLACEHOLDER = datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)


class ProgrammePublisher:
    """Publishes programmes and adopts policies, each as one submission per item under the key that was given."""

    def __init__(self, receiver: SubmissionReceiver, roster: Roster, roster_feed: RosterFeed, log: Log) -> None:
        self._receiver = receiver
        self._roster = roster
        self._roster_feed = roster_feed
        self._log = log

    async def publish(self, identity: Identity, programme: ProgrammeFile, key: str) -> list[Receipt]:
        """Append the programme, then its items; the receipts in that order.

        Sent again with the same key, it is the same publication: `published_at` is the first one's receipt.

        Raises:
            RightDenied: it is not this person's to publish.
            IntakeProblem: `exists` (another key published it), `partly_published` (with the receipts).
        """
        self._receiver.ready(subject_of(programme.programme))
        require_own(rights_of(self._roster, identity), "programme.publish", programme.programme)
        self._receiver.allow_clock(simulated=programme.simulated)
        first = await self._checked(identity, programme, key)
        known = self._roster.programmes.get(programme.programme)
        if known is not None and known.causeid != first.id:
            raise IntakeProblem("exists", more={"submission_id": known.causeid})
        receipt = (await self._receiver.append(identity.actor, first.subject, first.data, key)).receipt
        since = known.causeoffset if known else self._roster_feed.counting[receipt.partition].last + 1
        try:
            published_at = await self._first_received(receipt, since)
        except (LogError, TimeoutError) as error:
            raise self._partly([receipt], repr(error)) from None
        items = expand(programme, published_at)[1:]
        return [receipt, *await self._all(identity, items, key, [receipt])]

    async def adopt(self, identity: Identity, programme: str, policy: Policy, key: str) -> list[Receipt]:
        """A policy takes effect for a programme and every item of it. Raises RightDenied, IntakeProblem."""
        return await self.spread("policy.adopt", identity, programme, PolicyAdopted(policy=policy), key)

    async def spread(
        self, operation: str, identity: Identity, programme: str, data: SubmissionData, key: str
    ) -> list[Receipt]:
        """Append what concerns many items to each of them: one submission per item, under the one key.

        A naming of a leader's deputy goes to the leader's own items, everything else to all; a policy, and units and
        leaders that are added, to the programme, too.

        Raises:
            RightDenied: it is not this person's.
            IntakeProblem: `partly_published` (with the receipts).
        """
        self._receiver.ready(subject_of(programme))
        known = permitted_programme(self._roster, rights_of(self._roster, identity), operation, programme)
        require_principal(identity, operation, data)
        self._receiver.allow_clock(simulated=True)
        joined = {item.id: item for item in self._roster.items_in(programme)}
        items = dict.fromkeys([*known.opened.items, *joined])
        concerned = [id_ for id_ in items if id_ not in joined or joined[id_].is_concerned(data)]
        own: list[str | None] = [None] if isinstance(data, PolicyAdopted | ProgrammeExtended) else []
        parts: list[tuple[str, SubmissionData]] = [(subject_of(programme, item), data) for item in [*own, *concerned]]
        return await self._all(identity, parts, key, [])

    async def assign(
        self, identity: Identity, programme: str, item: str, assigned: ItemAssigned, key: str
    ) -> list[Receipt]:
        """An item joins a published programme. Raises RightDenied, IntakeProblem."""
        self._receiver.ready(subject_of(programme))
        permitted_programme(self._roster, rights_of(self._roster, identity), "item.assign", programme)
        self._receiver.allow_clock(simulated=assigned.simulated)
        return await self._all(identity, [(subject_of(programme, item), assigned)], key, [])

    async def _checked(self, identity: Identity, programme: ProgrammeFile, key: str) -> Submission:
        """The programme's own submission, if all that it expands into is small enough for the log."""
        first: Submission | None = None
        for subject, data in expand(programme, _PLACEHOLDER):
            made = self._receiver.stamped(identity.actor, subject, data, key)
            if len(encode_submission(made)) > MAX_SUBMISSION_BYTES:
                raise too_large(MAX_SUBMISSION_BYTES)
            first = first or made
            await asyncio.sleep(0)  # a thousand items take some hundred milliseconds: others have their turns
        assert first is not None
        return first

    async def _all(
        self, identity: Identity, parts: Sequence[tuple[str, SubmissionData]], key: str, before: Sequence[Receipt]
    ) -> list[Receipt]:
        making, waiting = asyncio.Lock(), iter(enumerate(parts))
        outcomes: list[Received | Exception | None] = [None] * len(parts)

        async def lane() -> None:
            for number, (subject, data) in waiting:
                async with making:
                    await asyncio.sleep(0)
                try:
                    outcomes[number] = await self._receiver.append(identity.actor, subject, data, key)
                except Exception as failure:  # told below, once the others are through
                    outcomes[number] = failure

        await asyncio.gather(*(lane() for _ in range(_AT_ONCE)))
        receipts = [one.receipt for one in outcomes if isinstance(one, Received)]
        failures = [one for one in outcomes if isinstance(one, Exception)]
        for failure in failures:
            if not isinstance(failure, IntakeProblem) or failure.code == "key_reused":
                raise failure
        used_up = [one for one in failures if isinstance(one, IntakeProblem) and one.code == "quota"]
        if used_up and len(used_up) == len(parts) and not before:
            raise used_up[0]
        if failures:
            partly = self._partly([*before, *receipts], f"{len(failures)} of {len(parts)} are missing")
            partly.headers |= used_up[0].headers if used_up else {}
            raise partly
        return receipts

    def _partly(self, receipts: Sequence[Receipt], why: str) -> IntakeProblem:
        documents = [receipt.document() for receipt in receipts]
        return self._receiver.unavailable("partly_published", why, receipts=documents)

    async def _first_received(self, receipt: Receipt, since: int) -> datetime:
        """When the publication with this id first reached the log, at or after the offset `since`."""
        place = (SUBMISSIONS, receipt.partition)
        if since >= receipt.offset:
            return receipt.received_at
        async with asyncio.timeout(READ_SECONDS), self._log.follow({place: since}) as follower:
            while True:
                for record in (await follower.poll(0.5)).get(place, []):
                    if record.offset >= receipt.offset:
                        return receipt.received_at
                    if receipt.submission_id.encode() in (record.value or b""):
                        try:
                            submission = decode_submission(record.value)
                        except (Unreadable, LookupError):
                            continue
                        if submission.id == receipt.submission_id:
                            return submission.received_at
