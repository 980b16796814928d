"""Texts from outside are read exactly, or refused with their line."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exact import Inexact, read_json, read_yaml

YAML_REFUSED = {
    b"a: &x [1]\nb: *x": ("yaml_alias", 1),
    b"a: 1\nb: !!python/object:os.system x": ("yaml_alias", 2),
    b"a: 1\nb: 2\na: 3": ("duplicate_key", 3),
    b"[" * 5000: ("too_deep", 1),
    b"a: [1,\n 2": ("yaml_invalid", 2),
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
    document = read_yaml('a: 4.50\nb: [2024-03-29, yes, "1", 12:30, null]\n'.encode())
    assert document.value == {"a": Decimal("4.50"), "b": ["2024-03-29", "yes", "1", "12:30", None]}
    assert str(document.value["a"]) == "4.50"
    assert document.lines[("b", 2)] == 2


@given(st.recursive(st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(), st.lists, max_leaves=20))
def test_json_that_is_accepted_means_what_every_reader_takes_it_for(value: object) -> None:
    text = json.dumps(value).encode()
    try:
        assert read_json(text) == json.loads(text)
    except Inexact as error:
        assert error.fault.rule in ("text_invalid", "too_deep")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (read_json, read_yaml):
        try:
            read(content)
        except Inexact as error:
            assert error.fault.zh
            assert error.fault.en


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n01.\\xu", max_size=60))
def test_any_text_that_looks_like_yaml_is_read_or_refused(text: str) -> None:
    try:
        read_yaml(text.encode())
    except Inexact as error:
        assert error.fault.rule
