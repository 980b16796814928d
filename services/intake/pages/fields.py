"""The table behind every form: which fields a type of submission asks for, and what its button says."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from supervision.words import CLAIMS, FINDINGS, LEVELS, Word, Words

Kind = Literal[
    "line",
    "text",
    "date",
    "flag",
    "choice",
    "period",
    "measures",
    "plan",
    "node",
    "evidence",
    "made_id",
    "pick",
    "people",
]


class Field(NamedTuple):
    """One field: the name of its datum, how it is asked for, and its label."""

    name: str
    kind: Kind
    label: Word
    choices: tuple[str, ...] = ()
    words: Words = MappingProxyType({})
    required: bool = True
    hint: Word | None = None


_PERIOD: Final = Field("period", "period", Word("报送周期", "Period"))
_REASON: Final = Field("reason", "text", Word("理由", "Reason"), required=False)
_EVIDENCE: Final = Field(
    "evidence",
    "evidence",
    Word("佐证材料", "Evidence files"),
    required=False,
    hint=Word("盖章扫描件、照片、台账等", "Scans, photographs, ledgers"),
)
_CONFIRM: Final = ("confirmed", "returned")
_APPROVE: Final = ("approved", "refused")


def _decision(*choices: str) -> Field:
    return Field("decision", "choice", Word("决定", "Decision"), choices, FINDINGS)


def _finding(*choices: str) -> Field:
    return Field("finding", "choice", Word("核查结论", "Finding"), choices, FINDINGS)


_CONFIRMING: Final = Field(
    "decision",
    "choice",
    Word("决定", "Decision"),
    _CONFIRM,
    {"confirmed": Word("确认", "confirm"), "returned": Word("退回", "return")},
)

FORMS: Final[dict[str, tuple[Field, ...]]] = {
    "plan.submitted": (Field("nodes", "plan", Word("节点目标", "Nodes")), _EVIDENCE),
    "plan.decided": (_CONFIRMING, _REASON),
    "progress.reported": (
        _PERIOD,
        Field("claim", "choice", Word("自报进展", "Claim"), ("completed", "in_progress", "blocked"), CLAIMS),
        Field("measures", "measures", Word("指标完成值", "Measured values"), required=False),
        Field("narrative", "text", Word("进展说明", "Narrative"), required=False),
        _EVIDENCE._replace(hint=Word("自报“已完成”须附佐证材料", "A completed claim needs evidence")),
    ),
    "progress.reviewed": (_PERIOD, _finding("confirmed", "overturned"), _REASON),
    "inspection.planned": (
        Field("plan", "made_id", Word("检查计划编号", "Plan number")),
        Field("from_on", "date", Word("起始日", "From")),
        Field("to_on", "date", Word("截止日（含）", "To, inclusive")),
        Field(
            "approved",
            "flag",
            Word("已经批准（四不两直，记录前对单位保密）", "Approved; hidden from the unit until recorded"),
        ),
        Field("scope", "text", Word("检查范围", "Scope"), required=False),
    ),
    "inspection.recorded": (
        Field("plan", "pick", Word("所依据的检查计划", "Under the plan")),
        Field("visited_on", "date", Word("检查日期", "Day of the visit")),
        _PERIOD,
        _finding("confirmed", "overturned"),
        _REASON,
        _EVIDENCE,
    ),
    "lag.declared": (_REASON._replace(required=True),),
    "blockage.raised": (
        Field("blockage", "made_id", Word("卡壳编号", "Blockage number")),
        Field("text", "text", Word("卡在哪里，需要区政府解决什么", "What blocks, and what is asked of the government")),
    ),
    "blockage.answered": (
        Field("blockage", "pick", Word("卡壳事项", "Blockage")),
        Field("text", "text", Word("答复", "Answer")),
    ),
    "adjustment.requested": (
        Field("adjustment", "made_id", Word("申请编号", "Request number")),
        _PERIOD,
        Field("node", "node", Word("调整后的节点目标", "The node after the adjustment")),
        _REASON._replace(required=True),
    ),
    "adjustment.decided": (Field("adjustment", "pick", Word("调整申请", "Request")), _decision(*_APPROVE), _REASON),
    "withdrawal.requested": (_REASON._replace(required=True),),
    "withdrawal.decided": (_decision(*_APPROVE), _REASON),
    "rectification.reported": (Field("text", "text", Word("整改情况", "What was done")), _EVIDENCE),
    "rectification.reviewed": (_finding("done", "not_done"), _REASON),
    "interview.confirmed": (_REASON,),
    "interview.held": (
        Field("level", "choice", Word("约谈层级", "Level"), ("interview", "chief_interview"), LEVELS),
        Field("held_on", "date", Word("约谈日期", "Day of the interview"), required=False),
        Field("minutes", "text", Word("约谈纪要", "Minutes")),
        _EVIDENCE,
    ),
    "notice.acknowledged": (Field("notice", "pick", Word("签收的通知", "Notice that was received")),),
    "appeal.lodged": (
        Field("appeal", "made_id", Word("申诉编号", "Appeal number")),
        Field("against", "pick", Word("对什么申诉", "Against")),
        Field("reason", "text", Word("事实和理由", "Facts and reasons")),
    ),
    "appeal.decided": (
        Field("appeal", "pick", Word("申诉", "Appeal")),
        _decision("upheld", "dismissed"),
        _REASON,
    ),
    "inspection.approved": (Field("plan", "pick", Word("检查计划", "Inspection plan")),),
    "extension.requested": (
        Field("extension", "made_id", Word("申请编号", "Request number")),
        Field("until_on", "date", Word("延至（含）", "Until, inclusive")),
        _REASON._replace(required=True),
    ),
    "extension.decided": (Field("extension", "pick", Word("延期申请", "Request")), _decision(*_APPROVE), _REASON),
    "reply.given": (
        Field("about", "pick", Word("就什么说明", "About")),
        Field("text", "text", Word("说明（至多500字）", "Reply (500 characters at most)")),
    ),
    "reply.published": (Field("of", "pick", Word("单位说明", "Reply")),),
    "reply.withheld": (Field("of", "pick", Word("单位说明", "Reply")), _REASON._replace(required=True)),
    "item.corrected": (
        Field("title", "line", Word("标题", "Title"), required=False),
        Field("source", "line", Word("出处", "Source"), required=False),
        _REASON._replace(required=True),
    ),
    "deadline.moved": (
        _PERIOD,
        Field("due_on", "date", Word("延至（含）", "Until, inclusive")),
        Field("ground", "text", Word("理由", "Ground")),
    ),
    "item.cancelled": (_REASON._replace(required=True),),
    "cancellation.approved": (),
    "item.reassigned": (
        Field("lead_unit", "people", Word("牵头承办单位", "Lead unit")),
        Field("cooperating", "people", Word("配合单位", "Cooperating units"), required=False),
        Field("leader", "people", Word("分管区领导", "Leader in charge")),
        _REASON._replace(required=True),
    ),
}

ACTIONS: Final[Words] = {
    "plan.submitted": Word("报送工作方案", "Submit the plan"),
    "plan.decided": Word("审定工作方案", "Decide on the plan"),
    "progress.reported": Word("报送进展", "Report progress"),
    "progress.reviewed": Word("核查进展", "Review a report"),
    "inspection.planned": Word("制定检查计划", "Plan an inspection"),
    "inspection.recorded": Word("记录实地检查", "Record an inspection"),
    "lag.declared": Word("认定进展严重滞后", "Declare severe lag"),
    "blockage.raised": Word("上报卡壳事项", "Raise a blockage"),
    "blockage.answered": Word("答复卡壳事项", "Answer a blockage"),
    "adjustment.requested": Word("申请调整节点", "Ask for an adjustment"),
    "adjustment.decided": Word("审定节点调整", "Decide on an adjustment"),
    "withdrawal.requested": Word("申请退出考核", "Ask to withdraw"),
    "withdrawal.decided": Word("审定退出考核", "Decide on the withdrawal"),
    "rectification.reported": Word("报告整改", "Report the rectification"),
    "rectification.reviewed": Word("核查整改", "Review the rectification"),
    "interview.confirmed": Word("确认主要领导约谈", "Confirm the chief interview"),
    "interview.held": Word("记录约谈", "Record an interview"),
    "notice.acknowledged": Word("签收通知", "Sign for a notice"),
    "appeal.lodged": Word("提出申诉", "Lodge an appeal"),
    "appeal.decided": Word("审定申诉", "Decide an appeal"),
    "inspection.approved": Word("批准检查计划", "Approve an inspection plan"),
    "extension.requested": Word("申请延期整改", "Ask for a later limit"),
    "extension.decided": Word("审定延期整改", "Decide on a later limit"),
    "reply.given": Word("单位说明", "Reply"),
    "reply.published": Word("公布单位说明", "Publish a reply"),
    "reply.withheld": Word("不公布单位说明", "Withhold a reply"),
    "item.corrected": Word("更正事项", "Correct the item"),
    "deadline.moved": Word("延期报送", "Move a report's deadline"),
    "item.cancelled": Word("取消事项", "Cancel the item"),
    "cancellation.approved": Word("批准取消", "Approve the cancellation"),
    "item.reassigned": Word("调整承办单位", "Reassign the item"),
}
"""What the buttons say and the forms are called; every form has one."""

_WAITS_FOR_LEADER: Final = Word("等待分管区领导审定。", "It waits for the leader in charge.")
FOLLOWS: Final[Words] = {
    "plan.submitted": _WAITS_FOR_LEADER,
    "adjustment.requested": _WAITS_FOR_LEADER,
    "extension.requested": _WAITS_FOR_LEADER,
    "withdrawal.requested": Word("等待区政府主要领导审定。", "It waits for the chief leader."),
    "progress.reported": Word("督查室可能核查。", "The office may review it."),
    "rectification.reported": Word("等待督查室核查。", "It waits for the office's review."),
    "blockage.raised": Word("等待区政府答复。", "It waits for the government's answer."),
    "notice.acknowledged": Word("申诉期限从现在起算。", "The time to appeal runs from now."),
    "appeal.lodged": Word(
        "等待决定；期间灯色和通知不变。", "It waits for its decision; light and notice stand meanwhile."
    ),
    "reply.given": Word("由督查室决定是否公布。", "The office decides whether the public reads it."),
}
"""What comes next once it is accepted, where something does."""
