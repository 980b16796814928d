"""What was given must be what is written: numbers, days, and fields that are known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from contracts.policy import Policy
from contracts.submission import SUBMISSION_TYPES
from contracts.values import AS_PUBLISHED
from exact.characters import FORBIDDEN, forbidden_in
from exact.texts import agrees, completed, differences
from programmes import FOLDER
from programmes.programme_file import load_programme

REPORT: dict[str, Any] = {"period": "2024Q1", "claim": "completed"}


def rules(name: str, given: dict[str, Any]) -> dict[str, str]:
    data = SUBMISSION_TYPES.validate(SUBMISSION_TYPES.by_short_name(name), given)
    written = SUBMISSION_TYPES.dump(data)
    found = {fault.field: fault.rule for fault in differences(given, completed(data, written))}
    assert not (found and agrees(given, written))
    return found


@pytest.mark.parametrize("number", ["5", "-5", "0", "-0", "12.50", 5, Decimal("0.1"), Decimal("1E+3"), 10**14])
def test_a_number_is_given_as_the_schema_says_or_as_a_json_number(number: Any) -> None:
    assert rules("progress.reported", {**REPORT, "measures": {"亩数": number}}) == {}


@pytest.mark.parametrize("number", ["1_000", "１２", "+5", "007", "1e3", " 5", "5 ", ".5", "5.", "٣"])
def test_a_number_that_two_readers_could_read_differently_is_refused_with_how_to_write_it(number: str) -> None:
    assert rules("progress.reported", {**REPORT, "measures": {"亩数": number}}) == {"measures.亩数": "not_as_written"}


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("interview.held", {"level": "interview", "held_on": 1711929600}, "held_on"),
        ("interview.held", {"level": "interview", "held_on": "2024-04-01T00:00:00"}, "held_on"),
        ("interview.held", {"level": "interview", "held_on": Decimal("1711929600")}, "held_on"),
        (
            "inspection.planned",
            {"plan": "p", "from_on": "2024-04-01", "to_on": "2024-04-02", "approved": "yes"},
            "approved",
        ),
        (
            "inspection.planned",
            {"plan": "p", "from_on": "2024-04-01", "to_on": "2024-04-02", "approved": 1},
            "approved",
        ),
        ("deadline.passed", {"kind": "plan", "ref": "r", "due_at": 1711929600}, "due_at"),
        ("deadline.passed", {"kind": "plan", "ref": "r", "due_at": "2024-04-01 00:00:00+08:00"}, "due_at"),
    ],
)
def test_a_value_of_another_kind_is_not_taken_for_one(name: str, given: dict[str, Any], field: str) -> None:
    assert rules(name, given) == {field: "not_as_written"}


@pytest.mark.parametrize("given", [0, "false", "no", Decimal(0)])
def test_a_field_that_is_not_written_at_its_default_is_false_and_nothing_like_it(given: Any) -> None:
    adapter = TypeAdapter(Policy)
    policy = load_programme(FOLDER / "yuancheng-2024.yaml").policy
    posted = {**adapter.dump_python(policy, mode="json"), "complete_plans": given}
    taken = adapter.validate_python(posted, context=AS_PUBLISHED)
    found = differences(posted, completed(taken, adapter.dump_python(taken, mode="json")))
    assert [(fault.field, fault.rule) for fault in found] == [("complete_plans", "not_as_written")]


@pytest.mark.parametrize(
    "instant", ["2024-04-01T00:00:00Z", "2024-04-01T00:00:00.5+08:00", "2024-04-01T00:00:00-00:00"]
)
def test_an_instant_is_given_in_any_way_that_rfc_3339_has(instant: str) -> None:
    assert rules("deadline.passed", {"kind": "plan", "ref": "r", "due_at": instant}) == {}


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x7f",
        "\x85",
        "\u061c",
        "\u200e",
        "\u202e",
        "\u2066",
        "\ud800",
        "\ufdd0",
        "\uffff",
        "\U0001fffe",
    ],
)
def test_characters_that_no_text_has_are_found(character: str) -> None:
    assert forbidden_in(f"甲{character}乙") == f"U+{ord(character):04X}"


def test_ordinary_text_is_left_alone() -> None:
    assert forbidden_in("亮灯\tLiangdeng\r\n〔2024〕3号 😀 𠮷 é ﻿") == ""


def test_no_character_that_is_not_allowed_is_printable() -> None:
    forbidden = [chr(number) for number in range(0x110000) if FORBIDDEN.match(chr(number))]
    assert len(forbidden) > 2000
    assert not any(character.isprintable() for character in forbidden), "`read_json` would not look for it"


@pytest.mark.parametrize(
    ("given", "written", "agreed"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}], "c": True}, True),
        ({"a": Decimal("1.50")}, {"a": "1.5"}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": [{"b": "x"}, {"b": "y"}]}, {"a": [{"b": "x"}, {"b": "z"}]}, False),
        ({"a": {"b": "x"}}, {"a": "x"}, False),
        ({"a": "x", "b": None}, {"a": "x"}, False),
        ({"a": "x", "b": "y"}, {"a": "x"}, False),
    ],
)
def test_what_agrees_has_no_difference(given: Any, written: Any, agreed: bool) -> None:
    assert agrees(given, written) is agreed
    assert not (agreed and list(differences(given, written)))
