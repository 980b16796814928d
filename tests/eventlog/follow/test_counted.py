"""Answers that count, folded in memory partition by partition."""

from __future__ import annotations

import orjson
import pytest

from eventlog.at.at_rule import CountedAnswer
from eventlog.follow.counted import CountedAnswers
from eventlog.log.record import AT_ONCE, Record
from tests.eventlog.toy import answer_bodies

TOPIC = "rulings"


def answers(*amounts: int) -> list[Record]:
    """What lies on a partition: an answer per amount, of one to three records."""
    records: list[Record] = []
    total = 0
    for cause, amount in enumerate(amounts):
        bodies = answer_bodies(total, {"id": f"s{cause}", "amount": amount}, cause, len(records))
        total = bodies[0]["total"]
        records += [
            Record(TOPIC, 0, len(records) + ordinal, 0, b"k", orjson.dumps(body)) for ordinal, body in enumerate(bodies)
        ]
    return records


async def test_every_answer_that_counts_is_given_once_and_in_order_however_the_records_come() -> None:
    given: list[int] = []
    handler = CountedAnswers(TOPIC, 2, lambda _, answer: given.append(answer.causeoffset))
    lying = answers(1, 2, 3, 4, 5)
    for record in lying:
        assert await handler.take({(TOPIC, 0): [record]}) == []
    assert given == [0, 1, 2, 3, 4]
    assert await handler.positions() == {(TOPIC, 0): len(lying), (TOPIC, 1): 0}


@pytest.mark.parametrize("times", [1, 2])
async def test_an_answer_that_cannot_be_folded_is_named_and_given_again_when_it_is_read_again(times: int) -> None:
    given: list[int] = []
    broken = True

    def evolve(_partition: int, answer: CountedAnswer) -> None:
        if broken and answer.causeoffset == 2:
            raise KeyError("of a newer version")
        given.append(answer.causeoffset)

    handler = CountedAnswers(TOPIC, 1, evolve)
    lying = answers(1, 1, 1, 1)
    at = sum(len(answers(*[1] * count)) for count in [2])
    first = Record(TOPIC, 0, 0, 0, None, None)
    for _ in range(times):
        position = handler.position(first.place)
        (stop,) = await handler.take({(TOPIC, 0): lying[position:]})
        assert (stop.place, stop.offset) == ((TOPIC, 0), at)
        assert str(stop) == f"rulings-0@{at}: KeyError('of a newer version')"
        assert given == [0, 1]
        assert handler.position(first.place) == at
        assert (handler.rules[0].counted, handler.rules[0].void) == (at, 0)
    broken = False
    assert await handler.take({(TOPIC, 0): lying[at:]}) == []
    assert given == [0, 1, 2, 3]


async def test_a_long_run_of_records_is_folded_as_one_also_when_an_answer_in_its_middle_cannot_be_folded() -> None:
    given: list[int] = []
    broken: set[int] = set()

    def evolve(_partition: int, answer: CountedAnswer) -> None:
        if answer.causeoffset in broken:
            raise KeyError("of a newer version")
        given.append(answer.causeoffset)

    lying = answers(*[2] * (2 * AT_ONCE))
    causes = [orjson.loads(record.value or b"")["causeoffset"] for record in lying]
    across = int(causes[AT_ONCE])
    assert causes[AT_ONCE - 1] == causes[AT_ONCE]
    broken.add(across)
    handler = CountedAnswers(TOPIC, 1, evolve)
    (stop,) = await handler.take({(TOPIC, 0): lying})
    assert stop.offset == handler.position(stop.place) == causes.index(causes[AT_ONCE])
    assert given == list(range(across))
    broken.clear()
    assert await handler.take({(TOPIC, 0): lying[stop.offset :]}) == []
    assert given == list(range(int(causes[-1]) + 1))
    assert handler.position(stop.place) == len(lying)
