"""Ids are UUIDv5 of what they are made from, for ever."""

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import NAMESPACE, derived_id, submission_id
from contracts.submission import new_submission
from contracts.submissions import LagDeclared
from contracts.values import Actor

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_submission_s_id_is_the_uuid_of_its_log_owner_key_and_subject(a: str, b: str, c: str, d: str) -> None:
    assert submission_id(a, b, c, d) == str(uuid.uuid5(NAMESPACE, "\x1f".join((a, b, c, d))))


@given(WORDS, st.lists(st.integers(min_value=0) | WORDS, max_size=4))
def test_a_derived_id_is_the_uuid_of_its_position(log: str, parts: list[int | str]) -> None:
    assert derived_id(log, *parts) == str(uuid.uuid5(NAMESPACE, "\x1f".join((log, *map(str, parts)))))


def test_a_key_belongs_to_the_unit_to_the_leader_or_to_everyone_of_a_role() -> None:
    def id_of(actor: Actor) -> str:
        now = datetime(2024, 4, 1, tzinfo=UTC)
        return new_submission("1", actor, "k", "p/K01", LagDeclared(reason="late"), now).id

    colleagues = [Actor(role="unit", id=one, unit="water") for one in ("u-1", "u-2")]
    others = [
        Actor(role="unit", id="u-1", unit="roads"),
        Actor(role="leader", id="leader-1"),
        Actor(role="leader", id="leader-2"),
        Actor(role="chief", id="chief"),
    ]
    office = [Actor(role="office", id=one) for one in ("o1", "o2")]
    assert id_of(colleagues[0]) == id_of(colleagues[1])
    assert id_of(office[0]) == id_of(office[1])
    assert len({id_of(actor) for actor in (colleagues[0], office[0], *others)}) == 6
