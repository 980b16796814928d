"""Something that somebody is going to do, and by which way it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from contracts.values import Actor
from supervision.words import Word

Json = dict[str, Any]
Way = Literal["api", "system", "form", "signed", "table", "decisions", "review", "change"]
WAYS: Final[Mapping[Way, Word]] = {
    "form": Word("网页表单", "forms in the browser"),
    "signed": Word("经办人拟、负责人签", "prepared by the clerk, signed by the head"),
    "table": Word("填好的表格", "filled-in tables"),
    "system": Word("单位系统（接口）", "a unit's own system (API)"),
    "decisions": Word("一并审定", "decided several at once"),
    "review": Word("核查队列", "the review queue"),
    "change": Word("方案变更页", "pages for changes of the programme"),
    "api": Word("其他接口提交", "the API otherwise"),
}
"""The doors, as the summary names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAbsence:
    """A leader is away, both days included, and another one stands in (代理)."""

    principal: str
    deputy: str
    from_on: date
    until_on: date

    def deputy_on(self, leader: str, on: date) -> str | None:
        """Who acts for a leader on a day; none: they are there themselves."""
        return self.deputy if leader == self.principal and self.from_on <= on <= self.until_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPaper:
    """How something was prepared inside a unit before its head signs it: when, and whether by the unit's system.

    `returned_at` is when the head first returned it, `again_at` when it was prepared anew.
    """

    prepared_at: datetime
    by_system: bool = False
    returned_at: datetime | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAct:
    """Something that somebody submits about an item; `expected` is the verdict: `accepted` or the first reason.

    Without an item it is about the programme. What is about many items goes through a `door` of the programme
    (`calendar`), and reaches these `items`. `about` is an earlier act whose submission the data names as `of`.
    """

    at: datetime
    actor: Actor
    programme: str
    item: str
    type: str
    data: Json
    key: str
    behaviour: str
    expected: str = "accepted"
    door: str = ""
    items: tuple[str, ...] = ()
    about: PlannedAct | None = None
    way: Way = "api"
    paper: PlannedPaper | None = None

    @property
    def submissions(self) -> int:
        """How many submissions come of it."""
        return len(self.items) or 1
