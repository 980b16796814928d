"""`python -m services.intake`: serves intake until it is told to stop."""

from __future__ import annotations

import uvicorn

from services.intake.app import build
from services.intake.settings import IntakeSettings

STOP_SECONDS = 10


def main() -> None:
    """Run on INTAKE_HOST and INTAKE_PORT."""
    settings = IntakeSettings()  # type: ignore[call-arg]  # the environment gives them
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
    )


if __name__ == "__main__":
    main()
