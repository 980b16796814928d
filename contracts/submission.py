"""A submission as it is written to and read from the topic `submissions`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeGuard, get_args

from contracts.envelope import Unreadable, canonical, digest_of, parse, submission_id
from contracts.registry import Registry
from contracts.submissions import SubmissionData
from contracts.values import Actor, Role

SUBMISSION_TYPES: Final = Registry(get_args(SubmissionData))
_ROLES = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One event of `submissions`.

    `received_at` is intake's stamp (an aware instant), `digest` covers type and body without that stamp, and
    `type` is the full event type. `log` is the generation that the ids belong to.
    """

    id: str
    log: str
    type: str
    subject: str
    actor: Actor
    received_at: datetime
    digest: str
    data: SubmissionData


def new_submission(
    log: str, actor: Actor, key: str, subject: str, data: SubmissionData, received_at: datetime
) -> Submission:
    """A submission as its writer stamps it, at the aware instant `received_at`.

    The same `key` of the same owner about the same `subject` is the same event, however often it is written.
    """
    return Submission(
        id=submission_id(log, _key_owner(actor), key, subject),
        log=log,
        type=SUBMISSION_TYPES.types[type(data)],
        subject=subject,
        actor=actor,
        received_at=received_at,
        digest=body_digest(data),
        data=data,
    )


def encode_submission(submission: Submission) -> bytes:
    """Canonical bytes of a submission."""
    actor = submission.actor
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": submission.id,
        "source": f"//liangdeng/{submission.log}/{'rating' if actor.role == 'alarm' else 'intake'}",
        "type": submission.type,
        "subject": submission.subject,
        "time": submission.received_at.isoformat(),
        "datacontenttype": "application/json",
        "actorrole": actor.role,
        "actorid": actor.id,
        "digest": submission.digest,
        "data": {**SUBMISSION_TYPES.dump(submission.data), "received_at": submission.received_at.isoformat()},
    }
    if actor.unit is not None:
        attributes["actorunit"] = actor.unit
    return canonical(attributes)


def body_digest(data: SubmissionData) -> str:
    """Digest of a submission's body as intake stamps it and rating compares it."""
    return digest_of(SUBMISSION_TYPES.types[type(data)], SUBMISSION_TYPES.dump(data))


def decode_submission(value: bytes | None) -> Submission:
    """Read a record of `submissions`.

    Raises:
        Unreadable: no CloudEvent, no actor, or data that does not validate (names the field and the rule).
        UnknownType: a well-formed event of a type that this version does not know.
    """
    return submission_from(parse(value))


def submission_from(attributes: dict[str, Any]) -> Submission:
    """The submission of an envelope that has been parsed already. Raises Unreadable, UnknownType."""
    data = SUBMISSION_TYPES.load(attributes["type"], attributes["data"])
    role, person, unit = (attributes.get(name) for name in ("actorrole", "actorid", "actorunit"))
    if not _is_role(role) or not isinstance(person, str) or not (unit is None or isinstance(unit, str)):
        raise Unreadable("actorrole, actorid, actorunit: no valid actor")
    if role == "unit" and not unit:
        raise Unreadable("actorunit: required for the role unit")
    digest = attributes.get("digest")
    if not isinstance(digest, str):
        raise Unreadable("digest: must be a string")
    return Submission(
        id=attributes["id"],
        log=_log_of(attributes["source"]),
        type=attributes["type"],
        subject=attributes["subject"],
        actor=Actor(role=role, id=person, unit=unit),
        received_at=_received_at(attributes["data"]),
        digest=digest,
        data=data,
    )


def _key_owner(actor: Actor) -> str:
    """Whose idempotency keys these are (rulebook: Fine print, "A key belongs to ...")."""
    if actor.role == "unit":
        return f"unit:{actor.unit}"
    return f"leader:{actor.id}" if actor.role == "leader" else actor.role


def _is_role(value: object) -> TypeGuard[Role]:
    return value in _ROLES


def _log_of(source: str) -> str:
    parts = source.split("/")
    if len(parts) != 5 or parts[:3] != ["", "", "liangdeng"] or not parts[3]:
        raise Unreadable("source: must be //liangdeng/<log>/<service>")
    return parts[3]


def _received_at(data: dict[str, Any]) -> datetime:
    try:
        instant = datetime.fromisoformat(data["received_at"])
    except (KeyError, TypeError, ValueError):
        raise Unreadable("data.received_at: must be an RFC 3339 instant") from None
    if instant.tzinfo is None:
        raise Unreadable("data.received_at: must carry a UTC offset")
    return instant
