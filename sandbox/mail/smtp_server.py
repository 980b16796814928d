"""The SMTP server of the sandbox, with switches that make it as bad as a real relay can be."""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mail.mail_store import MailStore

MAX_BYTES = 10_000_000


@dataclass(slots=True)
class Rejection:
    """Refuse a recipient with this code (4xx for now, 5xx for good) the next `times` times; -1: always."""

    recipient: str
    code: int
    times: int = -1
    text: str = "refused by the sandbox"


@dataclass(slots=True)
class Faults:
    """What goes wrong; nothing by default. `answers_dropped` counts down, as do the rejections."""

    rejections: list[Rejection] = field(default_factory=list)
    delay_seconds: float = 0.0
    answers_dropped: int = 0
    closed: bool = False

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Faults":
        """Read what tests send. Raises TypeError for an unknown field."""
        rejections = [Rejection(**one) for one in told.pop("rejections", [])]
        return cls(rejections=rejections, **told)

    def as_json(self) -> dict[str, Any]:
        """What is left of them."""
        return asdict(self)


class SmtpHandler:
    """What aiosmtpd calls in a session; it keeps what it takes."""

    def __init__(self, store: MailStore) -> None:
        self.store = store
        self.faults = Faults()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, unless it is closed."""
        del server, session
        if self.faults.closed:
            return "421 4.3.2 the sandbox takes nothing now"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless it is to be refused."""
        del server, session, options
        for rejection in self.faults.rejections:
            if rejection.recipient.lower() == address.lower() and rejection.times:
                rejection.times -= rejection.times > 0
                return f"{rejection.code} {rejection.text} <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail; its answer may be dropped on purpose."""
        del session
        if self.faults.delay_seconds:
            await asyncio.sleep(self.faults.delay_seconds)
        raw = envelope.content
        assert isinstance(raw, bytes)
        kept = self.store.keep(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        if self.faults.answers_dropped:
            self.faults.answers_dropped -= 1
            transport = server.transport
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
        return f"250 2.0.0 OK sandbox-{kept}"


async def listen(smtp: SmtpHandler, host: str, port: int) -> asyncio.Server:
    """Listen on the running loop."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(smtp, data_size_limit=MAX_BYTES, ident="Liangdeng sandbox", hostname="sandbox"), host, port
    )
