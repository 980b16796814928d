"""Somebody of the office with a browser, for the tests of the workbench."""

from __future__ import annotations

import html
import re

import httpx

from tests.services.intake.running_intake import RunningIntake

HERE = "441602"


class Office:
    """Somebody of the office with a browser."""

    def __init__(self, intake: RunningIntake, person: str = "o1") -> None:
        self.intake = intake
        self.person = person

    async def get(self, path: str, **more: str) -> httpx.Response:
        return await self.intake.http.get(path, headers={**await self.intake.cookie(self.person), **more})

    async def send(
        self, path: str, fields: dict[str, str] | None = None, ledger: bytes | None = None
    ) -> httpx.Response:
        """Open the page, fill in its form, and press the button."""
        page = (await self.get(path)).text
        given = hidden(page) | (fields or {})
        files = {"file": ("台账.xlsx", ledger)} if ledger is not None else None
        return await self.intake.http.post(path, data=given, files=files, headers=await self.intake.cookie(self.person))

    async def draft(self, year: int, **fields: str) -> str:
        """A new draft of a year; its id."""
        given = {"year": str(year), "jurisdiction": HERE, "name": "河源市源城区", "policy": "template", **fields}
        made = await self.send("/drafts/new", given)
        assert made.status_code == 303, text(made)
        return f"{HERE}-{year}"

    async def imported(self, programme: str, ledger: bytes) -> httpx.Response:
        """The preview of a ledger, confirmed where it may be; the last answer."""
        path = f"/drafts/{programme}/import"
        preview = await self.send(path, {"act": "preview"}, ledger)
        found = re.search(r'name="ledger" value="([0-9a-f]{64})"', preview.text)
        if not found:
            return preview
        return await self.send(path, {"act": "confirm", "ledger": found[1]})


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf|version)" value="([^"]*)"', page))


def text(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def counts(answer: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", answer.text))


def fields_of(form: str) -> dict[str, str]:
    """What a form says as it is opened."""
    found = dict(re.findall(r'<input id="f-[^"]*" name="([^"]*)" type="[^"]*" value="([^"]*)"', form))
    areas = dict(re.findall(r'<textarea id="f-[^"]*" name="([^"]*)"[^>]*>([^<]*)</textarea>', form))
    chosen = dict(re.findall(r'<select id="f-[^"]*" name="([^"]*)".*?<option value="([^"]*)" selected>', form))
    return {name: html.unescape(value) for name, value in (found | areas | chosen).items()}
