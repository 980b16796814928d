"""A submission as it is written to and read from the topic `submissions`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeGuard, get_args

from contracts.data_codec import DataCodec
from contracts.envelope import Unreadable, canonical, digest_of, parse, submission_id
from contracts.submissions import SubmissionData
from contracts.topics import jurisdiction_of
from contracts.values import Actor, Role

SUBMISSION_TYPES: Final = DataCodec(get_args(SubmissionData))
_ROLES = frozenset(get_args(Role))
_OPTIONAL: Final = {
    "actorunit": "unit",
    "actorjurisdiction": "jurisdiction",
    "actoronbehalfof": "on_behalf_of",
    "actorpreparedby": "prepared_by",
}
"""Attributes of the envelope by which an actor is named, beside its role and id; what is absent is not written."""
_OF_ACTOR: Final = ("actorrole", "actorid", "actorhead", *_OPTIONAL)


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

    The same `key` of the same owner about the same `subject` is the same event, however often it is written. The
    actor's jurisdiction is named only where it is not the programme's.
    """
    actor = _at_home(actor, subject)
    return Submission(
        id=id_under(log, actor, key, subject),
        log=log,
        type=SUBMISSION_TYPES.types[type(data)],
        subject=subject,
        actor=actor,
        received_at=received_at,
        digest=body_digest(data),
        data=data,
    )


def id_under(log: str, actor: Actor, key: str, subject: str) -> str:
    """The id of what an actor submits about a subject under a key, whatever it says."""
    return submission_id(log, _key_owner(_at_home(actor, subject)), key, subject)


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
    attributes |= {name: value for name, of in _OPTIONAL.items() if (value := getattr(actor, of)) is not None}
    if actor.head:
        attributes["actorhead"] = True
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
    digest = attributes.get("digest")
    if not isinstance(digest, str):
        raise Unreadable("digest: must be a string")
    return Submission(
        id=attributes["id"],
        log=_log_of(attributes["source"]),
        type=attributes["type"],
        subject=attributes["subject"],
        actor=_actor_of(attributes),
        received_at=_received_at(attributes["data"]),
        digest=digest,
        data=data,
    )


def _actor_of(attributes: dict[str, Any]) -> Actor:
    try:
        return _known_actor(*map(attributes.get, _OF_ACTOR))
    except TypeError:  # a list or an object: it has no hash, and is told as any other value that is no text
        return _actor(*map(attributes.get, _OF_ACTOR))


def _actor(role: Any, person: Any, head: Any, *optional: Any) -> Actor:
    named = dict(zip(_OPTIONAL.values(), optional, strict=True))
    if not _is_role(role) or not isinstance(person, str) or head not in (None, True, False):
        raise Unreadable("actorrole, actorid, actorhead: no valid actor")
    if not all(value is None or isinstance(value, str) for value in named.values()):
        raise Unreadable(f"{', '.join(_OPTIONAL)}: must be strings")
    if role == "unit" and not named["unit"]:
        raise Unreadable("actorunit: required for the role unit")
    return Actor(role=role, id=person, head=head is True, **named)


_known_actor = lru_cache(maxsize=4096, typed=True)(_actor)
"""The same people act again and again."""


def _at_home(actor: Actor, subject: str) -> Actor:
    """The actor without a jurisdiction that is the subject's own."""
    return replace(actor, jurisdiction=None) if actor.jurisdiction == jurisdiction_of(subject) else actor


def _key_owner(actor: Actor) -> str:
    """Whose idempotency keys these are: a jurisdiction's unit, office, leader, chief, or a deputy for its principal.

    rulebook: Fine print ("A key belongs to ...")
    """
    owner: str = actor.role
    if actor.role == "unit":
        owner = f"unit:{actor.unit}"
    elif actor.on_behalf_of is not None:
        owner = f"{actor.role}:{actor.id}>{actor.on_behalf_of}"
    elif actor.role == "leader":
        owner = f"leader:{actor.id}"
    return owner if actor.jurisdiction is None else f"{actor.jurisdiction}/{owner}"


def _is_role(value: object) -> TypeGuard[Role]:
    return isinstance(value, str) and value in _ROLES


@lru_cache(maxsize=64)
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
