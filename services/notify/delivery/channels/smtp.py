"""Mail by SMTP: keeps connections, tells refusals for good from those for now, reports a lost answer as ambiguous."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import aiosmtplib

from services.notify.delivery.channels.channel import Lease, Message
from services.notify.delivery.channels.mail import compose
from services.notify.delivery.outcome import Accepted, Ambiguous, Capability, Refused, SendOutcome, Unsent

RETRIED_5XX = frozenset({552})
"""552, mailbox full: permanent by its class, but worth another try (RFC 5321, 4.5.3.1.10)."""

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
"""RFC 5321's plain form, which needs no quoting in an envelope or a header."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The relay. `timeout`: seconds per command; `idle`: seconds after which a connection is not used again;
    `per_connection`: messages."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender_name: str = ""
    sender_address: str = ""
    timeout: float = 30.0
    idle: float = 20.0
    per_connection: int = 200


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
    sent: int = 0
    idle_since: float = 0.0


class _RelayUnusable(Exception):
    """The relay could not be used at all; the recipient is not at fault."""


class SmtpChannel:
    """A blind channel: SMTP offers no way to ask what became of a message."""

    name = "mail"
    capability: Capability = "blind"

    def __init__(self, server: SmtpServer, log: str) -> None:
        self._server = server
        self._log = log
        self._idle: list[_Connection] = []

    async def send(self, message: Message, lease: Lease) -> SendOutcome:
        """As `Channel.send`. Only an answer to RCPT or DATA, or a malformed address, is a refusal for good."""
        if not _ADDRESS.fullmatch(message.address):
            return Refused("what the directory has is no mail address", permanent=True)
        mail = compose(message, self._log, (self._server.sender_name, self._server.sender_address), datetime.now(UTC))
        connection: _Connection | None = None
        try:
            async with asyncio.timeout(max(lease.left, 0)):
                connection = await self._ready()
                refused = await self._recipient(connection, message.address)
                if refused is not None:
                    return refused
        except TimeoutError:
            self._drop(connection)
            return Unsent("the claim ran out before the message could leave")
        except _RelayUnusable as error:
            self._drop(connection)
            return Unsent(str(error), trouble=True)
        except BaseException:
            self._drop(connection)
            raise
        return await self._data(connection, mail, lease)

    async def close(self) -> None:
        """As `Channel.close`."""
        idle, self._idle = self._idle, []
        for connection in idle:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await connection.client.quit()

    async def _data(self, connection: _Connection, mail: bytes, lease: Lease) -> SendOutcome:
        if lease.left <= 0:
            self._drop(connection)
            return Unsent("the claim ran out before the message could leave")
        try:
            answer = await connection.client.data(mail, timeout=max(1.0, min(self._server.timeout, lease.left)))
        except aiosmtplib.SMTPDataError as error:
            self._keep(connection)
            return _refusal(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self._drop(connection)
            return Ambiguous(f"no answer after DATA: {error}")
        except BaseException:
            self._drop(connection)
            raise
        connection.sent += 1
        self._keep(connection)
        return Accepted(answer.message)

    async def _recipient(self, connection: _Connection, address: str) -> SendOutcome | None:
        try:
            await connection.client.rcpt(address)
        except aiosmtplib.SMTPRecipientRefused as error:
            await self._reset(connection)
            return _refusal(error.code, error.message)
        except ValueError as error:
            await self._reset(connection)
            return Refused(f"no address that SMTP can carry: {error}", permanent=True)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _RelayUnusable(f"RCPT: {error}") from error
        return None

    async def _ready(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            stale = time.monotonic() - connection.idle_since > self._server.idle
            if stale or connection.sent >= self._server.per_connection or not connection.client.is_connected:
                self._drop(connection)
                continue
            try:
                await connection.client.mail(self._server.sender_address)
            except (aiosmtplib.SMTPException, OSError):
                self._drop(connection)
                continue
            except BaseException:
                self._drop(connection)
                raise
            return connection
        return await self._connect()

    async def _connect(self) -> _Connection:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            username=server.username,
            password=server.password,
            local_hostname="liangdeng",
            timeout=server.timeout,
        )
        try:
            await client.connect()
            await client.mail(server.sender_address)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise _RelayUnusable(f"the relay: {error}") from error
        except BaseException:
            client.close()
            raise
        return _Connection(client)

    async def _reset(self, connection: _Connection) -> None:
        try:
            await connection.client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop(connection)
        else:
            self._keep(connection)

    def _keep(self, connection: _Connection) -> None:
        connection.idle_since = time.monotonic()
        self._idle.append(connection)

    @staticmethod
    def _drop(connection: _Connection | None) -> None:
        if connection is not None:
            connection.client.close()


def _refusal(code: int, message: str) -> Refused:
    return Refused(f"{code} {message}", permanent=code >= 500 and code not in RETRIED_5XX)
