"""Units, leaders and aspects of a ledger by name: those of a known programme, or made, always with the same id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from hashlib import sha256
from typing import Final

from programmes.ledger.model import OfficeLedger
from programmes.programme import AspectEntry, LeaderEntry, ProgrammeFile, UnitEntry

DEFAULT_ASPECT: Final = "督查事项"
_NEAR: Final = 0.8
_TOWNSHIP: Final = re.compile(r".*(镇|乡|街道)(人民政府|政府|办事处|办)?$")
_BRANCH: Final = re.compile(r"市.+(分局|支局)$")
_OFFICE: Final = re.compile(r".*督查(室|科|股|组)$")
_ROLE: Final = re.compile(
    r"常务|[区县市省镇乡]?(委|政府|人大|政协)(会)?(办公室|办)?|党组|常委|副?([区县市镇乡]长|书记|主任|部长|主席|秘书长|调研员)|"
    r"负责人|成员|同志|女士|先生|正职|副职|主管"
)
_FIELD: Final = re.compile(
    r"交通|农业|农村|教育|财政|工业|科技|卫生|卫健|民政|住建|城建|水利|水务|环保|生态|文旅|文化|旅游|商务|政法|经济|"
    r"招商|应急|信访|司法|公安|审计|统计|发改|国土|医保|人社|市政|综治|宣传|组织|统战|金融|林业|体育"
)
"""What a leader may be in charge of, in words as short as a name."""


def is_person(text: str) -> bool:
    """Whether a leader is named as a person (张三, 王副区长, 区长李四) and not by what he or she is in charge of."""
    bare = re.sub(r"[\s·（(].*", "", text)
    if "领导" in bare or "分管" in bare:
        return False
    name = _ROLE.sub("", bare)
    return not _FIELD.fullmatch(name) and bool(re.fullmatch(r"[一-鿿]{1,4}", name))


def units_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[UnitEntry, ...]:
    """The known programme's units in their order, then those that the ledger brings.

    A new one gets an id from its name, so that the same name gets the same id in every file and year.
    """
    found = {one.name: one for one in known.units} if known else {}
    for name in ledger.units:
        found.setdefault(name, new_unit(name))
    return tuple(found.values())


def new_unit(name: str) -> UnitEntry:
    """A unit by its name alone, always under the same id. Raises ValidationError for a name that is none."""
    return UnitEntry(id=f"u-{_digest(name)}", name=name, kind=_kind(name))


def new_leader(label: str) -> LeaderEntry:
    """A leader by what he or she is in charge of, always under the same id. Raises ValidationError."""
    return LeaderEntry(id=f"l-{_digest(label)}", label=label, aspects=())


def similar(name: str, known: Iterable[str]) -> str:
    """The name that is nearly this one, and so may be the same written otherwise; empty where there is none."""
    found = get_close_matches(name, [one for one in known if one != name], 1, _NEAR)
    return found[0] if found else ""


def leaders_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[tuple[LeaderEntry, ...], dict[str, str]]:
    """The leaders, and the id for each text of the ledger.

    A leader on the log is a role. A person's name stays in the ledger: it becomes 分管领导 with a number, the one that
    led most of the same items in the known programme, else the next free one. Who it is stands in the directory.
    """
    found = {one.id: one for one in known.leaders} if known else {}
    by_label = {one.label: one.id for one in found.values()}
    ids: dict[str, str] = {}
    for text in ledger.leaders:
        if text in by_label:
            ids[text] = by_label[text]
        elif not is_person(text):
            made = new_leader(text)
            ids[text], found[made.id] = made.id, made
    taken = set(ids.values())
    for text in ledger.leaders:
        if text not in ids:
            ids[text] = _before(text, ledger, known, taken) or _free(found)
            taken.add(ids[text])
            number = ids[text].rpartition("-")[2]
            found.setdefault(ids[text], LeaderEntry(id=ids[text], label=f"分管领导（{number}）", aspects=()))
    return tuple(found.values()), ids


def aspects_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[tuple[AspectEntry, ...], dict[str, int]]:
    """The aspects, and the number for each name; items without one are under 督查事项."""
    found = {one.name: one for one in known.aspects} if known else {}
    numbers = {one.number for one in found.values()}
    for item in ledger.items:
        name = item.aspect or DEFAULT_ASPECT
        if name not in found:
            number = next((one for one in range(1, 100) if one not in numbers), 99)
            numbers.add(number)
            found[name] = AspectEntry(number=number, name=name)
    return tuple(found.values()), {name: one.number for name, one in found.items()}


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:10]


def _kind(name: str) -> str:
    if _OFFICE.fullmatch(name):
        return "office"
    return "township" if _TOWNSHIP.fullmatch(name) else "branch" if _BRANCH.fullmatch(name) else "department"


def _before(text: str, ledger: OfficeLedger, known: ProgrammeFile | None, taken: set[str]) -> str | None:
    """Who led the same items in the known programme, if that is no other leader of this ledger."""
    led = {item.id: known.leader_of(item) for item in known.items} if known else {}
    counts = Counter(led.get(item.id) for item in ledger.items if item.leader == text)
    return next((one for one, _ in counts.most_common() if one and one not in taken), None)


def _free(found: dict[str, LeaderEntry]) -> str:
    return next(f"leader-{number}" for number in range(1, len(found) + 2) if f"leader-{number}" not in found)
