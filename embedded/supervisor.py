"""Keeps child processes running: notices an end nobody asked for, reports it, starts the child again with back-off."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embedded.machine_error import MachineError

LOOK_SECONDS = 0.05
BACKOFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
HEALTHY_SECONDS = 30.0
ENDS_BEFORE_GIVING_UP = 3


class Child(Protocol):
    """A process that can be kept running: Kafka, PostgreSQL, a service."""

    log: Path
    process: subprocess.Popen[bytes] | None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start without waiting."""

    def ready(self) -> bool:
        """Tell whether it does its work."""

    def stop(self) -> None:
        """End it, politely first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpectedEnd:
    """An end that nobody asked for: which child, its exit code (negative: the signal)."""

    name: str
    code: int

    @property
    def because(self) -> str:
        """The exit code or the signal's name."""
        return signal.Signals(-self.code).name if self.code < 0 else f"exit {self.code}"


@dataclass(slots=True)
class _Watched:
    child: Child
    wanted: bool = False
    failures: int = 0
    launched_at: float = 0.0
    again_at: float | None = None


class Supervisor:
    """Child processes by name, watched by a thread from the first start until `close`.

    `fatal` is asked every 50 ms; once it answers, that is told, every child is ended and none is started again.
    """

    def __init__(
        self,
        *,
        say: Callable[[str], None],
        restart: bool = True,
        fatal: Callable[[], str] = lambda: "",
    ) -> None:
        self.ended: list[UnexpectedEnd] = []
        self._children: dict[str, _Watched] = {}
        self._say = say
        self._restart = restart
        self._fatal = fatal
        self._given_up = threading.Event()
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._look, name="supervisor", daemon=True)

    def child(self, name: str) -> Child:
        """Return the child called `name`. Raises KeyError."""
        return self._children[name].child

    def names(self) -> list[str]:
        """Return the names of all children, in the order of their first start."""
        return list(self._children)

    def start(self, name: str, child: Child | None = None) -> None:
        """Launch a child (new, or stopped before) and watch it from now on; does not wait."""
        with self._lock:
            watched = self._children[name] if child is None else self._children.setdefault(name, _Watched(child))
            watched.child.launch()
            watched.wanted, watched.failures, watched.again_at, watched.launched_at = True, 0, None, time.monotonic()
            if not self._watch.is_alive() and not self._closing.is_set():
                self._watch.start()

    def stop(self, *names: str) -> None:
        """End children for good, all at the same time."""
        with self._lock:
            for name in names:
                self._children[name].wanted = False
        with ThreadPoolExecutor(max(1, len(names))) as pool:
            list(pool.map(lambda name: self._children[name].child.stop(), names))

    def wait_ready(self, *names: str, seconds: float) -> None:
        """Return when all named children are ready. Raises `MachineError` with a log's end otherwise."""
        deadline = time.monotonic() + seconds
        for name in names:
            while not self._children[name].child.ready():
                if time.monotonic() > deadline or self._hopeless(name):
                    raise self._not_ready(name)
                time.sleep(LOOK_SECONDS)

    def wait_first(self, *names: str, seconds: float) -> str:
        """Return the first of them that is ready; what is no child of ours is. Raises as `wait_ready`."""
        deadline = time.monotonic() + seconds
        while True:
            for name in names:
                if name not in self._children or self._children[name].child.ready():
                    return name
                if time.monotonic() > deadline or self._hopeless(name):
                    raise self._not_ready(name)
            time.sleep(LOOK_SECONDS)

    def wait(self) -> None:
        """Return once something fatal has happened and every child was ended."""
        self._given_up.wait()

    def close(self) -> None:
        """Stop watching; children still running are stopped, last started first."""
        self._closing.set()
        if self._watch.is_alive():
            self._watch.join()
        for name in reversed(self._children):
            self.stop(name)

    def _hopeless(self, name: str) -> bool:
        with self._lock:
            watched = self._children[name]
            gone = watched.child.process is None or watched.child.process.poll() is not None
            return gone and (watched.failures >= ENDS_BEFORE_GIVING_UP or not (self._restart and watched.wanted))

    def _not_ready(self, name: str) -> MachineError:
        log = self._children[name].child.log
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
        return MachineError(f"{name} 未能就绪，日志：{log}", f"{name} did not become ready, see {log}\n{tail}")

    def _look(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            if reason := self._fatal():
                self._say(reason)
                self.stop(*self.names())
                self._given_up.set()
                return
            with self._lock:
                for name, watched in self._children.items():
                    if watched.wanted:
                        self._look_at(name, watched)

    def _look_at(self, name: str, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.again_at is not None:
            if now >= watched.again_at:
                watched.again_at, watched.launched_at = None, now
                self._launch_again(name, watched, now)
            return
        code = watched.child.process.poll() if watched.child.process else None
        if code is None:
            return
        end = UnexpectedEnd(name=name, code=code)
        self.ended.append(end)
        watched.failures = 1 if now - watched.launched_at > HEALTHY_SECONDS else watched.failures + 1
        if not self._restart:
            watched.wanted = False
            self._say(f"{name} 意外退出 ended ({end.because}) · {watched.child.log}")
            return
        wait = BACKOFF_SECONDS[min(watched.failures, len(BACKOFF_SECONDS)) - 1]
        watched.again_at = now + wait
        log = watched.child.log
        self._say(f"{name} 意外退出，{wait:g} 秒后重启 · ended ({end.because}), again in {wait:g} s · {log}")

    def _launch_again(self, name: str, watched: _Watched, now: float) -> None:
        try:
            watched.child.launch()
        except (MachineError, OSError) as error:
            watched.failures += 1
            watched.again_at = now + BACKOFF_SECONDS[-1]
            self._say(f"{name}: {error}")
