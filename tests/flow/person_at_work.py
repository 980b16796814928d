"""Somebody at the pages, with a pointer or by the keyboard alone: what an errand takes is counted as it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Download, ElementHandle, Locator, Page

from tests.flow.installation import shot

PHONE: Final = 390
DESKTOP: Final = 1440
MOST_TABS: Final = 150
_LEAVES: Final = """e => (e.tagName === 'A' && !(e.getAttribute('href') || '#').startsWith('#') && !e.download)
    || (e.form !== undefined && e.type === 'submit')"""
_IS_AHEAD: Final = """e => document.activeElement === document.body
    || !(document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING)"""


@dataclass
class Errand:
    """What one errand took: links and buttons, fields that were touched, and keys but for the text that was typed.

    `before`: what it took in the first version, where that was counted.
    """

    name: str
    by: str
    before: str = ""
    clicks: int = 0
    fields: int = 0
    keys: int = 0


@dataclass
class Errands:
    """Every errand of a walk, in the order in which they were done."""

    done: list[Errand] = field(default_factory=list)

    def of(self, name: str) -> list[Errand]:
        """Those of a name."""
        return [one for one in self.done if one.name == name]

    def table(self) -> str:
        """A line an errand."""
        heading = f"{'errand':<34}{'how':<34}{'clicks':>7}{'fields':>7}{'keys':>6}  before"
        lines = [
            f"{one.name:<34}{one.by:<34}{one.clicks:>7}{one.fields:>7}{one.keys:>6}  {one.before}" for one in self.done
        ]
        return "\n".join([heading, *lines])


class Person:
    """A browser of somebody's own, at a width, with or without scripts.

    With `keyboard` nothing is clicked: Tab goes from field to field, Enter, Space and the arrows do the rest.
    """

    def __init__(
        self,
        chromium: Browser,
        errands: Errands,
        name: str,
        *,
        width: int = DESKTOP,
        scripted: bool = True,
        keyboard: bool = False,
    ) -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width == PHONE else 900},
            java_script_enabled=scripted,
            ignore_https_errors=True,
            locale="zh-CN",
        )
        self.page: Page = context.new_page()
        self.name = name
        self.keyboard = keyboard
        self._errands, self._errand = errands, Errand("", "")
        self._how = f"{name}, {width} px, {'scripts' if scripted else 'no scripts'}{', keyboard' if keyboard else ''}"
        self._shots = 0

    @contextmanager
    def errand(self, name: str, before: str = "") -> Iterator[Errand]:
        """What is done in here is counted as an errand of this name."""
        self._errand = Errand(name, self._how, before)
        self._errands.done.append(self._errand)
        yield self._errand
        self._errand = Errand("", "")

    def main(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")

    def heading(self) -> str:
        """The page's heading."""
        return self.page.inner_text("h1").strip()

    def shot(self, name: str) -> None:
        """Keep what is seen; nothing is wider than the window."""
        self._shots += 1
        shot(self.page, f"{self._how.replace(', ', '-').replace(' ', '_')}-{self._shots:02}-{name}")

    def press(self, target: str | Locator) -> None:
        """Follow a link, push a button, open what is folded; the page that comes is waited for."""
        found = self._found(target)
        self._errand.clicks += 1
        if not found.evaluate(_LEAVES):
            self._push(found, "Enter")
            return
        self._reach(found)  # to skip the header is a navigation, too
        with self.page.expect_navigation():
            self._push(found, "Enter")
        self.page.wait_for_load_state()

    def tick(self, target: str | Locator) -> None:
        """Tick a box, or choose one of several."""
        found = self._found(target)
        self._errand.fields += 1
        if not self.keyboard:
            found.check()
        elif found.get_attribute("type") == "radio":
            self._pick(found)
        elif not found.is_checked():
            self._push(found, "Space")
        assert found.is_checked()

    def write(self, target: str | Locator, text: str) -> None:
        """Type into a field, in the place of what stands there."""
        found = self._found(target)
        self._errand.fields += 1
        if not self.keyboard:
            found.fill(text)
            return
        self._reach(found)
        if found.input_value():
            self._key("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def attach(self, target: str | Locator, *files: Path) -> None:
        """Choose files."""
        found = self._found(target)
        self._errand.fields += 1
        with self.page.expect_file_chooser() as chooser:
            self._push(found, "Enter")
        chooser.value.set_files(list(files))

    def download(self, target: str | Locator, to: Path) -> Path:
        """Take a file home."""
        self._errand.clicks += 1
        with self.page.expect_download() as download:
            self._push(self._found(target), "Enter")
        taken: Download = download.value
        taken.save_as(to)
        return to

    def close(self) -> None:
        """Leave."""
        self.page.context.close()

    def _found(self, target: str | Locator) -> Locator:
        found = self.page.locator(target) if isinstance(target, str) else target
        return found.first

    def _push(self, found: Locator, key: str) -> None:
        if not self.keyboard:
            found.click()
            return
        self._reach(found)
        self._key(key)

    def _pick(self, found: Locator) -> None:
        """By the keyboard: to the group, and with the arrows to the one."""
        group = self.page.locator(f"input[type=radio][name='{found.get_attribute('name')}']")
        if group.and_(self.page.locator(":checked")).count() == 0:
            self._reach(group.first)
            self._key("Space")
        else:
            self._reach(group.and_(self.page.locator(":checked")))
        for _ in range(group.count()):
            if found.is_checked():
                return
            self._key("ArrowDown")

    def _reach(self, found: Locator) -> None:
        """Tab until it has the focus; on a new page first past the header, as whoever has no pointer does."""
        if not self.keyboard:
            return
        handle = found.element_handle()
        assert handle is not None
        if self.page.evaluate("document.activeElement === document.body"):
            self._key("Tab")
            if not self._is_at(handle) and self.page.locator("a.skip:focus").count():
                self._key("Enter")
        for _ in range(MOST_TABS):
            if self._is_at(handle):
                return
            self._key("Tab" if handle.evaluate(_IS_AHEAD) else "Shift+Tab")
        raise AssertionError(f"{found} is not reached by the keyboard on {self.page.url}")

    def _is_at(self, handle: ElementHandle) -> Any:
        return handle.evaluate("e => document.activeElement === e")

    def _key(self, name: str) -> None:
        self._errand.keys += 1
        self.page.keyboard.press(name)


def choose_who_to_be(person: Person, origin: str, account: str) -> None:
    """Sign in at the sandbox, where anybody may be anybody."""
    person.page.goto(f"{origin}/intake/items")
    person.press("text=去登录")
    person.press(f'button[value="{account}"]')
    home = re.compile(rf"{re.escape(origin)}/(intake/items|desk)$")  # whoever is of no unit has a desk
    person.page.wait_for_url(home)
