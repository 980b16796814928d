"""`python -m services.query`: follows the log into PostgreSQL and serves the API and the pages."""

from __future__ import annotations

import asyncio
import logging

import uvicorn

from services.query.app import build, require_topics
from services.query.settings import QuerySettings


def main() -> None:
    """Run until told to stop; refuses to start on topics or tables of another version."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("kafka", "aiokafka"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings = QuerySettings()  # type: ignore[call-arg]  # the environment gives them
    asyncio.run(require_topics(settings))
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        # A stream of changes never ends by itself.
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
