"""Where the sandbox keeps the mails that it took: one SQLite file."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import cast

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    copy INTEGER NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_recipient ON mail (recipient);
CREATE INDEX IF NOT EXISTS mail_message_id ON mail (message_id);
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as one recipient got it; `copy`: 0 or the number of the marked copy."""

    id: int
    received_at: str
    sender: str
    recipient: str
    message_id: str
    copy: int
    subject: str

    def as_json(self) -> dict[str, object]:
        """Its fields as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


class MailStore:
    """The mails, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(folder / "mails.sqlite", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = WAL")
        # It must survive a kill of this process, not a power cut.
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> int:
        """Keep a mail, once for each of its recipients; returns the last one's id."""
        head = message_from_bytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.default)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        copy = str(head.get("X-Liangdeng-Copy", "0"))
        last = 0
        for recipient in recipients:
            row = (
                now,
                sender,
                recipient.lower(),
                str(head.get("Message-ID", "")).strip(),
                int(copy) if copy.isdecimal() else 1,
                str(head.get("Subject", "")),
                raw,
            )
            done = self._file.execute(
                "INSERT INTO mail (received_at, sender, recipient, message_id, copy, subject, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            last = done.lastrowid or 0
        return last

    def listed(
        self, recipient: str = "", words: str = "", *, limit: int = 100, before: int | None = None
    ) -> list[Mail]:
        """The newest mails first; parts of a recipient's address and of a subject narrow it down."""
        rows = self._file.execute(
            "SELECT id, received_at, sender, recipient, message_id, copy, subject FROM mail"
            " WHERE instr(recipient, ?) AND instr(lower(subject), ?) AND id < ? ORDER BY id DESC LIMIT ?",
            (recipient.lower().strip(), words.lower().strip(), before or 2**62, limit),
        )
        return [Mail(*row) for row in rows]

    def count(self) -> int:
        """How many mails there are."""
        return int(self._file.execute("SELECT count(*) FROM mail").fetchone()[0])

    def counts(self) -> dict[str, dict[str, int]]:
        """By Message-ID: how often the original came, and how many marked copies."""
        rows = self._file.execute("SELECT message_id, sum(copy = 0), sum(copy > 0) FROM mail GROUP BY message_id")
        return {message_id: {"originals": originals, "copies": copies} for message_id, originals, copies in rows}

    def one(self, id_: int) -> Mail | None:
        """A mail by its id."""
        return next((mail for mail in self.listed(limit=1, before=id_ + 1) if mail.id == id_), None)

    def raw(self, id_: int) -> bytes:
        """The bytes of a mail; none if there is no such one."""
        row = self._file.execute("SELECT raw FROM mail WHERE id = ?", (id_,)).fetchone()
        return cast("bytes", row[0]) if row else b""


def body(raw: bytes, subtype: str) -> str | None:
    """The text of a mail's part of type text/`subtype`."""
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body((subtype,))
    return cast("str", part.get_content()) if part is not None else None


def headers(raw: bytes) -> Iterator[tuple[str, str]]:
    """All headers, decoded."""
    message = message_from_bytes(raw, policy=policy.default)
    for name, value in message.items():
        yield name, str(value)
