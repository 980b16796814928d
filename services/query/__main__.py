"""`python -m services.query`: follows the log into PostgreSQL and serves the API and the pages."""

from __future__ import annotations

import asyncio
import logging

from services.query.app import build, require_topics
from services.query.settings import QuerySettings
from web.doors import serve
from web.security_events import lines_on_stderr


def main() -> None:
    """Run until told to stop; refuses to start on topics or tables of another version."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("kafka", "aiokafka"):
        logging.getLogger(name).setLevel(logging.WARNING)
    lines_on_stderr()
    settings = QuerySettings()  # type: ignore[call-arg]  # the environment gives them
    asyncio.run(require_topics(settings))
    app = build(settings)
    serve(
        app,
        app.state.operator,
        host=settings.host,
        port=settings.port,
        ops_port=settings.ops_port,
        # A stream of changes never ends by itself.
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
