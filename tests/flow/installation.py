"""An installation of `liangdeng up` for the walks: started once, and who uses it in a browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from embedded.settings_file import read_settings
from tests.child import started
from tests.embedded.sign_in import PASSWORD, STEP_SECONDS, authority_of, one_time_code

CHROMIUM = shutil.which("chromium")
PROGRAM = str(Path(sys.executable).with_name("liangdeng"))
PROJECT = Path(__file__).parents[2]
WALK = [
    pytest.mark.walk,
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
"""How a module of such walks is marked."""


def until(condition: Callable[[], bool], what: str, seconds: float = 120) -> float:
    """Wait; how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"still waiting for: {what}"
        time.sleep(0.2)
    return time.monotonic() - began


@dataclass
class Installation:
    """What `liangdeng up` started, and what it has said so far."""

    home: Path
    origin: str
    process: subprocess.Popen[str]
    said: Path
    ready_seconds: float = 0.0
    codes: dict[str, float] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def urls(self) -> Mapping[str, str]:
        """Each part's address."""
        ports = read_settings(self.home).ports
        return {**{name: f"http://127.0.0.1:{port}" for name, port in ports.items()}, "front": self.origin}

    def client(self) -> httpx.Client:
        """A browser without pages, that trusts this installation alone."""
        trust = ssl.create_default_context(cafile=str(authority_of(self.home)))
        return httpx.Client(base_url=self.origin, verify=trust, trust_env=False, timeout=60)

    def pid(self, part: str) -> int:
        """The process of a part, as its state folder shows."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().decode(errors="replace")
                except OSError:
                    continue
                if str(self.home / part) in command:
                    return int(entry.name)
        return 0

    def code(self, person: str) -> str:
        """A one-time code that was not given before: a code is taken once, so the next step's is waited for."""
        at = max(time.time(), self.codes.get(person, 0.0) + STEP_SECONDS)
        if at > time.time() + STEP_SECONDS:
            time.sleep(at - time.time() - STEP_SECONDS + 1)
        self.codes[person] = at
        return one_time_code(self.keys[person], at)


def start(home: Path, said: Path) -> Iterator[Installation]:
    """Run `liangdeng up` until it serves; it is ended with Ctrl-C."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LIANGDENG_", "DATABASE_URL"))}
    env |= {"LIANGDENG_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with said.open("w") as output, started([PROGRAM, "up"], env=env, stdout=output, stderr=output) as process:
        installation = Installation(home, read_settings(home).origin, process, said)

        def serves() -> bool:
            assert process.poll() is None, said.read_text()
            return "Ctrl-C" in said.read_text()

        installation.ready_seconds = until(serves, "the start", 600)
        yield installation
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, said.read_text()


def browser_of(chromium: Browser, width: int = 1440) -> Page:
    """A page in a browser of its own. The authority is not known to Chromium; httpx checks it."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, ignore_https_errors=True)
    return context.new_page()


def operator(home: Path, *arguments: str) -> tuple[Any, str]:
    """What `liangdeng people … --json` answers, and its lines on standard error."""
    env = {**os.environ, "LIANGDENG_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    asked = [PROGRAM, "people", *arguments, "--json"]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


def shot(page: Page, name: str) -> None:
    """Keep what is seen, where that is wanted; nothing is ever wider than the window."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
    if folder := os.environ.get("LIANGDENG_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


def sign_in(page: Page, installation: Installation, username: str, password: str = PASSWORD) -> None:
    """Sign in by name and password, from the first page."""
    page.goto(f"{installation.origin}/sign-in")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#kc-login")
    page.wait_for_load_state()


def who(page: Page) -> str:
    """Who is signed in, as the header says."""
    return page.inner_text(".top .who")
