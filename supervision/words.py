"""The words that people read for the codes of the contracts, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]


class Word(NamedTuple):
    """One meaning in both languages."""

    zh: str
    en: str


Words = Mapping[str, Word]


def say(words: Words, code: str, language: Language = "zh") -> str:
    """The word of a code in a language; a code without a word is shown as it is."""
    word = words.get(code)
    return code if word is None else word.zh if language == "zh" else word.en


NOTE: Final[Words] = {
    "simulated": Word("模拟数据", "simulated data"),
    "derived": Word("推导稿，非官方清单", "derived, not official"),
}

LIGHTS: Final[Words] = {
    "green": Word("绿灯", "green"),
    "yellow": Word("黄灯", "yellow"),
    "red": Word("红灯", "red"),
    "none": Word("待报", "awaiting"),
}

LEVELS: Final[Words] = {
    "reminder": Word("催报", "reminder"),
    "rectification": Word("督查整改通知书", "rectification notice"),
    "interview": Word("约谈", "interview"),
    "chief_interview": Word("主要领导约谈", "chief interview"),
    "blockage": Word("卡壳事项", "blockage"),
    "withdrawn": Word("撤销通知", "withdrawal of a notice"),
    "deadline": Word("期限变更", "changed deadline"),
    "extension": Word("延期整改答复", "answer about an extension"),
    "reply": Word("单位说明", "reply"),
}

ESCALATION_STATES: Final[Words] = {
    "proposed": Word("待确认", "proposed"),
    "open": Word("办理中", "open"),
    "reported": Word("已报告，待核查", "reported, awaiting review"),
    "not_done": Word("核查未完成", "reviewed as not done"),
    "overdue": Word("已逾期", "overdue"),
    "closed": Word("已办结", "closed"),
    "withdrawn": Word("已撤销", "withdrawn"),
}

CAUSES: Final[Words] = {
    "lag": Word("进展严重滞后", "severe lag"),
    "rectification_overdue": Word("整改逾期", "rectification overdue"),
    "rectification_not_done": Word("整改核查未完成", "rectification reviewed as not done"),
    "interview_lapsed": Word("约谈逾期未举行", "interview lapsed"),
}
"""Causes of escalations other than a period or a blockage's id, which are shown as they are."""

CLAIMS: Final[Words] = {
    "completed": Word("已完成", "completed"),
    "in_progress": Word("推进中", "in progress"),
    "blocked": Word("受阻", "blocked"),
}

FINDINGS: Final[Words] = {
    "unverified": Word("未核查", "unverified"),
    "confirmed": Word("核查属实", "confirmed"),
    "overturned": Word("核查推翻", "overturned"),
    "returned": Word("退回", "returned"),
    "approved": Word("同意", "approved"),
    "refused": Word("不同意", "refused"),
    "done": Word("整改到位", "done"),
    "not_done": Word("整改不到位", "not done"),
    "upheld": Word("申诉成立", "upheld"),
    "dismissed": Word("申诉不成立", "dismissed"),
}

SCHEDULE: Final[Words] = {
    "open": Word("报送期内", "open"),
    "in_time": Word("按时报送", "in time"),
    "late": Word("逾期报送", "late"),
    "missing": Word("未报送", "missing"),
    "void": Word("不适用", "void"),
}

MONTHS: Final[Words] = {
    "open": Word("待报", "awaiting"),
    "met": Word("按时达标", "in time, node met"),
    "unmet": Word("按时未达标", "in time, node not met"),
    "late": Word("逾期报送", "late"),
    "missing": Word("未报送", "missing"),
    "void": Word("不适用", "void"),
}

VERDICTS: Final[Words] = {
    "accepted": Word("已受理", "accepted"),
    "rejected": Word("不予受理", "rejected"),
    "repeated": Word("重复提交，已有裁定", "repeated, ruled on before"),
    "unreadable": Word("无法读取，原样留存", "unreadable, kept as it came"),
    "waiting": Word("尚未裁定", "not ruled yet"),
}

REMARKS: Final[Words] = {
    "late": Word("逾期报送", "late"),
    "claim_contradicts_measures": Word(
        "自报完成，但数据未达标或未填齐", "claimed complete, but the figures fall short"
    ),
}

CATEGORIES: Final[Words] = {
    "key_task": Word("重点跟踪任务", "key task"),
    "livelihood": Word("民生实事", "livelihood item"),
}

CLASSIFICATIONS: Final[Words] = {
    "public": Word("公开", "public"),
    "internal": Word("内部", "internal"),
}

