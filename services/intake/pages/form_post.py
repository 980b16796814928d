"""Reads a posted form: its text fields, its files, and the evidence that an earlier try already brought."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from contracts.topics import MAX_SUBMISSION_BYTES
from contracts.values import Classification, Evidence
from exact.characters import forbidden_in, text_fault
from exact.faults import Fault
from services.intake.dependencies import Dependencies
from services.intake.evidence.media_types import KINDS, agrees, media_type_for
from services.intake.evidence.objects import told_full
from services.intake.evidence.store import EvidenceStore
from services.intake.pages.form_body import FormFields
from services.intake.pages.session import check_form_token, check_origin
from services.intake.problem import IntakeProblem, invalid
from services.intake.submitting.body import content_type, limited

MAX_FILES: Final = 20
MAX_FIELDS: Final = 600
_CHUNK: Final = 256 * 1024
_TEXT_BYTES: Final = 1024 * 1024
"""What the text fields and the multipart frame may take beside the files."""
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f]")
_INTERNAL_FILES: Final = "files_internal"
_KEPT: Final = re.compile(r"(?:(internal)\|)?([0-9a-f]{64})\|(\d{1,12})\|([^|]{1,100})\|(.{1,200})")


class Upload(NamedTuple):
    """A file that came with a form, whether it is classified as internal, and the field that it came in."""

    file: UploadFile
    internal: bool
    field: str


@dataclass
class FormPost:
    """A form as it was sent; `key` tells two tries of one form from two forms.

    `cited` is the evidence that is in the store, from earlier tries and from `store_files`.
    """

    fields: FormFields
    key: str
    uploads: Sequence[Upload] = ()
    cited: list[Evidence] = field(default_factory=list)

    def check(self, request: Request) -> None:
        """Raises IntakeProblem: `form_expired` where the form was not opened in this session.

        `invalid` names every field and file whose name or content no text may have.
        """
        check_form_token(request, self.fields.one("csrf"))
        faults = [text_fault(("data", name), found) for name, found in self.fields.forbidden()]
        names = (forbidden_in(upload.file.filename or "") for upload in self.uploads)
        faults += [text_fault(("data", "evidence"), found) for found in names if found]
        if faults:
            raise invalid(*faults)

    async def store_files(self, store: EvidenceStore, owners: Sequence[str]) -> None:
        """Keep the files that came with the form, and cite them by what they are.

        Raises IntakeProblem: as `EvidenceStore.keep`; `invalid`, naming the file, for one that is not taken.
        """
        self.cited += await self.stored(store, owners, self.uploads)

    async def stored(self, store: EvidenceStore, owners: Sequence[str], uploads: Sequence[Upload]) -> list[Evidence]:
        """Keep some of these files, as evidence to be cited. Raises as `store_files`."""
        return [await _stored(upload, store, owners) for upload in uploads]


@contextlib.asynccontextmanager
async def posted(
    request: Request, dependencies: Dependencies, owners: Sequence[str] = (), limit: int = 0
) -> AsyncIterator[FormPost]:
    """A form of a page of ours, whose files have together at most `limit` bytes; they are closed at the end.

    What it says is used after `FormPost.check` alone; a page that shows it again shows it whatever is wrong with it.

    Raises:
        IntakeProblem: `form_expired` for a form of another site, `media_type`, `too_large`, `aborted`.
    """
    check_origin(request)
    store = dependencies.evidence
    content_type(request, "multipart/form-data", "application/x-www-form-urlencoded")
    received = Request(request.scope, limited(request, limit + _TEXT_BYTES))
    with told_full(), _told_in_words():  # what is larger than a megabyte is spooled to the disk
        form = await received.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=2 * MAX_SUBMISSION_BYTES)
    fields = FormFields([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
    uploads = [
        Upload(value, name == _INTERNAL_FILES, name)
        for name, value in form.multi_items()
        if isinstance(value, UploadFile) and value.filename
    ]
    try:
        kept = await kept_before(fields, store, owners)
        yield FormPost(fields, fields.one("key")[:100] or uuid.uuid4().hex, uploads, kept)
    finally:
        await form.close()  # with the files that were not chosen: a browser sends them empty


@contextlib.contextmanager
def _told_in_words() -> Iterator[None]:
    """What the parser of forms refuses is told in both languages."""
    try:
        yield
    except HTTPException as error:
        detail = str(error.detail)
        if "maximum size" in detail or detail.startswith("Too many"):
            zh = f"一栏至多 {2 * MAX_SUBMISSION_BYTES // 1024} KB，附件至多 {MAX_FILES} 个"
            raise IntakeProblem("too_large", zh, detail) from None
        raise IntakeProblem("malformed", "表单不完整，请重新打开后再提交", detail) from None


def kept_text(cited: Evidence) -> str:
    """The same as a hidden field carries it."""
    mark = "internal|" if cited.classification == "internal" else ""
    return f"{mark}{cited.sha256}|{cited.size}|{cited.media_type}|{cited.name}"


async def kept_before(
    fields: FormFields, store: EvidenceStore, owners: Sequence[str], name: str = "kept"
) -> list[Evidence]:
    """Evidence that an earlier try of the same form brought: the store still has a file of this hash and size."""
    kept = []
    for m in [match for text in fields.all(name) if (match := _KEPT.fullmatch(text))]:
        file = await store.find(m[2]) if await store.uploaded(m[2], owners) else None
        if file is not None and file.size == int(m[3]):
            kept.append(_cited(m[2], m[5], int(m[3]), m[4], internal=m[1] is not None))
    return kept


async def _stored(upload: Upload, store: EvidenceStore, owners: Sequence[str]) -> Evidence:
    name = name_of(upload.file)
    if not upload.file.size:
        raise invalid(Fault(("data", "evidence"), "evidence_type", f"{name}：是空文件", f"{name}: the file is empty"))
    try:
        file = await store.keep(_chunks(upload.file), owners, size=upload.file.size)
    except IntakeProblem as problem:
        if problem.code not in ("evidence_type", "evidence_infected"):
            raise
        told = f"{name}：{problem.title.zh}；{problem.zh}", f"{name}: {problem.title.en}; {problem.en}"
        raise invalid(Fault(("data", "evidence"), problem.code, *told)) from None
    if not agrees(file.kind, name, "")[0]:
        kind = " ".join(KINDS[file.kind].extensions)
        told = f"{name}：文件名与内容不符，内容是 {kind} 文件", f"{name}: the content is that of {kind}"
        raise invalid(Fault(("data", "evidence"), "evidence_type", *told))
    return _cited(file.sha256, name, file.size, media_type_for(file.kind, name), internal=upload.internal)


def _cited(sha256: str, name: str, size: int, media_type: str, *, internal: bool) -> Evidence:
    """Evidence as a submission names it; what is public says nothing about it."""
    classification: Classification | None = "internal" if internal else None
    return Evidence(sha256=sha256, name=name, size=size, media_type=media_type, classification=classification)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while chunk := await file.read(_CHUNK):
        yield chunk


def name_of(file: UploadFile) -> str:
    """What a file is called as evidence: its bare name, without what no name may have."""
    bare = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("", bare)[-200:].strip(". ") or "file"
