"""Seconds, CPU seconds and memory of a process: from its start until it is ready, or until it ends (Linux)."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.figures import Watch
from embedded.stack import Stack

LOOK_SECONDS = 0.1
READY_SECONDS = 4 * 3600.0
"""A million submissions on a busy machine."""


class ProcessCost(NamedTuple):
    """What one process took; `megabytes` are the most that it held."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def until_ready(stack: Stack, part: str) -> ProcessCost:
    """Start a part that was stopped, wait until it is ready, and stop it again."""
    stack.start_part(part, wait=False)
    pid = stack.process(part).pid
    watch = Watch(pid)
    stack.wait_ready(part, seconds=READY_SECONDS)
    seconds, cpu_seconds = watch.read()
    cost = ProcessCost(seconds, cpu_seconds, _most_held(pid))
    stack.stop_part(part)
    return cost


def until_ended(command: Sequence[str], env: Mapping[str, str], folder: Path) -> ProcessCost:
    """Run it. Raises RuntimeError with its output's end: it ended with another code than 0."""
    with (folder / "output").open("w+b") as output:
        began, megabytes = time.perf_counter(), 0.0
        process = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)
        ended = 0
        while not ended:  # what the kernel tells at the end would count what we held when it was forked
            time.sleep(LOOK_SECONDS)
            megabytes = max(megabytes, _most_held(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{command}: {process.returncode}\n{output.read().decode(errors='replace')[-2000:]}")
    return ProcessCost(seconds, used.ru_utime + used.ru_stime, megabytes)


def _most_held(pid: int) -> float:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
