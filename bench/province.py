"""The log of a province: programmes of many jurisdictions and years, each recorded by the rules, with its notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from bench.logs import fill
from bench.recorded import LOG, Recorded, record
from contracts.dispatch import Dispatch, encode_dispatch
from contracts.dispatches import (
    Addressed,
    DeliveryAccepted,
    DeliveryClaimed,
    DispatchData,
    NoticeIssued,
    Recipient,
)
from contracts.envelope import canonical, derived_id
from contracts.ruling import RULING_TYPES
from contracts.rulings import EscalationRaised
from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, SUBMISSIONS, jurisdiction_of, partition_of, split_subject
from eventlog.log.kafka import KafkaLog
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.year.plan import plan
from sandbox.year.simulated_year import CATALOGUE, of_some_units

YEARS: Final = tuple(range(2024, 2017, -1))
"""Each jurisdiction has a programme of each; the recorded days are those of 2024, moved."""
LIVED: Final = 2024
SHARE: Final = 1 / 3
"""Of the catalogue's units that take part in all programmes but the first, which has all its 108 items."""


def programmes(number: int) -> list[str]:
    """The ids of so many programmes, the one that is looked at first."""
    first = load_programme(CATALOGUE).programme
    places = [jurisdiction_of(first), *(f"{place:06d}" for place in range(number // len(YEARS)))]
    return [f"{place}-{year}" for place in places for year in YEARS][:number]


class Province:
    """Appends one programme's year after the other; knows where each partition ends."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log
        self._ends: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._catalogue = load_programme(CATALOGUE, simulated=True)

    async def add(self, programme: str, *, whole: bool) -> int:
        """Live through a programme's year and append it; how many records it takes."""
        place, _, year = programme.rpartition("-")
        file = self._catalogue if whole else of_some_units(self._catalogue, SHARE)
        lived = file.model_copy(update={"programme": f"{place}-{LIVED}"})
        return await self._append(_year(lived, programme), int(year))

    async def _append(self, recorded: Recorded, year: int) -> int:
        number = 0
        dispatches: dict[int, list[bytes]] = defaultdict(list)
        for part in range(PARTITIONS):
            partition = recorded.partitions[part]
            submissions = [_moved(value, year) for value in partition.submissions]
            rulings = [self._placed(orjson.loads(_moved(value, year)), part) for value in partition.rulings]
            for body in rulings:
                for data, at in _notified(body):
                    self._dispatch(dispatches, split_subject(body["subject"])[0], data, at)
            for topic, values in ((SUBMISSIONS, submissions), (RULINGS, [canonical(body) for body in rulings])):
                await fill(self._log, topic, part, values)
                self._ends[topic, part] += len(values)
                number += len(values)
        for part, values in dispatches.items():
            await fill(self._log, DISPATCHES, part, values)
            self._ends[DISPATCHES, part] += len(values)
            number += len(values)
        return number

    def _placed(self, body: dict[str, Any], part: int) -> dict[str, Any]:
        """A ruling's event behind those that lie there already."""
        cause = int(body["causeoffset"]) + self._ends[SUBMISSIONS, part]
        body["at"] = str(int(body["at"]) + self._ends[RULINGS, part])
        body["causeoffset"], body["id"] = str(cause), derived_id(LOG, "rulings", part, cause, body["ordinal"])
        return body

    def _dispatch(
        self, dispatches: Mapping[int, list[bytes]], programme: str, data: DispatchData, time: datetime
    ) -> None:
        part = partition_of(programme)
        at = self._ends[DISPATCHES, part] + len(dispatches[part])
        event = Dispatch(log=LOG, subject=programme, time=time, partition=part, at=at, data=data)
        dispatches[part].append(encode_dispatch(event))


def _year(lived: ProgrammeFile, seed: str) -> Recorded:
    return record([(lived, plan(lived, seed))])


def _moved(value: bytes, year: int) -> bytes:
    """A record of the year lived through, as of another year: every day of it, and the programme's id."""
    if year == LIVED:
        return value
    value = value.replace(b"2024-02-29", b"2024-02-28").replace(b"2025", str(year + 1).encode())
    return value.replace(b"2024", str(year).encode())


def _notified(body: Mapping[str, Any]) -> Iterator[tuple[DispatchData, datetime]]:
    """The notice about an escalation, to its unit, by mail and into the inbox, a copy to the leader; both delivered."""
    if body["type"] != RULING_TYPES.types[EscalationRaised]:
        return
    data, at = body["data"], datetime.fromisoformat(body["time"])
    programme, item = split_subject(body["subject"])
    name = derived_id(LOG, "notice", body["id"])
    to, copies = data["to"], data["copy"]
    deliveries = [Addressed(delivery=f"{name}/{to}/{way}", role=to, channel=way) for way in ("mail", "inbox")]
    deliveries += [Addressed(delivery=f"{name}/{one}", role=one, channel="inbox") for one in copies]
    yield (
        NoticeIssued(
            notice=name,
            number=f"源督整〔2024〕{body['at']}号",
            kind=data["level"],
            item=item or "",
            title=f"督查整改通知书：{item}",
            document_sha256="0" * 64,
            document=f"<h1>督查整改通知书</h1><p>{programme} {item}</p>",
            text="督查整改通知书",
            recipients=(
                Recipient(role=to, kind="to"),
                *(Recipient(role=one, kind="copy") for one in copies),
            ),
            deliveries=tuple(deliveries),
            causes=(body["id"],),
            escalation=data["escalation"],
            gathered="",
            simulated=True,
            issued_at=at,
        ),
        at,
    )
    mail = deliveries[0].delivery
    yield DeliveryClaimed(delivery=mail, attempt=1, by="n1", until=at + timedelta(minutes=1), lease_seconds=60), at
    yield DeliveryAccepted(delivery=mail, attempt=1, receipt="ok"), at
