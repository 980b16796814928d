"""Style sheets, scripts and icons: files of the project, which a browser keeps for some minutes."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

_KEPT: Final = "public, max-age=300"
"""Five minutes: a page's own files are asked for once a visit, and a new version is seen soon."""


class Assets(StaticFiles):
    """A folder of such files; nothing in it is anybody's own."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, or that it has not changed."""
        answer = super().file_response(*args, **options)
        answer.headers["Cache-Control"] = _KEPT
        return answer
