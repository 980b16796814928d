"""What a decision is about, in the words of whoever asked for it: read from the submission that waits."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from eventlog.log.log import LogUnavailable
from services.intake.dependencies import Dependencies
from services.intake.pages.choices import Choice, choices_of
from services.intake.who.item import KnownItem
from supervision.words import Language, Word

_ASKED: Final[dict[str, Word]] = {
    "appeal.decided": Word("申诉的事实和理由", "Facts and reasons of the appeal"),
    "rectification.reviewed": Word("单位报告的整改情况", "What the unit reported"),
    "withdrawal.decided": Word("申请退出的理由", "Why it should be withdrawn"),
    "cancellation.approved": Word("取消的理由", "Why it should be cancelled"),
    "blockage.answered": Word("卡在哪里，需要解决什么", "What blocks, and what is asked"),
}
"""The forms that show it, and above which words; others show what they decide on from what the roster knows."""
_TEXTS: Final = ("text", "reason", "narrative")
_LABEL: Final = 40
"""Characters of a text by which a blockage is chosen."""


class DecidedOn(NamedTuple):
    """Something that waits: the value that the form names it by, what it is called, and what was said."""

    value: str
    title: Word
    called: str
    text: str


async def decided_on(dependencies: Dependencies, item: KnownItem, name: str, lang: Language) -> list[DecidedOn]:
    """What waits for a decision of this type about an item; what cannot be read from the log now is left out."""
    if name not in _ASKED:
        return []
    roster, found = dependencies.roster, []
    named = next((one for one in ("appeal", "blockage") if name.startswith(one)), "")
    labels = {one.value: one.label for one in choices_of(name, named, item, roster, lang)} if named else {}
    for one in roster.waiting.get((item.programme, item.id), ()):
        if one.act == name:
            with suppress(LogUnavailable):
                sent = await dependencies.used_keys.named(one.of)
                said = (getattr(sent[0].data, text, None) for text in _TEXTS) if sent is not None else ()
                text = next(filter(None, said), "")
                if text:
                    called = labels.get(one.name, "") if name == "appeal.decided" else ""
                    found.append(DecidedOn(one.name, _ASKED[name], called, text))
    return found


async def blockage_texts(dependencies: Dependencies, item: KnownItem) -> dict[str, str]:
    """What blocks, by the number of each blockage that waits for its answer."""
    if not item.blockages:
        return {}
    return {one.value: one.text for one in await decided_on(dependencies, item, "blockage.answered", "zh")}


def by_text(choices: Iterable[Choice], found: Iterable[DecidedOn]) -> list[Choice]:
    """The choices of blockages, each by what it says."""
    texts = {one.value: one.text for one in found}
    return [one._replace(label=texts.get(one.value, one.label)[:_LABEL]) for one in choices]
