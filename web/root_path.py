"""An application that lies below people's address answers with that prefix and without."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    """Middleware: the application lies below `root`, which the front leaves in the path; else it is put there."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the application where it lies, and what is asked for below that."""
        if scope["type"] == "http":
            root, path = self._root, scope["path"]
            scope["root_path"] = root
            if path == root or not path.startswith(f"{root}/"):
                scope["path"] = f"{root}{path.removeprefix(root) or '/'}"
        await self._app(scope, receive, send)
