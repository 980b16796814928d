"""Names that differ in spaces, invisible characters and the width of signs alone are one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from programmes.ledger.model import LedgerItem, OfficeLedger

_UNSEEN: Final = re.compile("[\\s\u200b\u2060\ufeff\u00ad]")


@lru_cache(maxsize=10_000)
def same_name(name: str) -> str:
    """What two spellings of a name have in common."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", name))


def one_spelling(ledger: OfficeLedger) -> None:
    """Units, leaders and aspects of all items as the first of them spells them."""
    items = [*ledger.items, *ledger.wrong]
    units = _first(name for item in items for name in (item.lead, *item.cooperating))
    leaders, aspects = _first(item.leader for item in items), _first(item.aspect for item in items)

    def spelt(item: LedgerItem) -> LedgerItem:
        return replace(
            item,
            lead=units[same_name(item.lead)],
            cooperating=tuple(units[same_name(one)] for one in item.cooperating),
            leader=leaders[same_name(item.leader)],
            aspect=aspects[same_name(item.aspect)],
        )

    ledger.items[:] = map(spelt, ledger.items)
    ledger.wrong[:] = map(spelt, ledger.wrong)


def _first(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(same_name(name), name)
    return found
