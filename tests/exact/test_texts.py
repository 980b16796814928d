"""Texts from outside are read exactly, or refused with their line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact.faults import Fault
from exact.texts import Inexact, read_json, read_yaml

YAML_REFUSED = {
    b"a: &x [1]\nb: *x": ("yaml_alias", 1),
    b"a: 1\nb: !!python/object:os.system x": ("yaml_alias", 2),
    b"a: 1\nb: 2\na: 3": ("duplicate_key", 3),
    b"[" * 5000: ("too_deep", 1),
    b"a: [1,\n 2": ("yaml_invalid", 3),
    b"a: 1\n---\nb: 2": ("yaml_invalid", None),
    b'\na: "\\x00"': ("text_invalid", 2),
    b"? [a]\n: b": ("key_invalid", 1),
    b"\xff": ("not_utf8", None),
}


@pytest.mark.parametrize("text", YAML_REFUSED)
def test_ambiguous_yaml_is_refused_with_its_line(text: bytes) -> None:
    with pytest.raises(Inexact) as caught:
        read_yaml(text)
    assert (caught.value.fault.rule, caught.value.fault.line) == YAML_REFUSED[text]


def test_yaml_keeps_decimals_and_dates_as_they_are_written_and_knows_the_lines() -> None:
    document = read_yaml(b'a: 4.50\nb: [2024-03-29, yes, "1", 12:30, null]\n')
    assert document.value == {"a": Decimal("4.50"), "b": ["2024-03-29", "yes", "1", "12:30", None]}
    assert str(document.value["a"]) == "4.50"
    assert document.lines[("b", 2)] == 2


JSON_REFUSED = {
    b'{"data": {"measures": [1, {"a": NaN}]}}': ("data.measures[1].a", "number_invalid"),
    b'{"data": {"measures": {"a": 1, "b": 1e400}}}': ("data.measures.b", "number_invalid"),
    b'{"x": 1' + b"0" * 5000 + b"}": ("x", "number_invalid"),
    b'{"data": {"period": 1, "of": 2, "period": 3}}': ("data.period", "duplicate_key"),
    b'[{"a": 1}, {"a": {"b": 1, "b": 2}}]': ("[1].a.b", "duplicate_key"),
    b'{"a": NaN': ("", "number_invalid"),
    b'{"a": Nope}': ("", "json_invalid"),
}


@pytest.mark.parametrize("text", JSON_REFUSED)
def test_what_is_refused_of_a_json_text_is_named_by_its_place(text: bytes) -> None:
    with pytest.raises(Inexact) as caught:
        read_json(text)
    assert (caught.value.fault.field, caught.value.fault.rule) == JSON_REFUSED[text]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_json, b"{'a': 1}"),
        (read_json, "\ufeff{}".encode()),
        (read_json, b""),
        (read_yaml, b"a: [1,\n 2"),
        (read_yaml, b"a: 1\n---\nb: 2"),
        (read_yaml, b"a:\tb\n\tc: d"),
    ],
)
def test_what_a_parser_says_is_told_under_english_alone(read: Callable[[bytes], Any], text: bytes) -> None:
    with pytest.raises(Inexact) as caught:
        read(text)
    words = re.findall("[A-Za-z]{2,}", caught.value.fault.zh)
    assert set(words) <= {"JSON", "YAML", "BOM"}


def _read(read: Callable[[bytes], Any], content: bytes) -> Any:
    """What was read, or the fault that was found."""
    try:
        return read(content)
    except Inexact as error:
        return error.fault


@given(st.recursive(st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(), st.lists, max_leaves=20))
def test_json_that_is_accepted_means_what_every_reader_takes_it_for(value: object) -> None:
    text = json.dumps(value).encode()
    found = _read(read_json, text)
    if isinstance(found, Fault):
        assert found.rule in ("text_invalid", "too_deep")
    else:
        assert found == json.loads(text)


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n01.\\xu", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    _read(read_json, content)
    _read(read_yaml, content)
