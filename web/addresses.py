"""Addresses below people's one origin that every page knows, and which addresses nobody is sent to."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request

SIGN_IN: Final = "/sign-in"
CALLBACK: Final = "/sign-in/callback"
BACK_CHANNEL: Final = "/sign-in/back-channel-logout"
SIGN_OUT: Final = "/sign-out"
SHARED: Final = "/shared"
"""Where an application that renders pages has the files that they share, below its own root."""
_LONGEST: Final = 2000


def sign_in_link(path: str) -> str:
    """Where to sign in and come back to `path`, with its query, from."""
    return f"{SIGN_IN}?return={quote(path, safe='')}"


def path_of(request: Request) -> str:
    """The path that is asked for, as a link may name it: `//host/` would lead to another site, and is no path here."""
    return "/" + quote(request.scope["path"]).lstrip("/")


def here_of(request: Request) -> str:
    """The address of the page that is asked for, as a path of people's origin."""
    path, query = path_of(request), request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def local_path(address: str) -> str:
    """A path of this origin, `/` for anything else: nobody is sent elsewhere after signing in."""
    if len(address) > _LONGEST or not address.isprintable() or "\\" in address:
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    plain = address.startswith("/") and not address.startswith("//") and not parts.scheme and not parts.netloc
    return address if plain else "/"
