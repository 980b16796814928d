"""A submission comes in: its shape, its sender's right and its evidence are checked; then it is appended."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from contracts.submission import SUBMISSION_TYPES, Submission, encode_submission, new_submission
from contracts.submissions import SubmissionData
from contracts.topics import MAX_SUBMISSION_BYTES, RULINGS, partition_of, subject_of
from contracts.values import Actor, Evidence, Identifier, Principal
from eventlog.clock import Clock
from eventlog.log.log import LogUnavailable
from exact.faults import Fault
from services.intake.evidence.rights import uploaders
from services.intake.evidence.store import EvidenceStore
from services.intake.metrics import IntakeMetrics
from services.intake.problem import IntakeProblem, invalid, not_caught_up
from services.intake.submitting.body import posted_data, submission_in
from services.intake.submitting.daily_quotas import DailyQuotas
from services.intake.submitting.producer import SubmissionProducer, Unanswered
from services.intake.submitting.receipt import Receipt
from services.intake.submitting.ruling_waits import RulingWaits, ruling_document
from services.intake.submitting.used_keys import KeyReused, UsedKeys
from services.intake.who.heads import UnitHeads
from services.intake.who.permission import (
    acting_as,
    permitted_item,
    permitted_programme,
    principal_of,
    require_deputy,
    require_seen,
    rights_of,
)
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFeed
from supervision.right import DEPUTIES, Answer
from supervision.rights import SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from web.identity import Identity
from web.rights import RightDenied

_PREPARED_BY: Final[TypeAdapter[str]] = TypeAdapter(Identifier)
OnLog = Callable[[Receipt], Awaitable[None]]
_ON_BEHALF_OF: Final[TypeAdapter[str]] = TypeAdapter(Principal)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a submission is stamped with: the generation of the log, the clock, and whether that clock is driven."""

    log: str
    clock: Clock
    driven: bool


class Received(NamedTuple):
    """The receipt, and the ruling as JSON if it was waited for and came in time."""

    receipt: Receipt
    ruling: dict[str, Any] | None = None


