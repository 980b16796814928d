"""Reads a multipart form: files stream to the evidence store, text fields come back; all of it bounded."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from contracts.topics import MAX_SUBMISSION_BYTES
from services.intake.body import content_type, too_large
from services.intake.evidence import SHA256, EvidenceStore
from services.intake.pages.reading import Posted
from services.intake.problem import Problem

MAX_FILES: Final = 20
MAX_FIELDS: Final = 600
_CHUNK: Final = 256 * 1024
_UNSAFE: Final = re.compile(r"[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_KEPT: Final = re.compile(r"([0-9a-f]{64})\|(\d{1,12})\|([^|]{1,100})\|(.{1,200})")
Cited = dict[str, Any]


async def read_form(request: Request, limit: int) -> tuple[Posted, list[UploadFile]]:
    """Text fields and files of a form of at most `limit` bytes. Raises Problem."""
    content_type(request, "multipart/form-data", "application/x-www-form-urlencoded")
    bounded = Request(request.scope, _bounded(request, limit))
    try:
        form = await bounded.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=2 * MAX_SUBMISSION_BYTES)
    except ClientDisconnect:
        raise Problem("aborted") from None
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    return Posted(texts), files


async def store_files(files: Sequence[UploadFile], store: EvidenceStore) -> list[Cited]:
    """Keep uploaded files; what a submission says to cite them. Raises Problem."""
    cited = []
    for file in files:
        sha256, size = await store.keep(_chunks(file))
        cited.append({"sha256": sha256, "name": _name(file), "size": size, "media_type": _media_type(file)})
    return cited


def kept_before(posted: Posted, store: EvidenceStore) -> list[Cited]:
    """Files that an earlier try of the same form already brought."""
    matches = [match for text in posted.all("kept") if (match := _KEPT.fullmatch(text))]
    return [
        {"sha256": m[1], "name": m[4], "size": int(m[2]), "media_type": m[3]}
        for m in matches
        if SHA256.fullmatch(m[1]) and store.size(m[1]) == int(m[2])
    ]


def kept_text(cited: Cited) -> str:
    """The same as a hidden field carries it."""
    return f"{cited['sha256']}|{cited['size']}|{cited['media_type']}|{cited['name']}"


def _bounded(request: Request, limit: int) -> Any:
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large(limit)
        return message

    return receive


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while chunk := await file.read(_CHUNK):
        yield chunk


def _name(file: UploadFile) -> str:
    bare = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("", bare)[-200:].strip(". ") or "file"


def _media_type(file: UploadFile) -> str:
    given = (file.content_type or "").partition(";")[0].strip().lower()
    return given if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", given) else "application/octet-stream"
