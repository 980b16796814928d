"""Query's problems: what each code means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exact.faults import Fault
from supervision.words import Word
from web.problem import EVERYWHERE, HttpProblem, ProblemKind

KINDS: Final[dict[str, ProblemKind]] = {
    **EVERYWHERE,
    "malformed": ProblemKind(400, Word("请求有误", "The request is malformed")),
    "sign-in-required": ProblemKind(401, Word("需要登录", "Sign in first")),
    "forbidden": ProblemKind(403, Word("无权进行此操作，或表单已失效", "Not yours to do, or the form is too old")),
    "changed-meanwhile": ProblemKind(409, Word("刚被他人修改，请重新打开", "Somebody else changed it: open it again")),
    "too-large": ProblemKind(413, Word("文件过大", "The file is too large")),
    "not-found": ProblemKind(404, Word("没有找到，或无权查看", "Not found, or not yours to see")),
    "not-reached-yet": ProblemKind(
        504, Word("尚未读到所等待的位置", "The position waited for is not in the read model yet")
    ),
    "unavailable": ProblemKind(503, Word("暂时无法查询", "The read model cannot be asked now")),
}
_HEADERS: Final = {401: {"WWW-Authenticate": 'Bearer realm="liangdeng"'}}


class QueryProblem(HttpProblem):
    """An answer that is an error; `en` and `zh` say more, `more` are further members of the document."""

    kinds = KINDS

    def __init__(self, code: str, en: str = "", *, zh: str = "", faults: Sequence[Fault] = (), **more: Any) -> None:
        super().__init__(code, zh, en, faults=faults, headers=_HEADERS.get(KINDS[code].status), more=more)


def malformed(name: str, zh: str, en: str) -> QueryProblem:
    """A parameter of the request is not what it must be."""
    return QueryProblem("malformed", faults=[Fault((name,), "malformed", zh, en)])
