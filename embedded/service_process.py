"""A child process that is one Python module with /readyz."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from embedded.child_process import LOOPBACK, spawn, stop

STOP_SECONDS = 15
PROJECT = Path(__file__).resolve().parent.parent


class ServiceProcess:
    """`python -m <module>` with its environment, its port and its log file; `python`: another one than ours."""

    def __init__(
        self,
        module: str,
        *,
        port: int,
        env: Mapping[str, str],
        log: Path,
        keep_open: Sequence[int] = (),
        python: str | Path = sys.executable,
    ) -> None:
        self.module = module
        self.port = port
        self.env = dict(env)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._keep_open = tuple(keep_open)
        self._python = python

    @property
    def url(self) -> str:
        """The address of its HTTP API, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.process = spawn(
            [self._python, "-m", self.module],
            log=self.log,
            env={**self.env, "PYTHONUNBUFFERED": "1"},
            folder=PROJECT,
            keep_open=self._keep_open,
        )
        return self.process

    def ready(self) -> bool:
        """Tell whether /readyz answers 200."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End the process, politely first."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None
