"""Positions as tokens: the same for the same position, of one length, made by nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.topics import PARTITIONS, TOPICS
from web.position_tokens import PositionTokens

TOKENS = PositionTokens("a secret that intake and query share")
PLACES = st.tuples(st.sampled_from(TOPICS), st.integers(0, PARTITIONS - 1))
POSITIONS = st.dictionaries(PLACES, st.integers(0, 10**12)).map(LastOffsets)


@given(POSITIONS)
def test_a_token_is_the_position_that_was_sealed_and_always_the_same(position: LastOffsets) -> None:
    token = TOKENS.seal(position)
    assert TOKENS.open(token) == position
    assert TOKENS.seal(LastOffsets(dict(reversed(list(position.offsets.items()))))) == token


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
