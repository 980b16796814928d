"""Positions as tokens: the same for the same position, of one length, made by nobody else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.topics import PARTITIONS, TOPICS
from web.position_tokens import PositionTokens, sealed

TOKENS = PositionTokens("a secret that intake and query share")
PLACES = st.tuples(st.sampled_from(TOPICS), st.integers(0, PARTITIONS - 1))
POSITIONS = st.dictionaries(PLACES, st.integers(0, 10**12)).map(LastOffsets)


@given(POSITIONS)
def test_a_token_is_the_position_that_was_sealed_and_of_one_place_always_the_same(position: LastOffsets) -> None:
    first, second = TOKENS.seal(position), TOKENS.seal(position)
    assert TOKENS.open(first) == TOKENS.open(second) == position
    assert (first == second) == (len(position.offsets) == 1), "how far all was read tells not even that nothing moved"


def test_an_answer_names_one_position_by_one_token_and_the_next_answer_by_another() -> None:
    text = "rulings-3@351,submissions-3@120"
    first, second = (
        sealed(TOKENS, Response(f"<code>{text}</code>{text}", headers={"Liangdeng-Position": text})) for _ in range(2)
    )
    tokens = set(re.findall(r"~[\w-]+", bytes(first.body).decode())) | {first.headers["liangdeng-position"]}
    assert len(tokens) == 1
    assert tokens.isdisjoint(re.findall(r"~[\w-]+", bytes(second.body).decode()))


def test_an_events_name_tells_nothing_of_its_id_and_is_always_the_same() -> None:
    assert TOKENS.name("a") == TOKENS.name("a") != TOKENS.name("b")
    assert PositionTokens("another").name("a") != TOKENS.name("a")


@given(POSITIONS, POSITIONS)
def test_a_tokens_length_tells_nothing_but_whether_it_is_of_one_place(one: LastOffsets, other: LastOffsets) -> None:
    if (len(one.offsets) == 1) == (len(other.offsets) == 1):
        assert len(TOKENS.seal(one)) == len(TOKENS.seal(other))


@given(st.one_of(st.text(max_size=40), st.text("~AZaz09_-@", max_size=300), st.binary(max_size=40).map(str)))
def test_whatever_was_not_sealed_is_no_position(text: str) -> None:
    with pytest.raises(MalformedPosition):
        TOKENS.open(text)


def test_a_token_of_another_key_or_with_a_letter_changed_is_none() -> None:
    token = TOKENS.seal(LastOffsets({("submissions", 3): 120}))
    changed = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    others = PositionTokens("another secret, of another installation").seal(LastOffsets({("submissions", 3): 120}))
    for wrong in (changed, others, token[:-2], token + "AA", "submissions-3@120"):
        with pytest.raises(MalformedPosition):
            TOKENS.open(wrong)
