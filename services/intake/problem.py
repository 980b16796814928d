"""Intake's problems: what each code means, and what becomes of a refusal."""

from __future__ import annotations

from typing import Final

from eventlog.remainder import AN_HOUR, Remainder
from exact.faults import Fault
from services.intake.who.permission import Unknown
from supervision import right
from supervision.refusal_words import REASONS
from supervision.words import Word
from web.identity import Unauthenticated
from web.problem import EVERYWHERE, HttpProblem, ProblemKind
from web.rights import RightDenied

_LONGEST_SECONDS: Final = 600
"""How long somebody is asked to wait at most, however much is left to be read."""
KINDS: Final[dict[str, ProblemKind]] = {
    **EVERYWHERE,
    "invalid": ProblemKind(422, Word("提交内容不符合要求", "The submission is not valid")),
    "malformed": ProblemKind(400, Word("提交内容无法读取", "The request cannot be read")),
    "key_required": ProblemKind(
        400, Word("缺少 Idempotency-Key 或格式不对", "Idempotency-Key is missing or malformed")
    ),
    "unauthenticated": ProblemKind(401, Word("请先登录", "Sign in first")),
    "forbidden": ProblemKind(403, Word("无权办理", "Not allowed")),
    "form_expired": ProblemKind(
        403, Word("表单已失效，请重新打开后提交", "The form is no longer valid; open it again")
    ),
    "clock_not_allowed": ProblemKind(
        403, Word("模拟时钟只能用于模拟数据", "A driven clock serves simulated programmes only")
    ),
    "not_found": ProblemKind(404, Word("没有这个地址或对象", "Not found")),
    "exists": ProblemKind(409, Word("该督查方案已经发布", "The programme was already published")),
    "draft_exists": ProblemKind(409, Word("该年度已有草稿", "There is a draft of this programme already")),
    "draft_changed": ProblemKind(
        409, Word("草稿已被他人修改或已发布，请重新打开", "The draft was changed meanwhile; open it again")
    ),
    "key_reused": ProblemKind(
        409, Word("该 Idempotency-Key 已用于不同内容", "This Idempotency-Key was used for another body")
    ),
    "too_large": ProblemKind(413, Word("内容过大", "Too large")),
    "media_type": ProblemKind(415, Word("不支持的内容类型", "Unsupported content type")),
    "digest_mismatch": ProblemKind(422, Word("文件内容与 SHA-256 不符", "The file does not have this SHA-256")),
    "evidence_type": ProblemKind(422, Word("不接受此类文件", "This kind of file is not taken")),
    "evidence_infected": ProblemKind(422, Word("文件含有病毒，已拒收", "The file has a virus and was not taken")),
    "no_preview": ProblemKind(
        422, Word("该文件无法预览，请下载后查看", "No preview of this file; download it to look at it")
    ),
    "no_space": ProblemKind(507, Word("存储空间不足，文件未保存", "No room is left; the file was not kept")),
    "store_unavailable": ProblemKind(
        503, Word("佐证存储暂不可用，请稍后再试", "The store of evidence is away; try again")
    ),
    "scanner_unavailable": ProblemKind(
        503,
        Word(
            "病毒扫描暂不可用，文件未保存，请稍后再试", "Files cannot be scanned right now; it was not kept, try again"
        ),
    ),
    "previews_busy": ProblemKind(503, Word("预览正忙，请稍后再试", "Too many previews at once; try again")),
    "aborted": ProblemKind(400, Word("上传中断", "The upload broke off")),
    "quota": ProblemKind(429, Word("今日配额已用完", "Today's quota is used up")),
    "sessions_unavailable": ProblemKind(
        503, Word("暂时无法确认您的登录，请稍后再试", "Your sign-in cannot be checked right now; try again")
    ),
    "not_recorded": ProblemKind(
        503, Word("暂时无法登记这次读取，请稍后再试", "This read cannot be recorded right now; try again")
    ),
    "not_head": ProblemKind(403, Word("须由单位主要负责人签发", "The unit's head signs this")),
    "prepared_changed": ProblemKind(
        409, Word("已被签发、退回或收回", "It was signed, returned or taken back meanwhile")
    ),
    "too_many_prepared": ProblemKind(
        409, Word("待签的已太多，请先签发或收回", "Too many wait; sign or take back first")
    ),
    "prepared_unavailable": ProblemKind(
        503,
        Word("拟稿和待签暂不可用，可以直接报送", "What is prepared is away right now; filing goes on"),
    ),
    "drafts_unavailable": ProblemKind(503, Word("草稿暂不可用，请稍后再试", "Drafts are away right now; try again")),
    "not_ready": ProblemKind(503, Word("正在准备，请稍后再试", "Not ready yet; try again")),
    "unknown_outcome": ProblemKind(
        503,
        Word("暂时无法确认是否已收到，请用同一 Idempotency-Key 重试", "Outcome unknown; ask again with the same key"),
    ),
    "partly_published": ProblemKind(
        503, Word("方案只发布了一部分，请用同一 Idempotency-Key 重新发送", "Published in part; send it again, same key")
    ),
}


class IntakeProblem(HttpProblem):
    """A refusal."""

    kinds = KINDS


def invalid(*faults: Fault) -> IntakeProblem:
    """Well-formed, but these fields break rules."""
    return IntakeProblem("invalid", faults=faults)


def not_caught_up(left: Remainder | None, why: str, retry_after: int) -> IntakeProblem:
    """Nothing is taken in before the log was read; says for how long that takes, and asks to come back then."""
    if left is None or left.seconds is None:
        return IntakeProblem("not_ready", "", why, headers={"Retry-After": str(retry_after)})
    later = min(max(retry_after, left.seconds), _LONGEST_SECONDS)
    told = f"约需{left.seconds}秒" if left.seconds < AN_HOUR else "需一小时以上"
    zh = f"正在读取已有记录，还剩{left.records}条，{told}"
    return IntakeProblem("not_ready", zh, why, headers={"Retry-After": str(later)})


def unauthenticated(error: Unauthenticated) -> IntakeProblem:
    """There is no token, or it proves nothing."""
    return IntakeProblem(
        "unauthenticated", error.zh, str(error), headers={"WWW-Authenticate": 'Bearer realm="liangdeng"'}
    )


def denied(error: RightDenied) -> IntakeProblem:
    """What the table of rights forbids is refused with its reason; what it hides is answered as if it did not exist."""
    reason = error.said.reason
    if reason == "sign_in":
        return unauthenticated(Unauthenticated("nobody is signed in"))
    if reason is not None:
        return IntakeProblem("forbidden", *right.REASONS[reason], more={"reason": reason})
    if isinstance(error, Unknown):
        missing = "unknown_item" if error.programme else "unknown_programme"
        return IntakeProblem("not_found", *REASONS[missing], more={"reason": missing})
    return IntakeProblem("not_found")
