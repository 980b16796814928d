"""The bytes of a notice's mail: HTML and plain text, the same Message-ID for every try, a mark on a copy; pure."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from html import escape

from services.notify.delivery.channels.channel import Message
from supervision.words import NOTE

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
COPY_ZH = "重发件：此前一次发送的结果不明，如已收到，请以先收到的为准。"
COPY_EN = "Marked copy: it is not known whether an earlier one arrived; if so, keep that one."


def message_id(message: Message, log: str) -> str:
    """The Message-ID of every try of a delivery."""
    return f"<{message.id}@{re.sub('[^A-Za-z0-9-]', '-', log) or 'log'}.liangdeng>"


def compose(message: Message, log: str, sender: tuple[str, str], now: datetime) -> bytes:
    """The bytes of a mail from `sender` (name, address), lines ending in CRLF; `now` is its Date."""
    notice = message.notice
    boundary = f"=_{message.id.replace('-', '')}"
    headers = [
        ("From", formataddr(sender, "utf-8")),
        ("To", message.address),
        ("Subject", Header(subject(message), "utf-8", header_name="Subject").encode(linesep="\r\n")),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(message, log)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Liangdeng-Notice", notice.notice),
        ("X-Liangdeng-Kind", notice.kind),
        ("X-Liangdeng-Document", notice.document_sha256),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    if notice.simulated:
        headers.append(("X-Liangdeng-Simulated", "yes"))
    if message.copy:
        headers.append(("X-Liangdeng-Copy", str(message.copy)))
    text, html = _bodies(message)
    parts = [f"{name}: {value}\r\n" for name, value in headers]
    for subtype, body in (("plain", text), ("html", html)):
        encoded = base64.encodebytes(body.encode()).decode().replace("\n", "\r\n")
        parts.append(f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n")
        parts.append(f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}")
    parts.append(f"\r\n--{boundary}--\r\n")
    return "".join(parts).encode("ascii")


def subject(message: Message) -> str:
    """The subject line: whether it is simulated, whether it is a copy, number and title."""
    notice = message.notice
    marks = f"【{NOTE['simulated'].zh}】" if notice.simulated else ""
    marks += "【重发 COPY】" if message.copy else ""
    return _CONTROL.sub(" ", f"{marks}{notice.number} {notice.title}")[:300]


def _bodies(message: Message) -> tuple[str, str]:
    notice = message.notice
    if not message.copy:
        return notice.text, notice.document
    banner = (
        '<p style="margin:0;padding:8px 12px;background:#fde8e8;color:#8a1020;font:14px sans-serif">'
        f"{escape(COPY_ZH)}<br>{escape(COPY_EN)}</p>"
    )
    head, body, rest = notice.document.partition("<body>")
    return f"{COPY_ZH}\n{COPY_EN}\n\n{notice.text}", f"{head}{body}{banner}{rest}"
