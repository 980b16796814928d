"""`python -m services.notify`: issues and delivers notices until it is stopped; `redrive ID` retries one delivery."""

from __future__ import annotations

import argparse
import asyncio
import sys

import uvicorn

from services import cycles
from services.notify.app import build
from services.notify.dispatch.redrive import NotUndelivered, redrive
from services.notify.settings import NotifySettings
from services.process_log import log_to_stderr

STOP_SECONDS = 15


def main() -> int:
    """Serve on NOTIFY_HOST and NOTIFY_OPS_PORT, or redrive a delivery. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.notify", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    again = commands.add_parser("redrive", help="再次发送一件停止发送或暂存的通知 · try an abandoned or held one again")
    again.add_argument("delivery", help="its id, as /v1/undelivered tells it")
    again.add_argument("--programme", required=True)
    again.add_argument("--reason", default="")
    arguments = parser.parse_args()
    log_to_stderr()
    settings = NotifySettings()  # type: ignore[call-arg]  # the environment gives them
    if arguments.command == "redrive":
        try:
            asyncio.run(
                redrive(settings.kafka, settings.log, arguments.programme, arguments.delivery, arguments.reason)
            )
        except NotUndelivered as error:
            sys.stderr.write(f"{error}\n")
            return 1
        return 0
    cycles.seldom()
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.ops_port,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
