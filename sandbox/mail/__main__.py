"""`python -m sandbox.mail`: the mail server of the sandbox; MAIL_FOLDER, MAIL_SMTP_PORT, MAIL_PORT, MAIL_HOST."""

import asyncio
import os
from pathlib import Path

import uvicorn

from embedded.state import home_from_environment
from sandbox.mail.mail_store import MailStore
from sandbox.mail.pages import application
from sandbox.mail.smtp_server import SmtpHandler, listen

LOOPBACK = "127.0.0.1"


async def serve() -> None:
    """Take mails and show them until told to stop."""
    host = os.environ.get("MAIL_HOST", LOOPBACK)
    folder = Path(os.environ.get("MAIL_FOLDER") or home_from_environment() / "mail")
    store = MailStore(folder)
    handler = SmtpHandler(store)
    smtp = await listen(handler, host, int(os.environ.get("MAIL_SMTP_PORT", "8025")))
    config = uvicorn.Config(
        application(handler),
        host=host,
        port=int(os.environ.get("MAIL_PORT", "8026")),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        smtp.close()
        store.close()


if __name__ == "__main__":
    asyncio.run(serve())
