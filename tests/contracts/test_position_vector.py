"""One text for positions, two meanings that types keep apart: the last offset read, and the next one to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.position_vector import LastOffsets, MalformedPosition, NextOffsets
from contracts.topics import PARTITIONS, TOPICS

PLACES = st.tuples(st.sampled_from(TOPICS), st.integers(0, PARTITIONS - 1))
OFFSETS = st.dictionaries(PLACES, st.integers(0, 10**18 - 2), max_size=36)


def test_the_text_names_topic_partition_and_offset_in_the_order_of_the_topics() -> None:
    read = {("dispatches", 0): 5, ("rulings", 11): 0, ("submissions", 10): 7, ("submissions", 3): 120}
    assert LastOffsets.parse("submissions-3@120, rulings-11@0,dispatches-0@5,submissions-10@7").offsets == read
    assert str(LastOffsets(read)) == "submissions-3@120,submissions-10@7,rulings-11@0,dispatches-0@5"
    assert LastOffsets.parse("rulings-1@3,rulings-1@9,rulings-1@4").offsets == {("rulings", 1): 9}
    for wrong in (
        "submissions-12@1",
        "submissions@1",
        "x-1@1",
        "rulings-1@-1",
        "rulings-1@",
        "rulings-1@1;rulings-2@1",
    ):
        for meaning in (LastOffsets, NextOffsets):
            with pytest.raises(MalformedPosition, match="write topic-partition@offset"):
                meaning.parse(wrong)


def test_offset_0_was_read_as_a_last_offset_and_says_nothing_as_a_next_one() -> None:
    assert str(LastOffsets({("rulings", 3): 0})) == "rulings-3@0"
    assert str(NextOffsets({("rulings", 3): 0})) == ""
    assert str(LastOffsets({("rulings", 3): 0}).next_offsets()) == "rulings-3@1"


@given(OFFSETS)
def test_each_meaning_is_turned_into_the_other_and_back(offsets: dict[tuple[str, int], int]) -> None:
    last = LastOffsets(offsets)
    assert last.next_offsets().last_offsets() == last
    assert LastOffsets.parse(str(last)) == last
    following = last.next_offsets()
    assert NextOffsets.parse(str(following)) == following
    assert all(following.offsets[place] == offset + 1 for place, offset in offsets.items())


@given(OFFSETS, OFFSETS)
def test_a_joined_position_reaches_both_and_nothing_more(
    one: dict[tuple[str, int], int], other: dict[tuple[str, int], int]
) -> None:
    a, b = NextOffsets(one), NextOffsets(other)
    both = a.joined(b)
    assert both.reaches(a)
    assert both.reaches(b)
    assert all(offset in (one.get(place, 0), other.get(place, 0)) for place, offset in both.offsets.items())
    assert a.reaches(b) == (a.joined(b) == NextOffsets({**dict.fromkeys(other, 0), **one}))


def test_what_is_missing_is_what_lies_beyond_the_last_offset() -> None:
    held = LastOffsets.parse("submissions-3@120,rulings-3@0")
    assert str(held.missing(LastOffsets.parse("submissions-3@120,rulings-3@0"))) == ""
    assert (
        str(held.missing(LastOffsets.parse("submissions-3@121,rulings-3@0,rulings-4@0")))
        == "submissions-3@121,rulings-4@0"
    )


def test_a_notice_on_the_log_keeps_the_offsets_to_be_read_next() -> None:
    """One that gathered `rulings-3@120` has read up to offset 119; the same text of query's API would include 120."""
    assert NextOffsets.parse("rulings-3@120").last_offsets() == LastOffsets.parse("rulings-3@119")
