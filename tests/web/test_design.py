"""One design: what templates name has a look, what has a look is named, and a service leaves alone what all share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
DESIGN: Final = PROJECT / "web/static/design.css"
SERVICES: Final = {
    PROJECT / "services/intake/pages/style.css": PROJECT / "services/intake/pages/templates",
    PROJECT / "services/query/web/pages/static/liangdeng.css": PROJECT / "services/query/web/pages/templates",
}
TEMPLATES: Final = PROJECT / "web/templates"
NO_LOOK: Final = {
    "back",
    "confirm",
    "indicator",
    "person",
    "code",
    "id",
    "later",
    "advice",
    "word",
    "blank",
    "version",
    "position",
}
"""Classes that say what something is, without a look of their own."""
IN_CODE: Final = {"qr"}
"""Named by code that draws."""
KINDS: Final = ("to-", "light-", "escalation-")
"""How classes begin that are made of a code."""


def selectors(sheet: Path) -> list[str]:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"@media[^{]*\{", "", text)
    return [one.strip() for group in re.findall(r"([^{}]+)\{", text) for one in group.split(",")]


def ruled(sheet: Path) -> set[str]:
    """The classes that a sheet has rules for."""
    return {name for one in selectors(sheet) for name in re.findall(r"\.([a-z][\w-]*)", one)}


def named(folder: Path) -> set[str]:
    """The classes that the templates of a folder name outside of expressions."""
    found: set[str] = set()
    for path in folder.glob("*.html"):
        for value in re.findall(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', path.read_text(encoding="utf-8")):
            found |= set(re.findall(r"[a-z][\w-]*", re.sub(r"\S*\{\{.*?\}\}|\{%.*?%\}", " ", value)))
    return found


@pytest.mark.parametrize("sheet", SERVICES, ids=lambda one: one.parent.name)
def test_every_class_that_a_template_names_has_a_look(sheet: Path) -> None:
    assert named(SERVICES[sheet]) - ruled(sheet) - ruled(DESIGN) - NO_LOOK == set()
    assert len(named(SERVICES[sheet])) > 40


@pytest.mark.parametrize("sheet", SERVICES, ids=lambda one: one.parent.name)
def test_a_services_sheet_says_nothing_that_the_design_says(sheet: Path) -> None:
    own, common = selectors(sheet), set(selectors(DESIGN))
    assert [one for one in own if one in common] == []


@pytest.mark.parametrize("sheet", [DESIGN, *SERVICES], ids=lambda one: one.name)
def test_every_look_is_used(sheet: Path) -> None:
    folders = [*SERVICES.values(), TEMPLATES] if sheet == DESIGN else [SERVICES[sheet], TEMPLATES]
    text = " ".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.html"))
    words = set(re.findall(r"[a-z][\w-]*", text))
    assert {name for name in ruled(sheet) if name not in words and not name.startswith(KINDS)} - IN_CODE == set()


@pytest.mark.parametrize("folder", SERVICES.values(), ids=lambda one: one.parent.parent.name)
def test_every_template_that_is_named_is_there(folder: Path) -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    for name in set(re.findall(r'{% (?:from|extends|include|import) "([^"]+)"', text)):
        assert (folder / name).exists() or (TEMPLATES / name).exists(), name
