"""People and systems do what is due, each by the way that the plan names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.topics import partition_of, subject_of
from sandbox.year.client import AUDITOR, ServicesClient, SubmissionPosition
from sandbox.year.doors import changes, item_forms, queues, tables
from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.errands import YearErrand, YearStep
from sandbox.year.planned_act import PlannedAct
from sandbox.year.retries import PATIENCE_SECONDS, YearInterrupted

_SLOW_SECONDS: Final = 4.5
"""A page waits at least so long for a ruling: one that answers sooner shows it."""


class People:
    """Everybody of the year: `browsers` for persons; without them programs do everything, with each person's token."""

    def __init__(self, client: ServicesClient, browsers: Browsers | None) -> None:
        self._client = client
        self._browsers = browsers

    @property
    def at_pages(self) -> bool:
        """Whether persons do it at their pages."""
        return self._browsers is not None

    async def run(self, errand: YearErrand) -> Sequence[SubmissionPosition]:
        """Do it; returns where it lies, as far as that was told. What a page files is ruled when this returns."""
        act, browsers = errand.acts[0], self._browsers
        if act.items and (browsers is None or act.way != "change"):
            return await self._client.spread(act)
        if browsers is None or act.way in ("api", "system"):
            return [await self._client.submit(one) for one in errand.acts]
        if errand.kind != "do":
            await self._on_paper(browsers, errand)
            return []
        began = time.monotonic()
        match act.way:
            case "form":
                await item_forms.file_form(browsers, act)
            case "signed":
                await queues.sign(browsers, errand.acts)
            case "table":
                await tables.hand_in(browsers, errand.acts)
            case "decisions":
                await queues.decide(browsers, errand.acts)
            case "review":
                await queues.review(browsers, act)
            case "change":
                await changes.change(browsers, act)
        if time.monotonic() - began > _SLOW_SECONDS or act.items:
            await self._until_ruled(errand.acts)
        return []

    async def not_done(self, steps: Sequence[YearStep]) -> list[YearStep]:
        """The steps of the instant at which a demo was interrupted, without what lies on the log already."""
        left = []
        for step in steps:
            act = step.act
            if step.kind != "do" or self._browsers is None or act.way in ("api", "system"):
                left.append(step)  # the same key finds what was done
            elif act.item or act.items:
                if any([await self._entry(act, item) is None for item in act.items or (act.item,)]):
                    left.append(step)
            elif await queues.waits(self._browsers, act):
                left.append(step)
        return left

    async def _on_paper(self, browsers: Browsers, errand: YearErrand) -> None:
        act, clerk = errand.acts[0], errand.acts[0].actor.prepared_by or ""
        match errand.kind:
            case "prepare" if act.paper is not None and act.paper.by_system:
                await self._client.prepare(act, clerk)
            case "prepare":
                await item_forms.prepare_form(browsers, clerk, act)
            case "send_back":
                await queues.send_back(browsers, act)
            case "prepare_again":
                if paper := await queues.returned(browsers, clerk, act):
                    await item_forms.prepare_form(browsers, clerk, act, again=paper)

    async def _until_ruled(self, acts: Sequence[PlannedAct]) -> None:
        """Wait until query shows the rulings."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = [(act, item) for act in acts for item in _last_of(act)]
        while waiting:
            waiting = [
                (act, item)
                for act, item in waiting
                if not ((found := await self._entry(act, item)) and found["ruling"])
            ]
            if waiting and time.monotonic() > deadline:
                raise YearInterrupted(f"{waiting[0][0].type} about {waiting[0][1]}: not ruled")
            await asyncio.sleep(0.1 if waiting else 0)

    async def _entry(self, act: PlannedAct, item: str) -> dict[str, Any] | None:
        """What query shows of an act about an item; an instant has one of each type."""
        answer = await self._client.get(AUDITOR, f"/v1/programmes/{act.programme}/items/{item}/timeline")
        at = act.at.timestamp()
        for entry in answer["timeline"]:
            if entry["type"] == act.type and datetime.fromisoformat(entry["received_at"]).timestamp() == at:
                found: dict[str, Any] = entry
                return found
        return None


def _last_of(act: PlannedAct) -> Iterable[str]:
    """The items whose rulings come last: the one, or of many the last on each partition."""
    if not act.items:
        return [act.item] if act.item else []
    return {partition_of(subject_of(act.programme, item)): item for item in act.items}.values()
