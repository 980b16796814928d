"""Lists of people are read beside the event loop: a file of 800 KB may unpack to a hundred thousand rows."""

from __future__ import annotations

import asyncio
from typing import Final

from directory.people_list.preview import ImportPreview, preview_of
from directory.people_list.sheets import ListProblem, PeopleList
from directory.register import Register
from services.limited_process import read_apart
from supervision.words import Word
from web.request_limits import Places

_CHECK: Final = "services.query.web.people.list_check"
_WITHIN_SECONDS: Final = 20.0
"""A full list of five thousand takes about one."""
_AT_A_TIME: Final = 2
_TOO_MUCH: Final = ListProblem(
    "", "", "读取这份名单用时过长或内存不足", "reading this list takes too much time or memory"
)


class ListReader:
    """Reads one list of an account at a time, two of all; everybody else is told to come again."""

    def __init__(self) -> None:
        self._places = Places(Word("正在读取的名单", "lists being read"), 1, _AT_A_TIME)

    async def preview(self, content: bytes, register: Register, where: str, asker: str) -> ImportPreview:
        """What a list would change in the jurisdiction `where`. Raises RateReached, Busy."""
        with self._places.place(asker):
            listed = await read_apart(_CHECK, (where,), content, _WITHIN_SECONDS)
            if listed is None:
                listed = PeopleList(problems=[_TOO_MUCH])
            return await asyncio.to_thread(preview_of, listed, register, only=where)
