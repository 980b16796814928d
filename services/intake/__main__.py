"""`python -m services.intake`: serves intake until it is told to stop."""

from __future__ import annotations

from typing import Final

from services import cycles
from services.intake.app import build
from services.intake.settings import IntakeSettings
from services.process_log import log_to_stderr
from web.doors import serve
from web.security_events import lines_on_stderr

STOP_SECONDS = 10
GC_THRESHOLDS: Final = (10_000, 20, 50)
"""A request makes some hundred objects and hardly a cycle; looked for every seven requests, cycles cost a fifteenth."""


def main() -> None:
    """Run on INTAKE_HOST and INTAKE_PORT, for the operator on INTAKE_OPS_PORT."""
    cycles.seldom()
    log_to_stderr()
    lines_on_stderr()
    settings = IntakeSettings()  # type: ignore[call-arg]  # the environment gives them
    app = build(settings)
    app.state.dependencies.roster_feed.then = lambda: cycles.for_requests(*GC_THRESHOLDS)
    serve(
        app,
        app.state.operator,
        host=settings.host,
        port=settings.port,
        ops_port=settings.ops_port,
        limits=settings.connection_limits,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


if __name__ == "__main__":
    main()
