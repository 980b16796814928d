"""A workbook or a document that a browser saves under its name."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def workbook(name: str, content: bytes) -> Response:
    """An .xlsx as a download; `name` is of ours, in plain ASCII."""
    return _saved(name, content, XLSX)


def word_document(name: str, content: bytes) -> Response:
    """A .docx, the same."""
    return _saved(name, content, DOCX)


def _saved(name: str, content: bytes, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
