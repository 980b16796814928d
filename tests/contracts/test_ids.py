"""Ids are UUIDv5 of what they are made from, for ever."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import NAMESPACE, derived_id, submission_id

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_submission_s_id_is_the_uuid_of_its_log_owner_key_and_subject(a: str, b: str, c: str, d: str) -> None:
    assert submission_id(a, b, c, d) == str(uuid.uuid5(NAMESPACE, "\x1f".join((a, b, c, d))))


@given(WORDS, st.lists(st.integers(min_value=0) | WORDS, max_size=4))
def test_a_derived_id_is_the_uuid_of_its_position(log: str, parts: list[int | str]) -> None:
    assert derived_id(log, *parts) == str(uuid.uuid5(NAMESPACE, "\x1f".join((log, *map(str, parts)))))
