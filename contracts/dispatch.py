"""A dispatch as it is written to and read from the topic `dispatches`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from contracts.data_codec import DataCodec
from contracts.dispatches import DispatchData
from contracts.envelope import Unreadable, canonical, derived_id, parse

DISPATCH_TYPES: Final = DataCodec(get_args(DispatchData))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One event of `dispatches`; its subject is the programme, `at` the offset that its author expected."""

    log: str
    subject: str
    time: datetime
    partition: int
    at: int
    data: DispatchData


def encode_dispatch(dispatch: Dispatch) -> bytes:
    """Canonical bytes of a dispatch."""
    return canonical(
        {
            "specversion": "1.0",
            "id": derived_id(dispatch.log, "dispatches", dispatch.partition, dispatch.at),
            "source": f"//liangdeng/{dispatch.log}/notify",
            "type": DISPATCH_TYPES.types[type(dispatch.data)],
            "subject": dispatch.subject,
            "time": dispatch.time.isoformat(),
            "datacontenttype": "application/json",
            "at": str(dispatch.at),
            "data": DISPATCH_TYPES.dump(dispatch.data),
        }
    )


def decode_dispatch(value: bytes | None, partition: int) -> Dispatch:
    """Read a record of `dispatches` that lies on `partition`. Raises Unreadable, UnknownType."""
    return dispatch_from(parse(value), partition)


def dispatch_from(attributes: dict[str, Any], partition: int) -> Dispatch:
    """The dispatch of an envelope that has been parsed already. Raises Unreadable, UnknownType."""
    data = DISPATCH_TYPES.load(attributes["type"], attributes["data"])
    try:
        at, time = int(attributes["at"]), datetime.fromisoformat(attributes["time"])
        log = attributes["source"].split("/")[3]
    except (KeyError, TypeError, ValueError, IndexError):
        raise Unreadable("at, time, source: missing or malformed") from None
    return Dispatch(log=log, subject=attributes["subject"], time=time, partition=partition, at=at, data=data)
