"""Errors as RFC 9457 problem documents for programs and as pages for people."""

from __future__ import annotations

from typing import Any, Final

from supervision.words import Word, Words

_TITLES: Final[Words] = {
    "malformed": Word("请求有误", "The request is malformed"),
    "sign-in-required": Word("需要登录", "Sign in first"),
    "not-found": Word("没有找到，或无权查看", "Not found, or not yours to see"),
    "not-reached-yet": Word("尚未读到所等待的位置", "The position waited for is not in the read model yet"),
    "unavailable": Word("暂时无法查询", "The read model cannot be asked now"),
}
_STATUSES: Final = {
    "malformed": 400,
    "sign-in-required": 401,
    "not-found": 404,
    "not-reached-yet": 504,
    "unavailable": 503,
}


class Problem(Exception):
    """An answer that is an error; `kind` is the last part of its type, `detail` says more."""

    def __init__(self, kind: str, detail: str = "", **members: Any) -> None:
        super().__init__(detail or kind)
        self.kind = kind
        self.detail = detail
        self.members = members

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _STATUSES[self.kind]

    @property
    def title(self) -> Word:
        """What happened, in both languages."""
        return _TITLES[self.kind]

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to the status."""
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {"Retry-After": "2"} if self.status in (503, 504) else {}

    def document(self) -> dict[str, Any]:
        """The problem document."""
        return {
            "type": f"urn:liangdeng:problem:{self.kind}",
            "title": f"{self.title.en} / {self.title.zh}",
            "status": self.status,
            **({"detail": self.detail} if self.detail else {}),
            **self.members,
        }
