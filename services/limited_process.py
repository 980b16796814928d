"""Reads what came from outside in a process of its own, with limits: no file stalls a service or fills its memory."""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import sys
from typing import Any, Final

_MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Of addresses: 2 MiB of the worst YAML takes some 300 MB."""
_CPU_SECONDS: Final = 60
"""Whoever asked has given up long before."""
_TOLD: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")
"""What such a process is told of the surroundings: no secrets and no addresses."""


async def read_apart(module: str, arguments: tuple[str, ...], body: bytes, within: float) -> Any:
    """What `python -m module`, given a body, answered with `answer`; None where it took too much time or memory.

    The module is of this installation: nothing of what was sent chooses what is made of its answer.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in _TOLD if name in os.environ},
    )
    try:
        async with asyncio.timeout(within):
            told, _ = await process.communicate(body)
    except TimeoutError:
        told = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await asyncio.to_thread(pickle.loads, told) if told else None


def body_within_limits() -> bytes:
    """In such a process: set its limits, then read what it was given."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    return sys.stdin.buffer.read()


def answer(value: object) -> None:
    """In such a process: give back what was read."""
    sys.stdout.buffer.write(pickle.dumps(value))
