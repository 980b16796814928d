"""A ruling's events as they are written to and read from the topic `rulings`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from contracts.data_codec import DataCodec
from contracts.envelope import Unreadable, canonical, derived_id, parse
from contracts.rulings import RulingData

RULING_TYPES: Final = DataCodec(get_args(RulingData))


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingEvent:
    """One event of a ruling.

    `causeoffset` is the offset of the submission on the same partition number, `ordinal` counts from 0 to
    `of` - 1, `at` is the offset that the author expected for this record, `rules` the version of the rules,
    `policy` the policy's reference (empty where none applies), `time` business time.
    """

    log: str
    partition: int
    subject: str
    time: datetime
    causeid: str
    causedigest: str
    causeoffset: int
    ordinal: int
    of: int
    at: int
    rules: str
    policy: str
    data: RulingData

    @property
    def id(self) -> str:
        """UUIDv5 of (log, partition, causeoffset, ordinal); void copies share it."""
        return derived_id(self.log, "rulings", self.partition, self.causeoffset, self.ordinal)

    @property
    def type(self) -> str:
        """Full event type."""
        return RULING_TYPES.types[type(self.data)]


def encode_ruling(event: RulingEvent) -> bytes:
    """Canonical bytes of one event of a ruling."""
    return canonical(
        {
            "specversion": "1.0",
            "id": event.id,
            "source": f"//liangdeng/{event.log}/rating",
            "type": event.type,
            "subject": event.subject,
            "time": event.time.isoformat(),
            "datacontenttype": "application/json",
            "causeid": event.causeid,
            "causedigest": event.causedigest,
            "causeoffset": str(event.causeoffset),
            "ordinal": event.ordinal,
            "of": event.of,
            "at": str(event.at),
            "rules": event.rules,
            "policy": event.policy,
            "data": RULING_TYPES.dump(event.data),
        }
    )


def decode_ruling(value: bytes | None, partition: int) -> RulingEvent:
    """Read a record of `rulings` that lies on `partition`. Raises Unreadable, UnknownType."""
    return ruling_from(parse(value), partition)


def ruling_from(attributes: dict[str, Any], partition: int) -> RulingEvent:
    """The event of an envelope that has been parsed already. Raises Unreadable, UnknownType."""
    data = RULING_TYPES.load(attributes["type"], attributes["data"])
    try:
        return RulingEvent(
            log=attributes["source"].split("/")[3],
            partition=partition,
            subject=attributes["subject"],
            time=datetime.fromisoformat(attributes["time"]),
            causeid=attributes["causeid"],
            causedigest=attributes["causedigest"],
            causeoffset=int(attributes["causeoffset"]),
            ordinal=int(attributes["ordinal"]),
            of=int(attributes["of"]),
            at=int(attributes["at"]),
            rules=attributes["rules"],
            policy=attributes["policy"],
            data=data,
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unreadable(f"a ruling's envelope is incomplete: {error}") from None
