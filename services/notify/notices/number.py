"""The numbers of notices, such as 源督整〔2024〕1号: per programme and kind, from 1 on, without gaps; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from contracts.dispatches import NoticeKind
from services.notify.notices.facts import ProgrammeFacts

WORDS: Final[Mapping[NoticeKind, str]] = {
    "rectification": "督整",
    "interview": "督约",
    "chief_interview": "督主约",
    "blockage": "督卡",
    "reminder": "督催",
    "withdrawn": "督撤",
    "deadline": "督期",
    "extension": "督延",
    "reply": "督说",
}
_ORGAN = re.compile(r"^(\w{1,6}?)(?:府|政|党|委)")


def prefix(programme: ProgrammeFacts, chosen: Mapping[str, str]) -> str:
    """The word in front: the one `chosen` for the programme, else the place's word in its own document's number.

    源府办〔2024〕3号 gives 源. If the document's number has no such word, it is the programme's id.
    """
    if programme.id in chosen:
        return chosen[programme.id]
    found = _ORGAN.match(programme.document)
    return found[1] if found else programme.id


def number(programme: ProgrammeFacts, kind: NoticeKind, count: int, chosen: Mapping[str, str]) -> str:
    """The `count`-th number of a kind. The year is the programme's, even for notices in the January after it."""
    return f"{prefix(programme, chosen)}{WORDS[kind]}〔{programme.year}〕{count}号"