ROLES: Final[Words] = {
    "unit": Word("承办单位", "unit"),
    "office": Word("区府办公室督查室", "supervision office"),
    "leader": Word("分管区领导", "leader in charge"),
    "chief": Word("区政府主要领导", "chief leader"),
    "auditor": Word("审计", "auditor"),
    "alarm": Word("到期提醒（系统）", "alarm (system)"),
    "public": Word("公众", "public"),
}

PRIVILEGED: Final[Words] = {
    "evidence": Word("佐证材料", "evidence"),
    "internal_item": Word("内部事项", "an internal item"),
    "inspection_plan": Word("成行前的检查计划", "an inspection plan before the visit"),
}
DEDUCTIONS: Final[Words] = {
    "yellow": Word("黄灯", "yellow light"),
    "red": Word("红灯", "red light"),
    "missing_report": Word("未报送", "missing report"),
    "lapsed_rectification": Word("整改逾期", "lapsed rectification"),
    "chief_interview": Word("主要领导约谈", "chief interview"),
}
"""What costs points in the annual evaluation."""

SAMPLE_WEIGHTS: Final = Word("样例分值，方案未规定计分办法", "sample weights: the scheme gives no formula")

SUBMISSIONS: Final[Words] = {
    "programme.published": Word("发布督查方案", "programme published"),
    "item.assigned": Word("下达督查事项", "item assigned"),
    "item.reassigned": Word("调整承办单位", "item reassigned"),
    "plan.submitted": Word("报送工作方案", "plan submitted"),
    "plan.decided": Word("审定工作方案", "plan decided"),
    "progress.reported": Word("报送进展", "progress reported"),
    "progress.reviewed": Word("核查进展", "progress reviewed"),
    "inspection.planned": Word("制定检查计划", "inspection planned"),
    "inspection.recorded": Word("记录实地检查", "inspection recorded"),
    "lag.declared": Word("认定进展严重滞后", "severe lag declared"),
    "blockage.raised": Word("上报卡壳事项", "blockage raised"),
    "blockage.answered": Word("答复卡壳事项", "blockage answered"),
    "adjustment.requested": Word("申请调整节点", "adjustment requested"),
    "adjustment.decided": Word("审定节点调整", "adjustment decided"),
    "withdrawal.requested": Word("申请退出考核", "withdrawal requested"),
    "withdrawal.decided": Word("审定退出考核", "withdrawal decided"),
    "rectification.reported": Word("报告整改", "rectification reported"),
    "rectification.reviewed": Word("核查整改", "rectification reviewed"),
    "interview.confirmed": Word("确认主要领导约谈", "chief interview confirmed"),
    "interview.held": Word("记录约谈", "interview held"),
    "notice.acknowledged": Word("签收通知", "notice acknowledged"),
    "appeal.lodged": Word("提出申诉", "appeal lodged"),
    "appeal.decided": Word("审定申诉", "appeal decided"),
    "policy.adopted": Word("启用政策版本", "policy adopted"),
    "bulletin.composed": Word("编制通报", "bulletin composed"),
    "bulletin.approved": Word("批准通报", "bulletin approved"),
    "deputy.named": Word("指定代理", "deputy named"),
    "deputy.ended": Word("终止代理", "deputy ended"),
    "item.corrected": Word("更正事项", "item corrected"),
    "programme.extended": Word("增补单位和领导", "programme extended"),
    "item.cancelled": Word("取消事项", "item cancelled"),
    "cancellation.approved": Word("批准取消", "cancellation approved"),
    "calendar.extended": Word("增补日历", "calendar extended"),
    "deadline.moved": Word("延期报送", "deadline moved"),
    "extension.requested": Word("申请延期整改", "extension requested"),
    "extension.decided": Word("审定延期整改", "extension decided"),
    "inspection.approved": Word("批准检查计划", "inspection approved"),
    "reply.given": Word("单位说明", "reply given"),
    "reply.published": Word("公布单位说明", "reply published"),
    "reply.withheld": Word("不公布单位说明", "reply withheld"),
    "deadline.passed": Word("期限届满", "deadline passed"),
}
"""Names of submissions by their short type."""

DELIVERIES: Final[Words] = {
    "waiting": Word("待发送", "to be sent"),
    "claimed": Word("发送中", "being sent"),
    "accepted": Word("已送达通道", "accepted"),
    "failed": Word("发送失败", "failed"),
    "unknown": Word("结果未知", "unknown"),
    "abandoned": Word("停止发送", "abandoned"),
    "redriven": Word("重新发送", "driven again"),
}

CHANNELS: Final[Words] = {
    "inbox": Word("站内信", "inbox"),
    "mail": Word("邮件", "mail"),
    "wecom": Word("企业微信", "WeCom"),
    "dingtalk": Word("钉钉", "DingTalk"),
    "feishu": Word("飞书", "Feishu"),
    "webhook": Word("网络回调", "webhook"),
}
