"""A workbook that a browser saves under its name."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(name: str, content: bytes) -> Response:
    """An .xlsx as a download; `name` is of ours, in plain ASCII."""
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