class SubmissionReceiver:
    """The one way onto the log, for the API and the forms alike."""

    def __init__(
        self,
        stamp: Stamp,
        roster: Roster,
        roster_feed: RosterFeed,
        evidence: EvidenceStore,
        producer: SubmissionProducer,
        used_keys: UsedKeys,
        waits: RulingWaits,
        quotas: DailyQuotas,
        metrics: IntakeMetrics,
        retry_after: int,
        heads: UnitHeads,
    ) -> None:
        self._stamp = stamp
        self._roster = roster
        self._roster_feed = roster_feed
        self._evidence = evidence
        self._producer = producer
        self._used_keys = used_keys
        self._waits = waits
        self._quotas = quotas
        self._metrics = metrics
        self._retry_after = retry_after
        self._heads = heads

    async def receive(
        self, identity: Identity, programme: str, item: str | None, body: Mapping[str, Any], key: str, wait: float = 0
    ) -> Received:
        """Check and append what somebody says about an item, or (None) about a programme as a whole.

        `wait` is for how many seconds the ruling is waited for.

        Raises:
            RightDenied: this person may not.
            IntakeProblem: the shape, the fields or the evidence are not in order, or as `append`.
        """
        actor, data = await self.check(identity, programme, item, body)
        return await self.append(actor, subject_of(programme, item), data, key, wait)

    async def check(
        self, identity: Identity, programme: str, item: str | None, body: Mapping[str, Any]
    ) -> tuple[Actor, SubmissionData]:
        """What would be appended, and in whose name; raises as `receive` for what is not in order."""
        name, given = submission_in(body, SUBMITTED_ABOUT_PROGRAMMES if item is None else SUBMITTED_ABOUT_ITEMS)
        try:
            actor = self._actor(identity, body, f"submit.{name}", programme, item)
            self.allow_clock(simulated=True)
            data = await self._checked(name, given, identity)
        except IntakeProblem as problem:
            self._metrics.submissions.labels(name, problem.code).inc()
            raise
        except RightDenied as denied:
            outcome = "not_found" if denied.said.outcome == "hidden" else denied.said.outcome
            self._metrics.submissions.labels(name, outcome).inc()
            raise
        return actor, data

    async def sent_before(
        self, identity: Identity, programme: str, item: str | None, body: Mapping[str, Any], key: str
    ) -> Received | None:
        """The receipt and the ruling of the same under this key, where it was ruled on; nothing is appended.

        Raises RightDenied and IntakeProblem as `receive`.
        """
        name, given = submission_in(body, SUBMITTED_ABOUT_PROGRAMMES if item is None else SUBMITTED_ABOUT_ITEMS)
        actor = self._actor(identity, body, f"submit.{name}", programme, item)
        submission = self.stamped(actor, subject_of(programme, item), posted_data(name, given), key)
        return await self._repeated(submission, wait=1)

    async def append(
        self, actor: Actor, subject: str, data: SubmissionData, key: str, wait: float = 0, on_log: OnLog | None = None
    ) -> Received:
        """Stamp and append; returns once it lies on the log, or finds that it was ruled on before.

        `on_log` is told that it lies there, before the ruling is waited for.

        Until that ruling has reached intake a retry is appended again, and ruled `repeated`.

        Raises:
            IntakeProblem: `too_large`, `quota`, `key_reused`, `unknown_outcome`.
        """
        submission = self.stamped(actor, subject, data, key)
        if (repeated := await self._repeated(submission, wait)) is not None:
            if on_log is not None:
                await on_log(repeated.receipt)
            return repeated
        if not wait and on_log is None:
            return Received(await self._append(submission))
        with self._waits.on(submission.id) as waiting:
            receipt = await self._append(submission)
            if on_log is not None:
                await on_log(receipt)
            ruling = None if waiting is None else await waiting.ruling(receipt.partition, receipt.offset, wait)
            return Received(receipt, ruling)

    async def _repeated(self, submission: Submission, wait: float) -> Received | None:
        name = SUBMISSION_TYPES.short_names[type(submission.data)]
        try:
            first = await self._used_keys.first(submission)
            if first is None:
                return None
            self._metrics.submissions.labels(name, "repeated").inc()
            return Received(first.receipt, ruling_document(await self._used_keys.ruling(first)) if wait else None)
        except KeyReused as error:
            self._metrics.submissions.labels(name, "key_reused").inc()
            raise IntakeProblem("key_reused", more={"submission_id": str(error)}) from None
        except LogUnavailable as error:
            raise self.unavailable("unknown_outcome", str(error), submission_id=submission.id) from None

    async def _append(self, submission: Submission) -> Receipt:
        """Append it. Raises IntakeProblem `too_large`, `quota` or `unknown_outcome`."""
        name, subject = SUBMISSION_TYPES.short_names[type(submission.data)], submission.subject
        value = encode_submission(submission)
        if len(value) > MAX_SUBMISSION_BYTES:
            self._metrics.submissions.labels(name, "too_large").inc()
            limit = MAX_SUBMISSION_BYTES
            raise IntakeProblem(
                "too_large", f"记录为 {len(value)} 字节，至多 {limit}", f"{len(value)} bytes, at most {limit}"
            )
        self._quotas.require(submission.actor, subject, len(value))
        partition, began = partition_of(subject), time.perf_counter()
        try:
            offset = await self._producer.append(partition, subject.encode(), value, submission.id)
        except Unanswered as error:
            self._metrics.submissions.labels(name, "unknown_outcome").inc()
            raise self.unavailable("unknown_outcome", str(error), submission_id=submission.id) from None
        self._quotas.use(submission.actor, subject, len(value))
        self._metrics.append_seconds.observe(time.perf_counter() - began)
        self._metrics.submissions.labels(name, "received").inc()
        return Receipt(submission.id, partition, offset, submission.received_at, submission.digest, subject)

    def stamped(self, actor: Actor, subject: str, data: SubmissionData, key: str) -> Submission:
        """The submission as it goes to the log, received now."""
        return new_submission(self._stamp.log, actor, key, subject, data, self._stamp.clock.now())

    def ready(self, subject: str | None = None) -> None:
        """Raises IntakeProblem `not_ready` until the roster has caught up, and while it does not know of `subject`.

        Before that no right can be checked.
        """
        if not self._roster.caught_up:
            raise not_caught_up(self._roster_feed.left, "; ".join(self._roster_feed.problems), self._retry_after)
        if subject is not None and (why := self._roster.not_read_on.get((RULINGS, partition_of(subject)))):
            raise self.unavailable("not_ready", why)

    def allow_clock(self, *, simulated: bool) -> None:
        """Raises IntakeProblem `clock_not_allowed` where a driven clock would stamp something real."""
        if self._stamp.driven and not (simulated and self._roster.simulated_only):
            raise IntakeProblem("clock_not_allowed")

    def unavailable(self, code: str, why: str, **more: Any) -> IntakeProblem:
        """A 503 that says when to ask again."""
        return IntakeProblem(code, "", why, headers={"Retry-After": str(self._retry_after)}, more=more)

    def permit(self, operation: str, identity: Identity, programme: str, item: str | None = None) -> None:
        """What can be said of a right before the body is read. Raises RightDenied, IntakeProblem `not_ready`."""
        self.ready(subject_of(programme, item))
        rights = rights_of(self._roster, identity)
        if item is not None:
            permitted_item(self._roster, rights, operation, programme, item)
        else:
            permitted_programme(self._roster, rights, operation, programme)

    def require_seen(self, operation: str, identity: Identity, programme: str) -> None:
        """What can be said before it is known about which items it is. Raises Unknown, IntakeProblem `not_ready`."""
        self.ready(subject_of(programme))
        require_seen(self._roster, rights_of(self._roster, identity), operation, programme)

    def _actor(
        self, identity: Identity, body: Mapping[str, Any], operation: str, programme: str, item: str | None
    ) -> Actor:
        """The actor of a submission that may do it: who sends it, in whose place, and of a unit who prepared it.

        A deputy who names no principal acts for the one whose right it takes. The jurisdiction is the programme's: the
        table of rights lets in no other. Raises RightDenied, IntakeProblem.
        """
        prepared_by, principal = _text(body, "prepared_by", _PREPARED_BY), _text(body, "on_behalf_of", _ON_BEHALF_OF)
        self.permit(operation, identity, programme, item)
        if principal is None and item is not None and identity.role in DEPUTIES:
            principal = principal_of(self._roster, identity, operation, programme, item)
        elif principal is not None:
            if identity.role not in DEPUTIES:
                raise RightDenied(operation, Answer("forbidden", "wrong_role"))
            require_deputy(self._roster, identity, operation, (programme, item), principal)
            self.permit(operation, acting_as(identity, principal), programme, item)
        return Actor(
            role=identity.role,
            id=identity.id,
            unit=identity.unit,
            head=identity.head or (not identity.program and self._heads.stands_in(identity)),
            prepared_by=prepared_by if identity.role == "unit" else None,
            on_behalf_of=principal,
        )

    async def _checked(self, name: str, given: Mapping[str, Any], identity: Identity) -> SubmissionData:
        data: SubmissionData = posted_data(name, given)
        cited: Sequence[Evidence] = getattr(data, "evidence", ())
        if cited and (faults := await self._evidence.faults(cited, uploaders(identity))):
            raise invalid(*faults)
        return data


def _text(body: Mapping[str, Any], name: str, kind: TypeAdapter[str]) -> str | None:
    if body.get(name) is None:
        return None
    try:
        return kind.validate_python(body[name])
    except ValidationError:
        raise invalid(Fault((name,), "value_error", "编号不成立", "no valid id")) from None
