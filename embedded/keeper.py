"""Keeps parts running: notices an end nobody asked for, reports it, starts the part again with back-off."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embedded.trouble import SandboxTrouble

LOOK_SECONDS = 0.05
BACKOFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
HEALTHY_SECONDS = 30.0
ENDS_BEFORE_GIVING_UP = 3


class Part(Protocol):
    """What can be kept running: Kafka, PostgreSQL, a service."""

    log: Path
    process: subprocess.Popen[bytes] | None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start without waiting."""

    def ready(self) -> bool:
        """Tell whether it does its work."""

    def stop(self) -> None:
        """End it, politely first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An end that nobody asked for: which part, its exit code (negative: the signal)."""

    name: str
    code: int

    @property
    def because(self) -> str:
        """The exit code or the signal's name."""
        return signal.Signals(-self.code).name if self.code < 0 else f"exit {self.code}"


@dataclass(slots=True)
class _Kept:
    part: Part
    wanted: bool = False
    failures: int = 0
    launched_at: float = 0.0
    again_at: float | None = None


class Keeper:
    """Parts by name, watched by a thread from the first start until `close`."""

    def __init__(self, *, say: Callable[[str], None], restart: bool = True) -> None:
        self.ended: list[Ended] = []
        self._kept: dict[str, _Kept] = {}
        self._say = say
        self._restart = restart
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._look, name="keeper", daemon=True)

    def part(self, name: str) -> Part:
        """Return the part called `name`. Raises KeyError."""
        return self._kept[name].part

    def names(self) -> list[str]:
        """Return the names of all parts, in the order of their first start."""
        return list(self._kept)

    def start(self, name: str, part: Part | None = None) -> None:
        """Launch a part (new, or stopped before) and watch it from now on; does not wait."""
        with self._lock:
            kept = self._kept[name] if part is None else self._kept.setdefault(name, _Kept(part))
            kept.part.launch()
            kept.wanted, kept.failures, kept.again_at, kept.launched_at = True, 0, None, time.monotonic()
            if not self._watch.is_alive() and not self._closing.is_set():
                self._watch.start()

    def stop(self, *names: str) -> None:
        """End parts for good, all at the same time."""
        with self._lock:
            for name in names:
                self._kept[name].wanted = False
        with ThreadPoolExecutor(max(1, len(names))) as pool:
            list(pool.map(lambda name: self._kept[name].part.stop(), names))

    def wait_ready(self, *names: str, seconds: float) -> None:
        """Return when all named parts are ready. Raises `SandboxTrouble` with the log's end when one is not in time."""
        deadline = time.monotonic() + seconds
        for name in names:
            while not self._kept[name].part.ready():
                if time.monotonic() > deadline or self._hopeless(name):
                    raise self._not_ready(name)
                time.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Stop watching; parts still running are stopped, last started first."""
        self._closing.set()
        if self._watch.is_alive():
            self._watch.join()
        for name in reversed(self._kept):
            self.stop(name)

    def _hopeless(self, name: str) -> bool:
        with self._lock:
            kept = self._kept[name]
            gone = kept.part.process is None or kept.part.process.poll() is not None
            return gone and (kept.failures >= ENDS_BEFORE_GIVING_UP or not (self._restart and kept.wanted))

    def _not_ready(self, name: str) -> SandboxTrouble:
        log = self._kept[name].part.log
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
        return SandboxTrouble(f"{name} 未能就绪，日志：{log}", f"{name} did not become ready, see {log}\n{tail}")

    def _look(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            with self._lock:
                for name, kept in self._kept.items():
                    if kept.wanted:
                        self._look_at(name, kept)

    def _look_at(self, name: str, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.again_at is not None:
            if now >= kept.again_at:
                kept.again_at, kept.launched_at = None, now
                self._launch_again(name, kept, now)
            return
        code = kept.part.process.poll() if kept.part.process else None
        if code is None:
            return
        end = Ended(name=name, code=code)
        self.ended.append(end)
        kept.failures = 1 if now - kept.launched_at > HEALTHY_SECONDS else kept.failures + 1
        if not self._restart:
            kept.wanted = False
            self._say(f"{name} 意外退出 ended ({end.because}) · {kept.part.log}")
            return
        wait = BACKOFF_SECONDS[min(kept.failures, len(BACKOFF_SECONDS)) - 1]
        kept.again_at = now + wait
        self._say(f"{name} 意外退出，{wait:g} 秒后重启 · ended ({end.because}), again in {wait:g} s · {kept.part.log}")

    def _launch_again(self, name: str, kept: _Kept, now: float) -> None:
        try:
            kept.part.launch()
        except (SandboxTrouble, OSError) as trouble:
            kept.failures += 1
            kept.again_at = now + BACKOFF_SECONDS[-1]
            self._say(f"{name}: {trouble}")
