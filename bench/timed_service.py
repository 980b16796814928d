"""`python -m bench.timed_service`: runs a service as it is, and writes down every longer turn of its event loop.

`BENCH_SERVICE` names its module, `BENCH_TURNS` the file: a line per turn, CPU seconds of the loop's thread. A look at
that thread's clock in each round of the loop tells, whatever loop it is.
"""

from __future__ import annotations

import asyncio
import os
import runpy
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

SHORTEST: Final = 0.005
"""CPU seconds of a turn that is written down."""
_ROUND: Final = 0.0005
_run = asyncio.Runner.run


async def _look(told: Path) -> None:
    with told.open("a") as file:
        before = time.thread_time()
        while True:
            await asyncio.sleep(_ROUND)
            now = time.thread_time()
            if now - before >= SHORTEST:
                file.write(f"{now - before:.4f}\n")
                file.flush()
            before = time.thread_time()


def _looked_at(runner: asyncio.Runner, main: Coroutine[Any, Any, Any], **options: Any) -> Any:
    async def both() -> Any:
        looking = asyncio.create_task(_look(Path(os.environ["BENCH_TURNS"])))
        try:
            return await main
        finally:
            looking.cancel()

    return _run(runner, both(), **options)


if __name__ == "__main__":
    asyncio.Runner.run = _looked_at  # type: ignore[method-assign, assignment]
    runpy.run_module(os.environ["BENCH_SERVICE"], run_name="__main__")
