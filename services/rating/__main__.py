"""`python -m services.rating`: serves until it is asked to stop."""

from __future__ import annotations

import logging

import uvicorn

from services.rating.app import build
from services.rating.settings import Settings


def main() -> None:
    """Run the service."""
    settings = Settings()  # type: ignore[call-arg]  # from the environment
    logging.basicConfig(level=logging.INFO, format="%(asctime)s rating %(levelname)s %(name)s %(message)s")
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
