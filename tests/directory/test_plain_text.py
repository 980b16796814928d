"""What may stand in a name or an address: nothing that a terminal, a browser or a spreadsheet would act on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import plain_text
from directory.persons import WAYS
from directory.plain_text import Unfit


@pytest.mark.parametrize("name", ["张三", "阿卜杜拉·买买提", "Anna-Maria O'Neil", "王伟2", "𠮷野", "Đặng"])
def test_names_as_people_have_them_are_taken(name: str) -> None:
    assert plain_text.person_name(f" {name}　") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "　",
        "张\n三",
        "张三\x1b[31m",
        "张\x00三",
        "张\u202e三",
        "张\u200b三",
        "张\u2028三",
        "\ud800",
        "=HYPERLINK(1)",
        "+86",
        "-1+1",
        "@SUM(A1)",
        "<script>",
        '"; DROP TABLE',
        "张三 13800138000",
        "12345",
        "甲" * 61,
    ],
)
def test_a_name_with_anything_else_in_it_is_refused_in_both_languages(name: str) -> None:
    with pytest.raises(Unfit) as refused:
        plain_text.person_name(name)
    assert refused.value.why.zh
    assert refused.value.why.en


@given(st.text(max_size=80))
def test_whatever_is_taken_as_a_name_or_label_is_one_visible_line(text: str) -> None:
    for check in (plain_text.person_name, plain_text.label):
        try:
            taken = check(text)
        except Unfit:
            continue
        assert taken
        assert taken == taken.strip()
        assert not any(
            unicodedata.category(one)[0] == "C" or unicodedata.category(one) in ("Zl", "Zp") for one in taken
        )
        assert taken[0] not in "=+-@"
        assert check(taken) == taken


@given(st.sampled_from(WAYS), st.text(max_size=80) | st.from_regex(r"\A[a-z]{1,9}@[a-z]{1,9}\.test\Z"))
def test_whatever_is_taken_as_an_address_is_plain_ascii_and_stays_as_it_is(way: str, text: str) -> None:
    try:
        taken = plain_text.address(way, text)
    except Unfit:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert " " not in taken
    assert plain_text.address(way, taken) == taken


def test_addresses_are_taken_as_people_type_them() -> None:
    assert plain_text.address("phone", "138 0013-8000") == "13800138000"
    assert plain_text.address("phone", "（0762）3388123") == "07623388123"
    assert plain_text.address("mail", "ａｂ＠units.test") == "ab@units.test"
    assert plain_text.address("webhook", "https://hook.test/send?key=1") == "https://hook.test/send?key=1"


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("mail", "nobody"),
        ("mail", "a@b.test\r\nBcc: c@d.test"),
        ("mail", "a@b.test, c@d.test"),
        ("phone", "1234"),
        ("wecom", "=cmd"),
        ("webhook", "http://hook.test/"),
        ("webhook", "https://user@hook.test/"),
        ("webhook", "javascript:alert(1)"),
        ("inbox", "x"),
    ],
)
def test_what_is_no_address_is_refused(way: str, text: str) -> None:
    with pytest.raises(Unfit):
        plain_text.address(way, text)
