"""`python -m services.query`: follows the log into PostgreSQL and serves the API and the pages."""

from __future__ import annotations

import asyncio

from services.process_log import log_to_stderr
from services.query.app import build, require_topics
from services.query.settings import QuerySettings
from web.doors import serve
from web.security_events import lines_on_stderr


def main() -> None:
    """Run until told to stop; refuses to start on topics or tables of another version."""
    log_to_stderr()
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
        limits=settings.connection_limits,
        # A stream of changes never ends by itself.
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
