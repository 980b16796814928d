"""Every template of a page is whole: none of its marks stand in what people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
PROJECT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path
    for room in ("web", "services", "sandbox")
    for path in (PROJECT / room).rglob("*.html")
    if "{%" in path.read_text(encoding="utf-8") or "{{" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_mark_of_a_template_stands_in_its_text(path: Path) -> None:
    tree = Environment(autoescape=True).parse(STYLES.sub("", path.read_text(encoding="utf-8")))
    texts = [one.data for one in tree.find_all(nodes.TemplateData)]
    left = [text for text in texts if any(mark in text for mark in ("{{", "}}", "{%", "%}", "{#", "#}"))]
    assert not left
