"""The bytes of a ruling are canonical whatever its texts hold, and those of one event are those within its ruling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import canonical
from contracts.ruling import RulingEvent, decode_ruling, encode_events, encode_ruling, read_back
from contracts.rulings import RulingData, SubmissionAccepted, SubmissionRejected, SubmissionUnreadable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DATA: st.SearchStrategy[RulingData] = st.one_of(
    st.just(SubmissionAccepted()),
    st.builds(SubmissionRejected, reasons=st.just(("wrong_role",)), alarm=st.booleans()),
    st.builds(SubmissionUnreadable, problem=TEXTS),
)
TIMES = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]))  # noqa: DTZ001  # the strategy adds the zone


@st.composite
def rulings(draw: st.DrawFn) -> list[RulingEvent]:
    log, subject, cause, digest, rules, policy = (draw(TEXTS.filter(lambda text: "/" not in text)) for _ in range(6))
    found = draw(st.lists(st.tuples(TIMES, DATA), min_size=1, max_size=4))
    offset, at = draw(st.integers(0, 2**60)), draw(st.integers(0, 2**60))
    return [
        RulingEvent(
            log=log,
            partition=3,
            subject=f"s{subject}",
            time=time,
            causeid=cause,
            causedigest=digest,
            causeoffset=offset,
            ordinal=ordinal,
            of=len(found),
            at=at + ordinal,
            rules=rules,
            policy=policy,
            data=data,
        )
        for ordinal, (time, data) in enumerate(found)
    ]


@given(rulings())
def test_a_ruling_is_written_canonically_and_read_as_it_was(events: list[RulingEvent]) -> None:
    encoded = encode_events(events)
    assert read_back(events, encoded) == [(event.time, event.data) for event in events]
    for event, value, *texts in zip(events, *encoded, strict=True):
        assert canonical(orjson.loads(value)) == value
        assert decode_ruling(value, event.partition) == event
        assert orjson.loads(value)["id"] == event.id
        assert encode_ruling(event) == value
        assert [orjson.loads(value)["time"].encode(), canonical(orjson.loads(value)["data"])] == texts
