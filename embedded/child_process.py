"""Child processes that end with us, also when we are killed."""

import ctypes
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOOPBACK = "127.0.0.1"

_requests: queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], Callable[[], subprocess.Popen[bytes]]]]
_requests = queue.SimpleQueue()
_starter_lock = threading.Lock()
_starter: threading.Thread | None = None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    user: int | None = None,
    folder: Path | None = None,
    last_signal: signal.Signals = signal.SIGKILL,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, its output appended to `log`.

    On Linux the kernel sends it `last_signal` when this process dies, however it dies.
    `user` is a numeric user and group id, `folder` the working directory; the child inherits the file descriptors
    in `keep_open`.
    """
    arrange = _tie_to_parent(last_signal)

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                pass_fds=keep_open,
                start_new_session=True,
                cwd=folder,
                preexec_fn=arrange,  # noqa: PLW1509 - two system calls, nothing that takes a lock
            )

    answer: Future[subprocess.Popen[bytes]] = Future()
    _ensure_starter()
    _requests.put((answer, start))
    return answer.result()


def stop(process: subprocess.Popen[bytes], polite: signal.Signals, patience_seconds: float) -> int:
    """Ask `process` to end, kill its group when it has not after `patience_seconds`; return its exit code."""
    if process.poll() is None:
        process.send_signal(polite)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def comes_up(process: subprocess.Popen[bytes], ready: Callable[[], bool], seconds: float) -> bool:
    """Wait until `ready()`; False if the process ends before or `seconds` are over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def last_lines(log: Path, number: int = 15) -> str:
    """The end of a log file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-number:])


def alive(pid: int) -> bool:
    """Tell whether a process with this id exists; 0 does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on right now."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Tell whether somebody accepts connections on `port` of the loopback interface."""
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((LOOPBACK, port)) == 0


def _tie_to_parent(last_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()
    number = int(last_signal)

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return arrange


def _ensure_starter() -> None:
    # The kernel's "parent" is the thread that forked: so all children come from one thread that lives as long as we do.
    global _starter  # noqa: PLW0603
    with _starter_lock:
        if _starter is None or not _starter.is_alive():
            _starter = threading.Thread(target=_start_requested, name="child-starter", daemon=True)
            _starter.start()


def _start_requested() -> None:
    while True:
        answer, start = _requests.get()
        try:
            answer.set_result(start())
        except BaseException as error:
            answer.set_exception(error)
