"""Errors as RFC 9457 problem documents, in Chinese and English, naming every field and rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.responses import Response

from exact.faults import Fault
from supervision.words import REASONS, Word

MEDIA_TYPE: Final = "application/problem+json"
_TITLES: Final[dict[str, tuple[int, Word]]] = {
    "invalid": (422, Word("提交内容不符合要求", "The submission is not valid")),
    "malformed": (400, Word("提交内容无法读取", "The request cannot be read")),
    "key_required": (400, Word("缺少 Idempotency-Key 或格式不对", "Idempotency-Key is missing or malformed")),
    "unauthenticated": (401, Word("请先登录", "Sign in first")),
    "forbidden": (403, Word("无权办理", "Not allowed")),
    "form_expired": (403, Word("表单已失效，请重新打开后提交", "The form is no longer valid; open it again")),
    "clock_not_allowed": (403, Word("模拟时钟只能用于模拟数据", "A driven clock serves simulated programmes only")),
    "not_found": (404, Word("没有这个地址或对象", "Not found")),
    "method": (405, Word("不支持的方法", "Method not allowed")),
    "exists": (409, Word("该督查方案已经发布", "The programme was already published")),
    "too_large": (413, Word("内容过大", "Too large")),
    "media_type": (415, Word("不支持的内容类型", "Unsupported content type")),
    "digest_mismatch": (422, Word("文件内容与 SHA-256 不符", "The file does not have this SHA-256")),
    "aborted": (400, Word("上传中断", "The upload broke off")),
    "internal": (500, Word("系统内部错误", "Internal error")),
    "not_ready": (503, Word("正在准备，请稍后再试", "Not ready yet; try again")),
    "unknown_outcome": (
        503,
        Word("暂时无法确认是否已收到，请用同一 Idempotency-Key 重试", "Outcome unknown; ask again with the same key"),
    ),
    "partly_published": (
        503,
        Word("方案只发布了一部分，请用同一 Idempotency-Key 重新发送", "Published in part; send it again, same key"),
    ),
}


@dataclass
class Problem(Exception):
    """A refusal; `code` is one of the titles above, `faults` and `more` are told beside it."""

    code: str
    zh: str = ""
    en: str = ""
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _TITLES[self.code][0]

    @property
    def title(self) -> Word:
        """What it is called."""
        return _TITLES[self.code][1]

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 wants it; `errors` lists every fault."""
        made: dict[str, Any] = {
            "type": f"urn:liangdeng:problem:{self.code}",
            "title": self.title.zh,
            "title_en": self.title.en,
            "status": self.status,
            **self.more,
        }
        if self.zh or self.en:
            made |= {"detail": self.zh or self.en, "detail_en": self.en or self.zh}
        if self.faults:
            made["errors"] = [_error(fault) for fault in self.faults]
        return made

    def response(self) -> Response:
        """The problem as an answer."""
        return Response(orjson.dumps(self.document()), self.status, headers=dict(self.headers), media_type=MEDIA_TYPE)


def invalid(*faults: Fault) -> Problem:
    """Well-formed, but these fields break rules."""
    return Problem("invalid", faults=faults)


def forbidden(reason: str) -> Problem:
    """Refused for a reason of the rulebook's list (rulebook: What is refused)."""
    return Problem("forbidden", *REASONS[reason], more={"reason": reason})


def _error(fault: Fault) -> dict[str, Any]:
    made: dict[str, Any] = {
        "pointer": f"#{fault.pointer}",
        "field": fault.field,
        "rule": fault.rule,
        "message": fault.zh,
        "message_en": fault.en,
    }
    return made if fault.line is None else {**made, "line": fault.line}
