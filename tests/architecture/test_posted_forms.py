"""A form that a page sent is looked at before it is used: its origin, its session, its text."""

import ast
from collections.abc import Iterator
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "services/intake/pages"


def unchecked(source: str) -> Iterator[str]:
    """Functions that read a posted form and never check it."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.AsyncFunctionDef):
            called = {ast.unparse(call.func) for call in ast.walk(function) if isinstance(call, ast.Call)}
            if "posted" in called and "post.check" not in called:
                yield function.name


def test_every_form_is_checked_where_it_is_read() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in PAGES.rglob("*.py")}
    assert sum("async with posted(" in text for text in sources.values()) > 10
    assert [f"{path.name}: {name}" for path, text in sources.items() for name in unchecked(text)] == []


def test_one_that_is_not_checked_is_found() -> None:
    source = "async def send(request):\n    async with posted(request, 1) as post:\n        {}return post.fields\n"
    assert list(unchecked(source.format(""))) == ["send"]
    assert list(unchecked(source.format("post.check(request); "))) == []
