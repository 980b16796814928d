"""`python -m services.intake`: serves intake until it is told to stop."""

from __future__ import annotations

import logging

from services.intake.app import build
from services.intake.settings import IntakeSettings
from web.doors import serve
from web.security_events import lines_on_stderr

STOP_SECONDS = 10


def main() -> None:
    """Run on INTAKE_HOST and INTAKE_PORT, for the operator on INTAKE_OPS_PORT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("kafka", "aiokafka"):
        logging.getLogger(name).setLevel(logging.WARNING)
    lines_on_stderr()
    settings = IntakeSettings()  # type: ignore[call-arg]  # the environment gives them
    app = build(settings)
    serve(
        app,
        app.state.operator,
        host=settings.host,
        port=settings.port,
        ops_port=settings.ops_port,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


if __name__ == "__main__":
    main()
