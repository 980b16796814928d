"""What is asked of every page, in a language and a width."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

WIDTHS: Final = {390: 844, 1440: 900}
"""A phone and a desk, in CSS pixels, and how high each is."""
WALL: Final = (3840, 2160)
LONGEST: Final = {390: 16.0, 1440: 8.0}
"""How many screens a page may be long."""
MOST_STOPS: Final = 150
LEVEL_AA: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NAMES_OF_FORMATS: Final = frozenset(
    ("English", "Excel", "PDF", "TXT", "SHA", "JSON", "YAML", "XLSX", "KB", "MB", "API", "OpenAPI")
) | frozenset(("docx", "xlsx", "yaml", "json"))
"""Foreign words that a Chinese page may hold."""
_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_LOOK: Final = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
_ASK_AXE: Final = """async (tags) => (await axe.run({ runOnly: tags, resultTypes: ["violations"] })).violations
  .map((one) => `axe ${one.id}: ${one.help}: ` + one.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | "))"""


@dataclass
class Looks:
    """Everything seen so far, and everything wrong with it."""

    data: set[str]
    """Texts of the programmes: names, titles and quotes, which are not translated."""
    ids: Collection[str]
    """Ids of ours for which there is a name."""
    wrong: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """How often by role, language and width."""
    built: set[tuple[str, ...]] = field(default_factory=set)
    """How the pages are built that were seen: of another one of the same parts, axe and a picture tell nothing new."""

    def look(self, page: Page, role: str, name: str, *, lang: str) -> None:
        """Look at a page that is open, on a phone and on a desk, with axe on both."""
        for width, height in WIDTHS.items():
            self._at(page, role, name, lang, (width, height), axe=True)

    def _at(self, page: Page, role: str, name: str, lang: str, size: tuple[int, int], *, axe: bool) -> None:
        width, height = size
        page.set_viewport_size({"width": width, "height": height})
        where = f"{role} {lang} {width} {name}"
        told = self._ask(page, lang, screens=LONGEST.get(width), stops=MOST_STOPS)
        self._tell(f"{where}: {one}" for one in told["wrong"])
        parts = (told["page"], lang, str(width), *told["parts"])
        new = parts not in self.built
        self.built.add(parts)
        if axe and new:
            self._tell(f"{where}: {one}" for one in _violations(page))
        self.pages.add(told["page"])
        self.seen[role, lang, width] += 1
        if new:
            _keep(page, f"{role}-{name}-{lang}-{width}")

    def look_on_wall(self, page: Page, role: str, name: str, *, lang: str) -> None:
        """Look at a page on a screen of 3,840 by 2,160."""
        self._at(page, role, name, lang, WALL, axe=False)

    def look_plainly(self, page: Page, role: str, name: str, *, lang: str) -> None:
        """Look at a page on paper, and with the colours that its reader has chosen instead of ours."""
        page.set_viewport_size({"width": 1440, "height": 900})
        for plain, media in (("print", {"media": "print"}), ("forced colours", {"forced_colors": "active"})):
            page.emulate_media(**media)  # type: ignore[arg-type]
            told = self._ask(page, lang, plain=plain)
            self._tell(f"{role} {lang} {name}: {one}" for one in told["wrong"])
            _keep(page, f"{role}-{name}-{lang}-{plain.partition(' ')[0]}")
            page.emulate_media(media="screen", forced_colors="none")

    def _tell(self, wrong: Iterable[str]) -> None:
        """What is wrong is known when a role is done; while it is not, a file beside the pictures says it."""
        found = list(wrong)
        self.wrong += found
        if folder := os.environ.get("LIANGDENG_SHOTS"):
            with (Path(folder) / "wrong.txt").open("a", encoding="utf-8") as file:
                file.writelines(f"{one}\n" for one in found)

    def _ask(self, page: Page, lang: str, **more: Any) -> Any:
        data = sorted(self.data, key=len, reverse=True)
        about = {"lang": "zh-CN" if lang == "zh" else "en", "data": data, "ids": self.ids}
        return page.evaluate(_LOOK, about | {"allowed": sorted(NAMES_OF_FORMATS)} | more)


def _violations(page: Page) -> Iterator[str]:
    if not page.evaluate("!!window.axe"):
        page.evaluate(_AXE)
    yield from page.evaluate(_ASK_AXE, LEVEL_AA)


def _keep(page: Page, name: str) -> None:
    if folder := os.environ.get("LIANGDENG_SHOTS"):
        path = "".join(one if one.isalnum() or one in "-._" else "_" for one in name)[:150]
        page.screenshot(path=str(Path(folder) / f"{path}.jpg"), full_page=True, type="jpeg", quality=60)
