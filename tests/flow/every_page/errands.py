"""Pages that only answer a form: each errand is done by whoever would, and every page on its way is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from playwright.sync_api import Page

from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme_file import load_programme
from tests.flow.every_page.addresses import DRAFT

Look = Callable[[str], None]
"""Looks at the page that is open, under a name."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEDGER: Final = "yuancheng-2024.yaml"
DONE: Final = "整改措施已落实（模拟）"
LATE: Final = "材料未到（模拟）"
SLIP: Final = "笔误"
MERGED: Final = "单位撤并（模拟）"
MERGING: Final = ("keji", "caizheng")
"""A unit that leads items of the lived year, and one that leads none."""
TYPED: Final = (DONE, LATE, SLIP, MERGED, "2025年《政府工作报告》重点工作督查方案")
"""What is written here, and the title that a draft has at first, are not translated."""


def draft_begun(page: Page, origin: str, look: Look) -> None:
    """The office begins next year's draft and imports its ledger; once."""
    page.goto(f"{origin}/intake/drafts/new?lang=zh")
    page.fill("#f-name", "河源市源城区")
    page.click("main button.button >> nth=0")
    ledger_given(page, origin, look)
    page.click("button[value=confirm]")


def ledger_given(page: Page, origin: str, look: Look) -> None:
    """A ledger is checked: what would be imported."""
    page.goto(f"{origin}/intake/drafts/{DRAFT}/import")
    content = write_ledger(load_programme(FOLDER / LEDGER))
    page.set_input_files("#f-file", {"name": "台账.xlsx", "mimeType": XLSX, "buffer": content})
    page.click("main form[enctype] button >> nth=0")
    look("draft-import-checked")


def words_corrected(page: Page, origin: str, look: Look, item: str) -> None:
    """The office corrects a title: what it moves, and that it was sent."""
    page.goto(f"{origin}/intake/programmes/{item.partition('/')[0]}/words?item={item.rpartition('/')[2]}")
    page.fill("#f-title", f"{page.input_value('#f-title')} 2")
    page.fill("#f-reason", SLIP)
    page.click("button[value=preview]")
    look("words-preview")
    page.click("button[value=confirm]")
    look("words-sent")


def changes_foreseen(page: Page, origin: str, look: Look, item: str) -> None:
    """What a policy and a longer calendar would move."""
    for name in ("policy", "calendar"):
        page.goto(f"{origin}/intake/programmes/{item.partition('/')[0]}/{name}")
        page.click("button[value=preview]")
        look(f"{name}-preview")


def all_handed_over(page: Page, origin: str, look: Look, item: str) -> None:
    """All items of a unit pass to one that leads none, and the next time back."""
    page.goto(f"{origin}/intake/programmes/{item.partition('/')[0]}/all-hands")
    english = page.locator("html").get_attribute("lang") == "en"
    giver, taker = reversed(MERGING) if english else MERGING
    page.select_option("#f-giver", f"unit:{giver}")
    page.select_option("#f-taker", f"unit:{taker}")
    page.fill("#f-reason", MERGED)
    page.click("button[value=preview]")
    look("all-hands-preview")
    page.click("button[value=confirm]")
    look("all-hands-done")


def draft_published(page: Page, origin: str, look: Look) -> None:
    """The office publishes the draft; once."""
    page.goto(f"{origin}/intake/drafts/{DRAFT}/programme?lang=zh")
    page.fill("[name=document]", "源府办〔2025〕1号")
    page.click("main form.sheet button.button >> nth=0")
    page.goto(f"{origin}/intake/drafts/{DRAFT}/publish")
    page.check("#f-confirmed")
    page.click("main form.sheet button.button")
    page.wait_for_load_state()
    look("draft-published")


PREPARED: Final = {"zh-CN": ("rectification.reported", "text"), "en": ("appeal.lodged", "reason")}
"""By the language of the page what a clerk prepares, and the field that it fills in: something else in each."""


def reply_given(page: Page, origin: str, look: Look, item: str) -> None:
    """A clerk begins a form, is told what is missing, checks the answers and gives them to the head."""
    page.goto(f"{origin}/intake/items/{item}/progress.reported")
    page.click("button[value=check]")
    look("form-with-faults")
    name, field = PREPARED[page.locator("html").get_attribute("lang") or ""]
    page.goto(f"{origin}/intake/items/{item}/{name}")
    page.fill(f"textarea[name={field}]", DONE)
    page.click("button[value=check]")
    page.wait_for_selector("dl.answers")  # what was typed is kept before it is sent
    look("check")
    page.click("button[value=prepare]")
    look("prepared")


def signed(page: Page, origin: str, look: Look, item: str) -> None:
    """The head signs the first thing that waits."""
    del item
    page.goto(f"{origin}/intake/signing")
    look("signing")
    page.check("[name=chosen] >> nth=0")
    page.click("button[value=sign]")
    look("signed")


def extension_asked(page: Page, origin: str, item: str, until: date) -> None:
    """The head asks for an extension, so that there is something to decide."""
    page.goto(f"{origin}/intake/items/{item}/extension.requested")
    page.fill("input[type=date]", str(until))
    page.fill("textarea[name=reason]", LATE)
    page.click(".send button >> nth=0")
    page.click("button[value=file]")
    page.wait_for_load_state()


def decided(page: Page, origin: str, look: Look, item: str) -> None:
    """The leader decides one of those that wait."""
    del item
    page.goto(f"{origin}/intake/decisions?act=extension.decided")
    look("decisions")
    page.check("[name=row] >> nth=0")
    page.click("button[name=yes]")
    look("decided")


def refused(page: Page, origin: str, look: Look, item: str) -> None:
    """An address that leads nowhere, or not this person."""
    del item
    page.goto(f"{origin}/programmes/none")
    look("not-found")
    page.goto(f"{origin}/intake/items/none/none")
    look("intake-not-found")


ERRANDS: Final[Mapping[str, tuple[Callable[[Page, str, Look, str], None], ...]]] = {
    "public": (refused,),
    "clerk": (reply_given, refused),
    "head": (signed,),
    "leader": (decided,),
    "office": (words_corrected, changes_foreseen, all_handed_over, refused),
}
"""By role; each is done in both languages."""
