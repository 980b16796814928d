"""An application that lies below people's address answers with that prefix and without."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    """Middleware: routes are found behind `root`, which the front leaves in the path, and links are made with it."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the application where it lies."""
        if scope["type"] == "http":
            scope["root_path"] = self._root
        await self._app(scope, receive, send)
