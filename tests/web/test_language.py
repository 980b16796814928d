"""Chinese on an English page has its language, wherever it stands; nothing else is touched."""

from __future__ import annotations

import pytest

from web.language import marked

SPAN = '<span lang="zh-CN">'


@pytest.mark.parametrize(
    ("page", "becomes"),
    [
        ("<p>Reply (区教育局)</p>", f"<p>Reply ({SPAN}区教育局</span>)</p>"),
        ("<td>源府办〔2024〕1号 · 3 items</td>", f"<td>{SPAN}源府办〔2024〕1号</span> · 3 items</td>"),
        ("<p>建设5G基站&amp;管网</p>", f"<p>{SPAN}建设</span>5G{SPAN}基站</span>&amp;{SPAN}管网</span></p>"),
        ('<option value="a" selected>区教育局</option>', '<option value="a" selected lang="zh-CN">区教育局</option>'),
        ("<textarea rows=3>已落实</textarea>", '<textarea rows=3 lang="zh-CN">已落实</textarea>'),
        ('<input name="q" value="复耕">', '<input name="q" value="复耕" lang="zh-CN">'),
    ],
)
def test_what_is_chinese_has_its_language(page: str, becomes: str) -> None:
    assert marked(page, "en") == becomes


@pytest.mark.parametrize(
    "page",
    [
        '<a lang="zh-CN" href="/">亮灯 <b>督查<b>室</b></b></a> in <i>English</i>',
        "<title>区教育局 · Liangdeng</title><style>p::after { content: '灯'; }</style>",
        '<a aria-label="K01 复耕 > 100">▲</a> <p>12 &lt; 13, “quoted”</p>',
        '<textarea lang="zh-CN">已落实</textarea>',
    ],
)
def test_what_has_a_language_or_holds_no_marks_stays(page: str) -> None:
    assert marked(page, "en") == page


def test_a_chinese_page_stays() -> None:
    assert marked("<p>区教育局</p>", "zh") == "<p>区教育局</p>"


def test_what_follows_an_element_with_a_language_is_marked_again() -> None:
    assert marked('<p lang="zh-CN">灯</p><p>灯</p>', "en") == f'<p lang="zh-CN">灯</p><p>{SPAN}灯</span></p>'
