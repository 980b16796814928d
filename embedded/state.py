"""The one folder where a stack keeps its state, used by one instance at a time."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from embedded.child_process import alive
from embedded.machine_error import MachineError, require_room
from embedded.ports import SETTINGS
from embedded.postgres import forget_private_place

LEFTOVERS_SECONDS = 60
"""A PostgreSQL whose supervisor was killed writes its data first: on a busy disk that took longer than 20 s."""
REAL = ("keycloak", "secrets/keycloak-setup")
"""What a state folder has once real people may sign in; a demo has a sign-in of its own."""
PROJECT = Path(__file__).resolve().parent.parent


def home_from_environment() -> Path:
    """Return LIANGDENG_HOME, else `.liangdeng` in the project's folder."""
    configured = os.environ.get("LIANGDENG_HOME")
    return Path(configured).expanduser().absolute() if configured else PROJECT / ".liangdeng"


class StateFolder:
    """A state folder and the lock on it; the lock is held until every child that inherited it has ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def lock(self) -> int:
        """The lock's file descriptor, for children to inherit."""
        if self._lock is None:
            raise RuntimeError("the state folder is not in use by this process")
        return self._lock

    def take(self) -> Self:
        """Use the folder. Raises `MachineError` when another instance does, or when the disk is full."""
        require_room(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + LEFTOVERS_SECONDS
        while not _locked(descriptor):
            owner = _owner(descriptor)
            # A killed owner's children are still ending: they hold the lock a moment longer.
            if alive(owner) or time.monotonic() > deadline:
                os.close(descriptor)
                raise MachineError(
                    f"{self.path} 正被另一个实例（进程 {owner}）使用。请先结束它，或用 LIANGDENG_HOME 指定其他位置。",
                    f"{self.path} is in use by another instance (process {owner}). "
                    "End that first, or point LIANGDENG_HOME elsewhere.",
                )
            time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._lock = descriptor
        return self

    def lost(self) -> str:
        """What to tell when the folder in use is no longer there, or is another one by now; else empty."""
        try:
            there = (self.path / "lock").stat()
        except FileNotFoundError:
            pass
        else:
            if os.path.samestat(there, os.fstat(self.lock)):
                return ""
        return (
            f"状态文件夹 {self.path} 已被删除或移走，日志随之丢失：正在结束全部进程。\n"
            f"The state folder {self.path} was removed or moved away, and the log with it: ending everything."
        )

    def release(self) -> None:
        """Let others use the folder."""
        self.addresses_file.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def addresses_file(self) -> Path:
        """Where a running instance tells its addresses (environment of a client)."""
        return self.path / "addresses.json"

    def tell_addresses(self, addresses: Mapping[str, str]) -> None:
        """Write down, for this user only, how a client reaches the running instance."""
        fresh = self.addresses_file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(dict(addresses), indent=2), encoding="utf-8")
        fresh.replace(self.addresses_file)

    def running_addresses(self) -> dict[str, str] | None:
        """Return the addresses of the instance that uses the folder now, or None when nobody does."""
        if not self.addresses_file.exists():
            return None
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if _locked(descriptor):
                return None
        finally:
            os.close(descriptor)
        addresses: dict[str, str] = json.loads(self.addresses_file.read_text(encoding="utf-8"))
        return addresses

    @property
    def in_real_use(self) -> bool:
        """Whether it is that of `liangdeng up`, which a demo's never is: real people's accounts and log."""
        return any((self.path / name).exists() for name in REAL)

    def empty(self) -> None:
        """Remove everything but the lock and the settings; the folder must be taken."""
        _ = self.lock
        forget_private_place(self.path / "postgres")
        for entry in self.path.iterdir():
            if entry.name in ("lock", SETTINGS):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def remove(self) -> None:
        """Remove the folder. Raises `MachineError` when an instance uses it."""
        if not self.path.exists():
            return
        self.take()
        self.empty()
        self.release()
        shutil.rmtree(self.path)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0)
    return int(text) if text.isdigit() else 0
