"""Programme files are read beside the event loop: small ones by a thread, large ones by a process that has limits."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from contracts.topics import MAX_SUBMISSION_BYTES
from exact.faults import Fault
from programmes.programme import ProgrammeFile
from programmes.programme_file import FaultyProgramme, read_programme
from services.intake.problem import IntakeProblem, invalid
from services.limited_process import read_apart
from supervision.words import Word
from web.request_limits import Busy

_SMALL_BYTES: Final = MAX_SUBMISSION_BYTES
"""Read by a thread: the real programme has 40 KB, and a process of its own takes a second to start."""
_CHECK: Final = "services.intake.submitting.programme_check"
_RETRY_AFTER: Final = 5
_OTHERS: Final = Word("正在检查其他方案文件", "other programme files are being checked")
Checked = ProgrammeFile | list[Fault]
"""A programme, or its faults."""


class ProgrammeReader:
    """Reads so many files at a time, each within so many seconds; everybody else is told to come again.

    `library` is the folder with the calendars and policies that a file may name.
    """

    def __init__(self, library: Path, at_a_time: int, within: float) -> None:
        self._library = library
        self._at_a_time = at_a_time
        self._within = within
        self._reading = 0

    async def read(self, body: bytes, *, json: bool, simulated: bool) -> ProgrammeFile:
        """The programme in a YAML (or JSON) text; `simulated` marks it so, whatever it says.

        Raises:
            Busy: others are being read.
            IntakeProblem: `invalid` with the first faults and their lines, or for what takes too long to be read.
        """
        if self._reading >= self._at_a_time:
            raise Busy(_OTHERS, _RETRY_AFTER)
        self._reading += 1
        try:
            if len(body) <= _SMALL_BYTES:
                checked = await asyncio.to_thread(
                    checked_programme, body, self._library, json=json, simulated=simulated
                )
            else:
                checked = await self._by_process(body, json=json, simulated=simulated)
        finally:
            self._reading -= 1
        if isinstance(checked, ProgrammeFile):
            return checked
        raise invalid(*checked)

    async def _by_process(self, body: bytes, *, json: bool, simulated: bool) -> Checked:
        options = [*(["--json"] if json else []), *(["--simulated"] if simulated else [])]
        checked: Checked | None = await read_apart(_CHECK, (str(self._library), *options), body, self._within)
        if checked is None:
            detail = f"检查超过 {self._within:g} 秒或内存不足", "checking it takes too much time or memory"
            raise IntakeProblem("invalid", *detail)
        return checked


def checked_programme(body: bytes, library: Path, *, json: bool, simulated: bool) -> Checked:
    """The programme in a text, or its faults."""
    try:
        return read_programme(body, library, json=json, simulated=simulated)
    except FaultyProgramme as error:
        return error.faults
