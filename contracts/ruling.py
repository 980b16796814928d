"""A ruling's events as they are written to and read from the topic `rulings`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args

from orjson import loads

from contracts.data_codec import DataCodec
from contracts.envelope import Unreadable, begun_id, canonical, derived_id, ended_id, parse
from contracts.rulings import RulingData

RULING_TYPES: Final = DataCodec(get_args(RulingData))
_SHORT: Final = 200
"""Bytes of data up to which it is read once, however often it comes."""


class RulingEvent(NamedTuple):
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


class DatedData(NamedTuple):
    """What a state is derived from: the business time and the data of an event."""

    time: datetime
    data: RulingData


class Encoded(NamedTuple):
    """Events of one ruling in canonical bytes: the records' values, and in each its time and its data."""

    values: tuple[bytes, ...]
    times: tuple[bytes, ...]
    data: tuple[bytes, ...]


def encode_ruling(event: RulingEvent) -> bytes:
    """Canonical bytes of one event of a ruling."""
    return encode_events((event,)).values[0]


def encode_events(events: Sequence[RulingEvent]) -> Encoded:
    """Canonical bytes of events of one ruling: names in sorted order, and what its envelopes share is written once."""
    log, partition, subject, time, causeid, causedigest, causeoffset, _, of, _, rules, policy, _ = events[0]
    before = b'","causedigest":%b,"causeid":%b,"causeoffset":"%d","data":' % (
        canonical(causedigest),
        canonical(causeid),
        causeoffset,
    )
    behind, dated = _behind(log, policy, rules, subject), time.isoformat().encode()
    begun = begun_id(log, "rulings", partition, causeoffset)
    values: list[bytes] = []
    times: list[bytes] = []
    bodies: list[bytes] = []
    for event in events:
        data, ordinal = event.data, b"%d" % event.ordinal
        if event.time is not time:
            time = event.time
            dated = time.isoformat().encode()
        body = RULING_TYPES.encode(data)
        values.append(
            b'{"at":"%d%b%b,"datacontenttype":"application/json","id":"%b","of":%d,"ordinal":%b%b%b%b'
            % (event.at, before, body, ended_id(begun, ordinal).encode(), of, ordinal, behind, dated, _ENDS[type(data)])
        )
        times.append(dated)
        bodies.append(body)
    return Encoded(tuple(values), tuple(times), tuple(bodies))


@lru_cache(maxsize=4096)
def _behind(log: str, policy: str, rules: str, subject: str) -> bytes:
    """What stands between the ordinal and the time: the same again and again for one subject."""
    source = f"//liangdeng/{log}/rating"
    members = _members(policy=policy, rules=rules, source=source, specversion="1.0", subject=subject, time="")
    return b",%b" % members[:-1]


def _members(**attributes: str) -> bytes:
    """Members of a JSON object without its braces."""
    return canonical(attributes)[1:-1]


_ENDS: Final = {cls: b'",%b}' % _members(type=name) for cls, name in RULING_TYPES.types.items()}


def decode_ruling(value: bytes | None, partition: int) -> RulingEvent:
    """Read a record of `rulings` that lies on `partition`. Raises Unreadable, UnknownType."""
    return ruling_from(parse(value), partition)


def read_back(events: Sequence[RulingEvent], encoded: Encoded) -> list[DatedData]:
    """Times and data as they are read from the bytes of these events. Raises Unreadable."""
    found: list[DatedData] = []
    dated, time = b"", events[0].time
    for event, text, body in zip(events, encoded.times, encoded.data, strict=True):
        if text is not dated:
            dated, time = text, datetime.fromisoformat(text.decode())
        name = RULING_TYPES.types[type(event.data)]
        data = _read_short(name, body) if len(body) <= _SHORT else RULING_TYPES.load(name, loads(body))
        found.append(DatedData(time, data))
    return found


@lru_cache(maxsize=4096)
def _read_short(name: str, data: bytes) -> RulingData:
    """What is short is often the same: a verdict, a light that settles, a month, a reminder."""
    found: RulingData = RULING_TYPES.load(name, loads(data))
    return found


@lru_cache(maxsize=1024)
def instant(text: str) -> datetime:
    """A time as it is written, kept once with its zone: a ruling's events and what falls due together have the same."""
    return datetime.fromisoformat(text)


def ruling_from(attributes: Mapping[str, Any], partition: int) -> RulingEvent:
    """The event of an envelope that has been parsed already. Raises Unreadable, UnknownType."""
    data = RULING_TYPES.load(attributes["type"], attributes["data"])
    try:
        return RulingEvent(
            attributes["source"].split("/")[3],
            partition,
            attributes["subject"],
            instant(attributes["time"]),
            attributes["causeid"],
            attributes["causedigest"],
            int(attributes["causeoffset"]),
            int(attributes["ordinal"]),
            int(attributes["of"]),
            int(attributes["at"]),
            attributes["rules"],
            attributes["policy"],
            data,
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unreadable(f"a ruling's envelope is incomplete: {error}") from None
