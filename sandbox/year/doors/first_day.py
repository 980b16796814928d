"""The office's first day: its ledger becomes a draft, the draft is looked at, confirmed and published."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from contracts.values import Leader, Unit
from directory.store import Changes, DirectoryStore, pool_of
from programmes.ledger.writing import write_ledger
from programmes.programme import ProgrammeFile
from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.page import Form, Page
from sandbox.year.evidence import EvidenceFile
from sandbox.year.retries import PATIENCE_SECONDS, YearInterrupted

OFFICER: Final = "o1"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PREVIEW, _CONFIRM = ("act", "preview"), ("act", "confirm")


async def introduce(database_url: str, programme: ProgrammeFile) -> None:
    """The operator has the directory know the district, its units and leaders (`liangdeng people import`)."""
    where = programme.jurisdiction.code
    changes = Changes(
        jurisdictions=((where, programme.jurisdiction.name),),
        units=tuple((where, Unit(id=one.id, name=one.name, kind=one.kind)) for one in programme.units),
        leaders=tuple((where, Leader(id=one.id, label=one.label)) for one in programme.leaders),
    )
    pool = pool_of(database_url)
    await pool.open()
    try:
        store = DirectoryStore(pool)
        await store.prepare()
        await store.write(changes)
    finally:
        await pool.close()


async def publish_by_ledger(browsers: Browsers, programme: ProgrammeFile) -> None:
    """What the office does until every item is accepted; begun again, it goes on where it stopped."""
    first_day = _FirstDay(browsers, programme)
    if (await browsers.look(OFFICER, f"/drafts/{programme.programme}")).status >= 400:
        await first_day.begin()
    if not await first_day.published():
        await first_day.import_ledger()
        await first_day.fill_in()
        await first_day.publish()
    shows = f'href="/programmes/{programme.programme}"'
    await browsers.open_until(OFFICER, f"/drafts/{programme.programme}/published", lambda page: shows in page.text)


class _FirstDay:
    def __init__(self, browsers: Browsers, programme: ProgrammeFile) -> None:
        self._browsers = browsers
        self._programme = programme
        self._at = f"/drafts/{programme.programme}"

    async def begin(self) -> None:
        """A new draft, of a ledger."""
        code, _, year = self._programme.programme.rpartition("-")
        page = await self._browsers.open(OFFICER, "/drafts/new")
        given = {"year": year, "jurisdiction": code, "name": self._programme.jurisdiction.name, "made_from": "ledger"}
        form = _form(page)
        policy = next(one for one in form.offered["policy"] if one == self._programme.policy.id)
        await self._sent(page, form, {**given, "policy": policy})

    async def published(self) -> bool:
        """Whether the draft was published before."""
        return (await self._browsers.look(OFFICER, f"{self._at}/import")).status == 409

    async def import_ledger(self) -> None:
        """The ledger is looked at until it names no new unit (the directory's copy is some seconds old), then taken."""
        ledger = EvidenceFile("台账.xlsx", write_ledger(self._programme), _XLSX)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            page = await self._browsers.open(OFFICER, f"{self._at}/import")
            preview = await self._browsers.send(OFFICER, page, _form(page), {}, _PREVIEW, [("file", ledger)])
            confirmed = preview.form(button=_CONFIRM)
            if confirmed is None and preview.status < 400 and 'data-ledger="unchanged"' in preview.text:
                return  # the draft says the same already
            if confirmed is not None and not _names_new_units(preview):
                await self._sent(preview, confirmed, {}, _CONFIRM)
                return
            if time.monotonic() > deadline:
                raise YearInterrupted(f"the ledger: {preview.status} {preview.told}")
            await asyncio.sleep(1.0)

    async def fill_in(self) -> None:
        """Title, number, days, and the holidays that are known by then."""
        known, schedule = self._programme, self._programme.schedule
        page = await self._browsers.open(OFFICER, f"{self._at}/programme")
        days = {
            f"schedule.key_task.report_due_on.{one}": str(day) for one, day in schedule.key_task.report_due_on.items()
        }
        months = schedule.livelihood
        given = {
            "title": known.title,
            "document": known.document,
            "issued_on": str(known.issued_on),
            "closing_on": str(known.closing_on or ""),
            "schedule.plan_due_on": str(schedule.plan_due_on),
            "schedule.livelihood.first_month": months.first_month,
            "schedule.livelihood.last_month": months.last_month,
            "schedule.livelihood.report_due_working_day": str(months.report_due_working_day),
            **({"derived": "yes"} if known.derived else {}),
            **days,
        }
        await self._sent(page, _form(page), given)
        page = await self._browsers.open(OFFICER, f"{self._at}/calendar")
        calendar = known.calendar
        given = {
            "first_on": str(calendar.first_on),
            "last_on": str(calendar.last_on),
            "holidays": "\n".join(map(str, calendar.holidays)),
            "working_weekends": "\n".join(map(str, calendar.working_weekends)),
        }
        form = page.form(field="last_on")
        assert form is not None
        await self._sent(page, form, given, ("act", "save"))

    async def publish(self) -> None:
        """The whole year is looked at, the summary confirmed."""
        await self._browsers.open(OFFICER, f"{self._at}/year")
        page = await self._browsers.open(OFFICER, f"{self._at}/publish")
        form = page.form(field="confirmed")
        if form is None:
            raise YearInterrupted(f"the draft cannot be published: {page.told}")
        await self._sent(page, form, {"confirmed": "yes"})

    async def _sent(self, page: Page, form: Form, given: dict[str, str], button: tuple[str, str] | None = None) -> None:
        answer = await self._browsers.send(OFFICER, page, form, given, button)
        if answer.status >= 400:
            raise YearInterrupted(f"{page.url}: {answer.status} {answer.told}")


def _form(page: Page) -> Form:
    form = page.form()
    if form is None:
        raise YearInterrupted(f"{page.url}: no form: {page.told}")
    return form


def _names_new_units(preview: Page) -> bool:
    return "新单位" in preview.text
