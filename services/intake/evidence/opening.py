"""Opening a file of evidence: whoever may gets it under its name, by its own type, never shown in the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import StreamingResponse

from contracts.topics import split_subject
from services.intake.dependencies import Dependencies
from services.intake.evidence.media_types import KINDS, media_type_for
from services.intake.evidence.objects import EvidenceObjects
from services.intake.evidence.store import SHA256, StoredFile, path_of
from services.intake.problem import IntakeProblem
from supervision.right import HIDDEN
from web.identity import Identity
from web.privileged_reads import opened_by
from web.rights import RightDenied, require

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]+")
_BYTES: Final = "application/octet-stream"


class OpenedFile(NamedTuple):
    """A file that somebody may open, its name, and the subject for whose sake; empty for its uploader's."""

    file: StoredFile
    name: str
    subject: str

    @property
    def media_type(self) -> str:
        """What it is by its content."""
        return media_type_for(self.file.kind, self.name) if self.file.kind in KINDS else _BYTES


async def opened_evidence(dependencies: Dependencies, identity: Identity, operation: str, sha256: str) -> OpenedFile:
    """A file, if the table lets this person do `operation` to it.

    Raises:
        RightDenied: not, or it is not there.
        IntakeProblem: `not_found` for what is no hash; `not_ready` while it is not known which items cite it.
    """
    require_hash(sha256)
    dependencies.receiver.ready()
    answer = await dependencies.evidence_rights.to(operation, identity, sha256)
    if not answer.said.allowed and (problems := dependencies.citations_feed.problems):
        raise dependencies.receiver.unavailable("not_ready", "; ".join(problems))
    require(operation, answer.said)
    if answer.file is None:
        raise RightDenied(operation, HIDDEN)
    extension = KINDS[answer.file.kind].extensions[0] if answer.file.kind in KINDS else ""
    return OpenedFile(answer.file, answer.name or f"{sha256[:12]}{extension}", answer.subject)


def on_record(request: Request, opened: OpenedFile) -> None:
    """Say that somebody is about to be shown a file: the gate puts it on record before the answer."""
    programme, item = split_subject(opened.subject)
    opened_by(request).evidence(programme, item or "", opened.file.sha256)


async def download(objects: EvidenceObjects, opened: OpenedFile) -> StreamingResponse:
    """The file as a download (RFC 6266), a part at a time. Raises RightDenied if it went meanwhile."""
    parts = await objects.stream(path_of(opened.file.sha256))
    if parts is None:
        raise RightDenied("evidence.read", HIDDEN)
    headers = {
        **SAFE_HEADERS,
        "ETag": f'"{opened.file.sha256}"',
        "Content-Length": str(opened.file.size),
        "Accept-Ranges": "none",  # each read on record is of the whole
        "Content-Disposition": disposition(opened.name),
    }
    return _answer(parts, headers, opened.media_type)


def disposition(name: str) -> str:
    """The header for a file of this name; whoever does not know `filename*` gets what ASCII leaves of it."""
    plain = _NOT_PLAIN.sub("_", name).strip("_.") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def require_hash(sha256: str) -> None:
    """Raises IntakeProblem `not_found` for what is no SHA-256."""
    if not SHA256.fullmatch(sha256):
        raise IntakeProblem("not_found", "地址须为小写十六进制 SHA-256", "the address is a SHA-256 in lower-case hex")


def _answer(parts: AsyncIterator[bytes], headers: dict[str, str], media_type: str) -> StreamingResponse:
    answer = StreamingResponse(parts, headers=headers)
    answer.headers["content-type"] = media_type  # without the charset that Starlette would claim for a text
    return answer
