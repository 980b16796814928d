"""Derives the sheets of the annual evaluation from the log, and holds exported ones against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from contracts.envelope import UnknownType
from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.ruling import RULING_TYPES, ruling_from
from contracts.rulings import ProgrammeOpened
from contracts.topics import PARTITIONS, RULINGS, split_subject
from eventlog.at.at_rule import AtRule
from services.audit.reader import Progress, RecordReader
from services.audit.recorded_acts import NotRecorded, unknown_type
from supervision.evaluation.deduction import Source, SourcedEvent
from supervision.evaluation.sheets import Sheet, evaluate
from supervision.words import Word


class DerivedSheets(NamedTuple):
    """The sheets of a programme, and what must be said wherever they are shown: codes of `supervision.words.NOTE`."""

    sheets: list[Sheet]
    notes: list[str]


def derive(
    reader: RecordReader, programme: str, ends: Mapping[int, int] | None = None, progress: Progress | None = None
) -> DerivedSheets:
    """The sheets of a programme from the counted rulings of every partition, up to `ends` or else up to now.

    `ends`: the offset after the last record, per partition; a partition that is not named is not read.
    Raises NotRecorded: there is no such programme up to there, or the log holds less than `ends`; CannotReadLog.
    """
    now = {partition: reader.end(RULINGS, partition) for partition in range(PARTITIONS)}
    upto = now if ends is None else ends
    for partition, end in upto.items():
        if end > now.get(partition, 0) or reader.start(RULINGS, partition):
            raise NotRecorded(
                f"日志不完整：rulings-{partition} 应有 0 至 {end - 1}",
                f"the log is not whole: rulings-{partition} must hold 0 to {end - 1}",
            )
    events = list(_events(reader, programme, upto, progress))
    opened = next((event.data for event in events if isinstance(event.data, ProgrammeOpened)), None)
    if opened is None:
        raise NotRecorded(f"没有方案 {programme} 的裁定", f"no ruling about the programme {programme}")
    notes = [note for note, holds in (("simulated", opened.simulated), ("derived", opened.derived)) if holds]
    return DerivedSheets(evaluate(events), notes)


def ends_of(position: str) -> dict[int, int]:
    """Where the position of an answer ends, per partition of rulings (exclusive); nothing, if it is none."""
    try:
        read = LastOffsets.parse(position)
    except MalformedPosition:
        return {}
    return {part: offset for (topic, part), offset in read.next_offsets().offsets.items() if topic == RULINGS}


def differences(derived: list[Sheet], exported: list[Any]) -> list[Word]:
    """Where exported sheets differ from those of the log; a sheet that was not exported is no difference."""
    sheets = {sheet.unit: sheet.shown() for sheet in derived}
    found: list[Word] = []
    for one in exported:
        unit = str(one.get("unit")) if isinstance(one, dict) else "?"
        if unit not in sheets:
            found.append(Word(f"{unit}：日志中没有这张计分表", f"{unit}: the log gives no such sheet"))
            continue
        for name in sorted(sheets[unit].keys() | one.keys()):
            found += _compared(f"{unit}.{name}", sheets[unit].get(name), one.get(name))
    return found


def _compared(where: str, derived: Any, exported: Any) -> Iterator[Word]:
    if isinstance(derived, list) and isinstance(exported, list):
        for number in range(max(len(derived), len(exported))):
            ours, theirs = (rows[number] if number < len(rows) else None for rows in (derived, exported))
            yield from _compared(f"{where}[{number + 1}]", ours, theirs)
    elif derived != exported:
        yield Word(
            f"{where}：日志推出 {derived}，表上为 {exported}",
            f"{where}: the log gives {derived}, the sheet says {exported}",
        )


def _events(
    reader: RecordReader, programme: str, ends: Mapping[int, int], progress: Progress | None
) -> Iterator[SourcedEvent]:
    done, total = 0, sum(ends.values())
    for partition, end in ends.items():
        rule = AtRule()
        for record in reader.records(RULINGS, partition, 0, end):
            for ruling in rule.fold([record]):
                for _, body in ruling.events[1:]:
                    owner, item = split_subject(body["subject"])
                    if owner == programme:
                        yield _event(partition, item, body)
            done += 1
            if progress is not None:
                progress(done, total)


def _event(partition: int, item: str | None, body: dict[str, Any]) -> SourcedEvent:
    try:
        event = ruling_from(body, partition)
    except UnknownType as error:
        raise unknown_type(f"{RULINGS}-{partition}@{body['at']}", error) from None
    name = RULING_TYPES.short_names[type(event.data)]
    source = Source(event.id, name, f"{RULINGS}-{partition}@{event.at}", f"submissions-{partition}@{event.causeoffset}")
    return SourcedEvent(item, event.time, source, event.data)
