"""Measures the longest turn of the event loop by the processor's time, which a busy machine does not disturb."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class LoopTurns:
    """CPU seconds of the longest callback or step of a task, and of all of them, while it was measured."""

    longest: float = 0.0
    total: float = 0.0


@contextlib.contextmanager
def measured_turns() -> Iterator[LoopTurns]:
    """Measure every turn within the block."""
    turns, run = LoopTurns(), asyncio.Handle._run
    # What the tests of a whole run have left is not intake's: a full collection would walk it in one turn.
    gc.collect()
    gc.freeze()

    def timed(handle: Any) -> None:
        began = time.thread_time()
        run(handle)
        spent = time.thread_time() - began
        turns.longest = max(turns.longest, spent)
        turns.total += spent

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]
    try:
        yield turns
    finally:
        gc.unfreeze()
        asyncio.Handle._run = run  # type: ignore[method-assign]
