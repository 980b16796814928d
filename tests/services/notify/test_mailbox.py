"""The sandbox's mailbox, and how a notice looks in it on a wide screen and on a telephone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from contracts.dispatches import NoticeIssued
from sandbox.mail.pages import application
from services.notify.delivery.channels.channel import Lease, Message
from services.notify.delivery.channels.mail import compose, message_id
from services.notify.delivery.channels.smtp import SmtpChannel, SmtpServer
from services.notify.delivery.outcome import Accepted, Refused, Unsent
from services.notify.notices.documents.render import NoticeDocument, render
from services.notify.notices.facts import programme_from
from services.notify.notices.notice import evolve
from tests.services.notify.running_notify import (
    LOG,
    PROGRAMME,
    SETTLED,
    Mailbox,
    event_of,
    item_opened,
    mailbox,
    programme_opened,
    raised,
)

SUBJECT = f"{PROGRAMME}/k-001"
LONG = "推进深圳大鹏（河源源城）产业转移工业园一期、二期升级改造并完成“产业集群＋特色园区”建设"


def rendered(title: str = LONG) -> NoticeDocument:
    item, _ = evolve(None, event_of(SUBJECT, item_opened(title=title), ordinal=0), None)
    _, due = evolve(item, event_of(SUBJECT, raised()), SETTLED)
    assert due is not None
    return render(due, programme_from(PROGRAMME, programme_opened()), "源督整〔2024〕1号")


def message(address: str = "nongye@units.test", copy: int = 0, title: str = LONG) -> Message:
    document = rendered(title)
    notice = NoticeIssued(
        notice="n-1",
        number="源督整〔2024〕1号",
        kind="rectification",
        item="k-001",
        title=document.title,
        document_sha256=document.sha256,
        document=document.html,
        text=document.text,
        recipients=(),
        deliveries=(),
        causes=("c-1",),
        gathered="",
        simulated=True,
        issued_at=SETTLED,
    )
    return Message(id=f"id-{address.partition('@')[0]}", delivery="d", notice=notice, address=address, copy=copy)


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[Mailbox]:
    async with mailbox(tmp_path) as made:
        yield made


@pytest.fixture
async def web(mail: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(mail.smtp))
    async with httpx.AsyncClient(transport=transport, base_url="http://mail.test") as client:
        yield client


@pytest.fixture
async def channel(mail: Mailbox) -> AsyncIterator[SmtpChannel]:
    made = SmtpChannel(SmtpServer("127.0.0.1", mail.port, "none", sender_address="ducha@office.test"), LOG)
    yield made
    await made.close()


async def test_a_sent_mail_is_found_by_its_recipient_and_its_subject(
    web: httpx.AsyncClient, channel: SmtpChannel
) -> None:
    assert "还没有邮件" in (await web.get("/")).text
    for name in ("nongye", "shuiwu"):
        assert isinstance(await channel.send(message(f"{name}@units.test"), Lease.after(10)), Accepted)
    assert (await web.get("/", params={"to": "nongye"})).text.count("<li>") == 1
    assert (await web.get("/", params={"q": "督查整改", "lang": "en"})).text.count("<li>") == 2
    assert "没有符合条件的邮件" in (await web.get("/", params={"to": "nobody"})).text
    told = (await web.get("/messages.json", params={"to": "shuiwu"})).json()
    assert (told["total"], [one["recipient"] for one in told["mails"]]) == (2, ["shuiwu@units.test"])
    assert (await web.get("/counts.json")).json() == {
        message_id(message(f"{name}@units.test"), LOG): {"originals": 1, "copies": 0} for name in ("nongye", "shuiwu")
    }


async def test_a_copy_is_marked_in_the_list_and_in_the_mail(web: httpx.AsyncClient, channel: SmtpChannel) -> None:
    await channel.send(message(copy=2), Lease.after(10))
    assert "重发件 2" in (await web.get("/")).text
    shown = (await web.get("/mails/1", params={"lang": "en"})).text
    assert "an earlier try may have arrived" in shown
    assert "Marked copy" in (await web.get("/mails/1/html")).text


async def test_a_mails_html_is_shown_where_it_can_run_nothing_and_load_nothing(
    web: httpx.AsyncClient, channel: SmtpChannel
) -> None:
    await channel.send(message(), Lease.after(10))
    page, html = await web.get("/mails/1"), await web.get("/mails/1/html")
    assert '<iframe sandbox src="/mails/1/html"' in page.text
    assert html.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "沙箱邮箱" in page.text
    assert (await web.get("/mails/99")).status_code == 404


async def test_faults_are_switched_over_http(web: httpx.AsyncClient, channel: SmtpChannel) -> None:
    faults = {"rejections": [{"recipient": "nongye@units.test", "code": 550, "times": 1}]}
    assert (await web.put("/faults", json=faults)).status_code == 200
    refused = await channel.send(message(), Lease.after(10))
    assert isinstance(refused, Refused)
    assert refused.permanent
    assert isinstance(await channel.send(message(), Lease.after(10)), Accepted)
    await web.put("/faults", json={"closed": True})
    shut = await channel.send(message(), Lease.after(10))
    assert isinstance(shut, Unsent)
    assert shut.trouble
    await web.delete("/faults")
    assert isinstance(await channel.send(message(), Lease.after(10)), Accepted)
    assert (await web.put("/faults", json={"typo": 1})).status_code == 400


async def test_a_full_mailbox_is_not_refused_for_good(web: httpx.AsyncClient, channel: SmtpChannel) -> None:
    await web.put("/faults", json={"rejections": [{"recipient": "nongye@units.test", "code": 552}]})
    refused = await channel.send(message(), Lease.after(10))
    assert isinstance(refused, Refused)
    assert not refused.permanent


async def test_an_address_that_cannot_be_one_is_refused_for_good_and_spoils_nothing(
    mail: Mailbox, channel: SmtpChannel
) -> None:
    for wrong in ("a@b.test>\r\nBcc: c@d.test", "a@b@c.test", "nongye", "农业@units.test", "<a@b.test>"):
        refused = await channel.send(message(wrong), Lease.after(10))
        assert isinstance(refused, Refused)
        assert refused.permanent
    assert isinstance(await channel.send(message(), Lease.after(10)), Accepted)
    assert mail.store.count() == 1


async def test_where_encryption_is_asked_for_nothing_goes_out_in_the_clear(mail: Mailbox) -> None:
    server = SmtpServer("127.0.0.1", mail.port, "starttls", sender_address="ducha@office.test")
    told = await SmtpChannel(server, LOG).send(message(), Lease.after(10))
    assert isinstance(told, Unsent)
    assert told.trouble
    assert mail.store.count() == 0


def test_no_text_of_a_title_gets_into_the_headers() -> None:
    raw = compose(message(title="甲\r\nBcc: all@units.test"), LOG, ("督查室", "ducha@office.test"), SETTLED)
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in head
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is missing: how notices look is not tested")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_a_notice_fits_its_screen_and_looks_like_an_official_document(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_content(rendered().html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('.head')).color") == "rgb(200, 16, 46)"
    places = [
        page.locator(part).first.bounding_box()
        for part in (".note", ".head", ".number", ".rule", "h1", "table", ".sign")
    ]
    tops = [place["y"] for place in places if place is not None]
    assert len(tops) == 7
    assert tops == sorted(tops), "文头, number, red rule, title, table and signature stand in their order"
    page.close()
