"""A page is read as a browser reads it: what a form would send as it is, and what else it offers."""

from __future__ import annotations

from sandbox.year.doors.page import read_page

TEXT = """
<form method="get" action="/search"><input name="q"></form>
<form method="post" action="/sign-out"><button>退出</button></form>
<div class="problem" role="alert"><h2>提交内容不符合要求</h2><ul><li>请填写&nbsp;完成值</li></ul></div>
<form method="post" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="a&amp;b"><input name="measure:x" value="5"><input type="file" name="files">
<input type="radio" name="claim" value="completed"><input type="radio" name="claim" value="blocked" checked>
<label><input type="checkbox" name="row" value="1"><input type="checkbox" name="row" value="2"></label>
<textarea name="narrative">
第一行
第二行</textarea>
<select name="plan"><option value="p1">甲</option><option value="p2">乙</option></select>
<select name="cooperating" multiple><option value="u1">甲</option><option value="u2" selected>乙</option></select>
<button name="act" value="check">继续</button><button name="act" value="save">存草稿</button>
</form>"""


def test_a_form_sends_what_it_shows_and_the_button_that_is_pressed() -> None:
    page = read_page("http://x/items", 422, TEXT)
    form = page.form()
    assert form is not None
    assert form.fields == [
        ("csrf", "a&b"), ("measure:x", "5"), ("claim", "blocked"), ("narrative", "第一行\n第二行"), ("plan", "p1"),
        ("cooperating", "u2"),
    ]  # fmt: skip
    assert form.offered["plan"] == ["p1", "p2"]
    assert form.offered["row"] == ["1", "2"]
    sent = form.filled({"claim": "completed", "row": ["1", "2"], "cooperating": []}, ("act", "check"))
    assert sent[-4:] == [("claim", "completed"), ("row", "1"), ("row", "2"), ("act", "check")]
    assert "cooperating" not in dict(sent)


def test_a_form_is_found_by_a_field_or_a_button_and_a_problem_is_told() -> None:
    page = read_page("http://x/items", 422, TEXT)
    assert page.form(button=("act", "save")) is page.form()
    assert page.form(button=("act", "file")) is None
    assert page.form(field="row") is page.form()
    assert page.told == "提交内容不符合要求 请填写 完成值"
