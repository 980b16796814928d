"""Event bytes that were once written are read for ever, and mean what they meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from contracts.dispatch import DISPATCH_TYPES, decode_dispatch, encode_dispatch
from contracts.envelope import UnknownType, Unreadable, canonical
from contracts.position_vector import LastOffsets
from contracts.ruling import RULING_TYPES, decode_ruling, encode_ruling
from contracts.submission import SUBMISSION_TYPES, decode_submission, encode_submission
from contracts.submissions import ProgressReported
from contracts.topics import partition_of

CORPUS = Path(__file__).parent / "corpus"
REGISTRIES = {"submissions": SUBMISSION_TYPES, "rulings": RULING_TYPES, "dispatches": DISPATCH_TYPES}


def partition(value: bytes) -> int:
    return partition_of(orjson.loads(value)["subject"])


AGAIN: dict[str, Callable[[bytes], bytes]] = {
    "submissions": lambda value: encode_submission(decode_submission(value)),
    "rulings": lambda value: encode_ruling(decode_ruling(value, partition(value))),
    "dispatches": lambda value: encode_dispatch(decode_dispatch(value, partition(value))),
}


def lines(topic: str) -> list[bytes]:
    return (CORPUS / f"{topic}.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("topic", AGAIN)
def test_every_committed_event_is_read_and_written_again_with_nothing_lost(topic: str) -> None:
    for value in lines(topic):
        before, after = orjson.loads(value), orjson.loads(AGAIN[topic](value))
        # A record that names no subject was ruled on where it lay, which its bytes do not tell.
        unplaced = {"id"} if before["subject"] == "unreadable" else set()
        for name in before.keys() - {"data"} - unplaced:
            assert after[name] == before[name], (before["type"], name)
        for name, was in before["data"].items():
            assert after["data"].get(name) == was, (before["type"], name)


@pytest.mark.parametrize("topic", AGAIN)
def test_the_corpus_has_every_type_that_there_is(topic: str) -> None:
    found = {orjson.loads(value)["type"] for value in lines(topic)}
    assert found >= set(REGISTRIES[topic].classes), REGISTRIES[topic].classes.keys() - found


@pytest.mark.parametrize("topic", AGAIN)
def test_committed_bytes_are_canonical(topic: str) -> None:
    for value in lines(topic):
        assert canonical(orjson.loads(value)) == value


@pytest.mark.parametrize("topic", AGAIN)
def test_an_unknown_field_is_ignored_and_an_unknown_type_waits(topic: str) -> None:
    event = orjson.loads(lines(topic)[0])
    event["data"]["kumquat"] = "金桔"
    AGAIN[topic](canonical(event))
    event["type"] = "liangdeng.kumquat.eaten.v7"
    with pytest.raises(UnknownType):
        AGAIN[topic](canonical(event))


def test_evidence_says_that_it_is_internal_and_is_written_as_it_always_was_if_it_is_not() -> None:
    (value,) = [line for line in lines("submissions") if b'"evidence":[{' in line and b"progress.reported" in line][:1]
    event = orjson.loads(value)
    assert b"classification" not in AGAIN["submissions"](value)
    event["data"]["evidence"][0]["classification"] = "internal"
    decoded = decode_submission(canonical(event)).data
    assert isinstance(decoded, ProgressReported)
    assert decoded.evidence[0].classification == "internal"
    assert AGAIN["submissions"](canonical(event)) == canonical(event)
    event["data"]["evidence"][0]["classification"] = "secret"
    with pytest.raises(Unreadable, match="classification"):
        decode_submission(canonical(event))


@pytest.mark.parametrize("value", [None, b"", b"null", b"\xff\xfe", b"[]", b'{"specversion":"1.0"}', b"{" * 100_000])
def test_bytes_that_are_no_event_are_unreadable(value: bytes | None) -> None:
    with pytest.raises(Unreadable):
        decode_submission(value)


def test_a_float_where_a_decimal_belongs_is_refused_and_the_field_is_named() -> None:
    (value,) = [line for line in lines("submissions") if b'"measures":{"' in line][:1]
    event = orjson.loads(value)
    event["data"]["measures"] = {"高标准农田(亩)": 0.1}
    with pytest.raises(Unreadable, match="measures"):
        decode_submission(canonical(event))


def test_digits_of_another_script_that_a_log_holds_are_read_as_ever_though_nobody_can_send_them_now() -> None:
    value = next(line for line in lines("submissions") if b"progress.reported" in line)
    event = orjson.loads(value)
    event["data"]["period"] = "２０２４Q1"
    decoded = decode_submission(canonical(event)).data
    assert isinstance(decoded, ProgressReported)
    assert decoded.period == "２０２４Q1"
    with pytest.raises(ValidationError, match="period"):
        SUBMISSION_TYPES.validate(event["type"], event["data"])
    assert LastOffsets.parse("rulings-１@３").offsets == {("rulings", 1): 3}
