"""One installation and one browser for all walks, in the order of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.flow.installation import CHROMIUM, Installation, start
from tests.flow.person_at_work import Errands
from tests.own_ports import write_settings


@pytest.fixture(scope="session")
def home(servers_folder: Path) -> Path:
    folder = servers_folder / "walk" / "home"
    write_settings(folder)
    return folder


@pytest.fixture(scope="session")
def installation(home: Path) -> Iterator[Installation]:
    yield from start(home, home.parent / "first.out")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def errands() -> Errands:
    return Errands()
