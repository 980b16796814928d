"""Workbooks are read beside the event loop: one of 15 KB may hold a core for ten seconds."""

from __future__ import annotations

from typing import Final

from exact.workbook import ListSheet, UnreadableWorkbook
from services.limited_process import read_apart
from supervision.words import Word
from web.request_limits import Places

_CHECK: Final = "services.intake.submitting.workbook_check"
_WITHIN_SECONDS: Final = 20.0
_AT_A_TIME: Final = 2
_TOO_MUCH: Final = Word("用时过长或内存不足", "takes too much time or memory")


class WorkbookReader:
    """Reads one workbook of an account at a time, two of all; everybody else is told to come again."""

    def __init__(self) -> None:
        self._places = Places(Word("正在读取的表格", "workbooks being read"), 1, _AT_A_TIME)

    async def sheets(self, content: bytes, asker: str) -> list[ListSheet]:
        """Its sheets with their merged cells. Raises UnreadableWorkbook, RateReached, Busy."""
        with self._places.place(asker):
            read: list[ListSheet] | Word | None = await read_apart(_CHECK, (), content, _WITHIN_SECONDS)
        if read is None or isinstance(read, Word):
            raise UnreadableWorkbook(read or _TOO_MUCH)
        return read
