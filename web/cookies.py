"""The cookies of the one address that people use."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one origin: `__Host-` and Secure, but for plain http on this machine's loopback."""

    secure: bool

    @property
    def session(self) -> str:
        """Name of the session's cookie."""
        return "__Host-liangdeng" if self.secure else "liangdeng"

    @property
    def browser(self) -> str:
        """Name of the cookie that a sign-in on its way is bound to."""
        return f"{self.session}-sign-in"

    def put(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie that no script reads and no other site sends along with a form."""
        answer.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")

    def drop(self, answer: Response, name: str) -> None:
        """Take a cookie back."""
        answer.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


def cookies_of(origin: str) -> Cookies:
    """The cookies of the address that people use. Raises ValueError for what is none, or plain http beyond loopback."""
    parts = urlsplit(origin)
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{origin}: an origin is a scheme, a host and at most a port, without a slash at the end")
    if parts.scheme == "https":
        return Cookies(secure=True)
    if parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return Cookies(secure=False)
    raise ValueError(f"{origin}: people sign in over https, or on this machine alone")
