"""`python -m services.rating`: serves until it is asked to stop."""

from __future__ import annotations

import uvicorn

from services import cycles
from services.process_log import log_to_stderr
from services.rating.app import build
from services.rating.settings import RatingSettings


def main() -> None:
    """Run the service."""
    cycles.seldom()
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
