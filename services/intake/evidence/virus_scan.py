"""Asks clamd about a file, over TCP or a socket of this machine (its command INSTREAM)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from pathlib import Path
from typing import Final

from services.intake.problem import IntakeProblem

logger = logging.getLogger(__name__)
_CHUNK: Final = 256 * 1024
_CONNECT_SECONDS: Final = 5
_ANSWER_BYTES: Final = 4096
_LONGER: Final = "INSTREAM size limit exceeded"


class VirusScan:
    """clamd at `host:port` or `/path/of/its/socket`; with an empty address nothing is scanned."""

    def __init__(self, address: str, seconds: float) -> None:
        self._address = address
        self._seconds = seconds

    async def check(self, file: Path) -> None:
        """Raises IntakeProblem `evidence_infected` with the name of what was found, `scanner_unavailable`, `too_large`.

        The last is for a file that is longer than clamd takes: to send it again would not help.
        """
        if not self._address:
            return
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._asked(file)
        except (OSError, TimeoutError) as error:
            raise _unavailable(type(error).__name__) from None
        if said.startswith(_LONGER):
            logger.warning("clamd refused a file for its length: its StreamMaxLength is below INTAKE_EVIDENCE_LIMIT")
            raise IntakeProblem("too_large", "文件超过病毒扫描的上限", "the file is longer than the virus scan takes")
        if said.endswith(" FOUND"):
            found = said.removeprefix("stream: ").removesuffix(" FOUND")
            raise IntakeProblem("evidence_infected", f"检出：{found}", f"found: {found}")
        if said != "stream: OK":
            raise _unavailable(said[:100])

    async def _asked(self, file: Path) -> str:
        loop = asyncio.get_running_loop()
        with await asyncio.to_thread(self._connected) as scanner:
            # It may answer before it has everything, and hang up: the answer is read beside the writing, and also after
            # a write that failed, which would close a stream before its answer is read.
            answer = asyncio.create_task(loop.sock_recv(scanner, _ANSWER_BYTES))
            try:
                with file.open("rb") as content, contextlib.suppress(ConnectionError):
                    await loop.sock_sendall(scanner, b"zINSTREAM\0")
                    while not answer.done() and (chunk := await asyncio.to_thread(content.read, _CHUNK)):
                        await loop.sock_sendall(scanner, struct.pack("!I", len(chunk)) + chunk)
                    await loop.sock_sendall(scanner, struct.pack("!I", 0))
                return (await answer).rstrip(b"\0\n").decode("utf-8", "replace")
            finally:
                answer.cancel()
                # It lets go of the descriptor only then; closed before, it could be another connection's by that time.
                await asyncio.wait([answer])

    def _connected(self) -> socket.socket:
        if self._address.startswith("/"):
            scanner = socket.socket(socket.AF_UNIX)
            scanner.settimeout(_CONNECT_SECONDS)
            try:
                scanner.connect(self._address)
            except OSError:
                scanner.close()
                raise
        else:
            host, _, port = self._address.rpartition(":")
            scanner = socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS)
        scanner.setblocking(False)
        return scanner


def _unavailable(why: str) -> IntakeProblem:
    return IntakeProblem("scanner_unavailable", "", why, headers={"Retry-After": "30"})
