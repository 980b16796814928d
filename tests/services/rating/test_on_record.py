"""What rating reads of rulings on the log is what their events say, and leads to the states that these lead to."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from contracts.envelope import UnknownType, Unreadable
from contracts.ruling import ruling_from
from services.rating.rules.envelope import Rules, States, concerns_state, evolve_states
from services.rating.rules.on_record import read_ruling
from tests.services.rating.test_half_and_half import recorded


def on_record() -> tuple[int, list[list[dict[str, Any]]]]:
    partition, _, written = recorded()
    rulings: list[list[dict[str, Any]]] = []
    for body in map(orjson.loads, written):
        if body["ordinal"] == 0:
            rulings.append([])
        rulings[-1].append(body)
    return partition, rulings


def test_a_recorded_year_leads_to_the_states_that_its_events_lead_to() -> None:
    partition, rulings = on_record()
    rules = Rules()
    states: States = {}
    expected: States = {}
    for bodies in rulings:
        events = [ruling_from(body, partition) for body in bodies]
        ((cause, read),) = read_ruling(bodies)
        assert cause == (events[0].causeid, events[0].causedigest, events[0].subject)
        assert read == [(event.time, event.data) for event in events]
        assert concerns_state(cause.subject, partition, read[0].data) == evolve_states(rules, expected, *events)
        states[cause.subject] = rules.fold(states.get(cause.subject), cause, read)
    assert states == expected


def test_events_that_name_several_causes_are_read_each_for_itself() -> None:
    bodies = next(bodies for bodies in on_record()[1] if len(bodies) > 2)
    for name in ("causeid", "causedigest", "subject"):
        changed = [bodies[0], bodies[1], {**bodies[2], name: "another"}]
        assert [
            (getattr(cause, name.removeprefix("cause")), len(events)) for cause, events in read_ruling(changed)
        ] == [
            (bodies[0][name], 1),
            (bodies[1][name], 1),
            ("another", 1),
        ]


@pytest.mark.parametrize("lacking", ["causeid", "causedigest", "subject", "time"])
def test_what_a_state_cannot_be_derived_from_is_unreadable(lacking: str) -> None:
    bodies = on_record()[1][0]
    with pytest.raises(Unreadable, match="incomplete"):
        read_ruling([{name: value for name, value in bodies[0].items() if name != lacking}])


def test_a_time_that_is_none_is_unreadable_and_a_type_that_is_not_known_is_told() -> None:
    body = on_record()[1][0][0]
    with pytest.raises(Unreadable):
        read_ruling([{**body, "time": 5}])
    with pytest.raises(UnknownType):
        read_ruling([{**body, "type": "liangdeng.something.else.v1"}])
