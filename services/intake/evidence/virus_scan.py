"""Asks clamd about a file, over TCP or a socket of this machine (its command INSTREAM)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
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
        async with asyncio.timeout(_CONNECT_SECONDS):
            if self._address.startswith("/"):
                reader, writer = await asyncio.open_unix_connection(self._address)
            else:
                host, _, port = self._address.rpartition(":")
                reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        # It may answer before it has everything, and hang up: the answer is read beside the writing.
        answer = asyncio.create_task(reader.read(_ANSWER_BYTES))
        try:
            writer.write(b"zINSTREAM\0")
            with file.open("rb") as content, contextlib.suppress(ConnectionError):
                while not answer.done() and (chunk := await asyncio.to_thread(content.read, _CHUNK)):
                    writer.write(struct.pack("!I", len(chunk)) + chunk)
                    await writer.drain()
                writer.write(struct.pack("!I", 0))
                await writer.drain()
            return (await answer).rstrip(b"\0\n").decode("utf-8", "replace")
        finally:
            answer.cancel()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _unavailable(why: str) -> IntakeProblem:
    return IntakeProblem("scanner_unavailable", "", why, headers={"Retry-After": "30"})
