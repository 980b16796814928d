"""Reads a multipart form: files stream to the evidence store, text fields come back; all of it bounded."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request

from contracts.topics import MAX_SUBMISSION_BYTES
from services.intake.pages.form_body import Posted
from services.intake.submitting.body import LimitedRequest, content_type
from services.intake.submitting.evidence import SHA256, EvidenceStore

MAX_FILES: Final = 20
MAX_FIELDS: Final = 600
_CHUNK: Final = 256 * 1024
_UNSAFE: Final = re.compile(r"[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INTERNAL_FILES: Final = "files_internal"
_KEPT: Final = re.compile(r"(?:(internal)\|)?([0-9a-f]{64})\|(\d{1,12})\|([^|]{1,100})\|(.{1,200})")
Cited = dict[str, Any]


class Upload(NamedTuple):
    """A file that came with a form, and whether it is classified as internal."""

    file: UploadFile
    internal: bool


async def read_form(request: Request, limit: int) -> tuple[Posted, list[Upload]]:
    """Text fields and files of a form of at most `limit` bytes. Raises IntakeProblem."""
    content_type(request, "multipart/form-data", "application/x-www-form-urlencoded")
    limited = LimitedRequest(request, limit)
    form = await limited.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=2 * MAX_SUBMISSION_BYTES)
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    files = [
        Upload(value, name == _INTERNAL_FILES)
        for name, value in form.multi_items()
        if isinstance(value, UploadFile) and value.filename
    ]
    return Posted(texts), files


async def store_files(files: Sequence[Upload], store: EvidenceStore) -> list[Cited]:
    """Keep uploaded files; what a submission says to cite them. Raises IntakeProblem."""
    cited = []
    for file, internal in files:
        sha256, size = await store.keep(_chunks(file))
        cited.append(_cited(sha256, _name(file), size, _media_type(file), internal=internal))
    return cited


def kept_before(posted: Posted, store: EvidenceStore) -> list[Cited]:
    """Files that an earlier try of the same form already brought."""
    matches = [match for text in posted.all("kept") if (match := _KEPT.fullmatch(text))]
    return [
        _cited(m[2], m[5], int(m[3]), m[4], internal=m[1] is not None)
        for m in matches
        if SHA256.fullmatch(m[2]) and store.size(m[2]) == int(m[3])
    ]


def kept_text(cited: Cited) -> str:
    """The same as a hidden field carries it."""
    mark = "internal|" if "classification" in cited else ""
    return f"{mark}{cited['sha256']}|{cited['size']}|{cited['media_type']}|{cited['name']}"


def _cited(sha256: str, name: str, size: int, media_type: str, *, internal: bool) -> Cited:
    """Evidence as a submission names it; what is public says nothing about it."""
    cited = {"sha256": sha256, "name": name, "size": size, "media_type": media_type}
    return {**cited, "classification": "internal"} if internal else cited


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
