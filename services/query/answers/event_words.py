"""The words for events of rulings, each with what stands in them in braces; `event_sentences` fills them in."""

from __future__ import annotations

from typing import Final

from supervision.words import Word, Words

EVENTS: Final[Words] = {
    "programme.opened": Word("督查方案发布：{title}", "Programme published: {title}"),
    "item.opened": Word("列入督查事项：{title}", "Item under supervision: {title}"),
    "item.transferred": Word("事项移交：牵头单位 {lead_unit}", "Handed over: lead unit {lead_unit}"),
    "withdrawal.filed": Word("申请退出年度考核，待主要领导审定", "Withdrawal from the assessment requested"),
    "withdrawal.refused": Word("主要领导不同意退出考核", "The chief leader refused the withdrawal"),
    "item.withdrawn": Word("退出年度考核，此后不再亮灯", "Withdrawn from the assessment; no light from here on"),
    "policy.changed": Word("启用新的政策版本", "Another policy version holds"),
    "plan.received": Word("收到工作方案，待分管区领导审定", "Plan received, waiting for the leader in charge"),
    "plan.returned": Word("工作方案被退回", "The plan was returned"),
    "plan.adopted": Word("工作方案确认，节点目标生效", "The plan was confirmed; its nodes hold"),
    "plan.missed": Word("方案报送期限已过，未收到方案", "The plans' deadline passed without a plan"),
    "adjustment.filed": Word("申请调整{period}节点，待审定", "Adjustment of {period} requested"),
    "adjustment.approved": Word("节点调整获准，随方案生效", "Adjustment approved; it takes effect with the plan"),
    "adjustment.refused": Word("节点调整未获同意", "The adjustment was refused"),
    "node.adjusted": Word("{period}节点目标已调整", "The node of {period} was adjusted"),
    "progress.recorded": Word("{period}进展入档：{claim}", "Report for {period}: {claim}"),
    "inspection.authorized": Word("检查计划在案", "An inspection plan is on record"),
    "verification.recorded": Word("{period}报告：{finding}", "Report for {period}: {finding}"),
    "lag.recorded": Word("认定进展严重滞后", "Severe lag was declared"),
    "light.changed": Word("{period}：{from}转{to}", "{period}: {from} to {to}"),
    "light.settled": Word("{period}定灯：{light}", "{period} settled: {light}"),
    "month.settled": Word("{month}：{status}", "{month}: {status}"),
    "reminder.due": Word("催报：{about}，期限{due}", "Reminder: {about}, due {due}"),
    "escalation.raised": Word("发起{level}：{cause}{until}", "{level} raised: {cause}{until}"),
    "escalation.joined": Word("并入{level}：{cause}", "Joined the {level}: {cause}"),
    "escalation.confirmed": Word("{level}经确认{until}", "{level} confirmed{until}"),
    "escalation.reported": Word("已报告整改", "Rectification reported"),
    "escalation.reviewed": Word("整改核查：{finding}", "Rectification reviewed: {finding}"),
    "escalation.overdue": Word("{level}逾期", "{level} overdue"),
    "escalation.reduced": Word("{level}撤去一项事由：{cause}", "A cause was taken from the {level}: {cause}"),
    "escalation.closed": Word("{level}办结", "{level} closed"),
    "escalation.withdrawn": Word("{level}撤销", "{level} withdrawn"),
    "blockage.resolved": Word("卡壳事项已答复", "The blockage was answered"),
    "notice.signed": Word("{level}已签收", "{level} signed for"),
    "appeal.opened": Word("提出申诉，{due}前答复", "Appeal lodged, to be decided by {due}"),
    "appeal.closed": Word("申诉审定：{decision}", "Appeal decided: {decision}"),
    "appeal.overdue": Word("申诉逾期未决", "The appeal was not decided in time"),
    "bulletin.filed": Word("通报待批", "A bulletin waits for approval"),
    "bulletin.published": Word("通报已发布", "Bulletin published"),
    "programme.enlarged": Word("方案增补：{joined}", "Joined the programme: {joined}"),
    "item.revised": Word("更正：{revised}", "Corrected: {revised}"),
    "item.cancelled": Word(
        "事项系误发，已取消，此后不再亮灯", "Published by mistake and cancelled; no light from here on"
    ),
    "cancellation.filed": Word("取消事项，待主要领导批准", "Cancellation waits for the chief leader"),
    "deputy.appointed": Word(
        "{from_on}至{until_on}（含），{principal}由{deputy}代理",
        "{deputy} stands in for {principal} from {from_on} to {until_on}, both included",
    ),
    "deputy.released": Word("{deputy}不再代理{principal}", "{deputy} no longer stands in for {principal}"),
    "calendar.revised": Word("日历已增补至{ends_on}{dates}", "The calendar now reaches {ends_on}{dates}"),
    "deadline.shifted": Word(
        "{period}报送期限由{before}延至{due}", "The report on {period}, due {before}, is due {due} now"
    ),
    "inspection.endorsed": Word("检查计划经主要领导批准", "The chief leader approved the inspection plan"),
    "escalation.unreported": Word(
        "所报被推翻，不再算作整改报告", "The report was overturned and no longer counts as the rectification's"
    ),
    "escalation.relieved": Word(
        "{level}已于{held_on}在期限内举行，逾期标记收回", "{level} was held in time, on {held_on}: not overdue any more"
    ),
    "extension.filed": Word(
        "申请把整改期限延至{until_on}，待审定", "Extension of the limit until {until_on} requested"
    ),
    "extension.refused": Word("延期整改未获同意", "The extension was refused"),
    "limit.extended": Word("同意延期整改：期限由{before}延至{due}", "Extension granted: due {due}, not {before}"),
    "limit.moved": Word(
        "{level}期限按增补的日历由{before}改为{due}", "{level}: due {due}, not {before}, by the calendar that has grown"
    ),
    "reply.recorded": Word("{unit}就{topic}作出说明", "{unit} replied about {topic}"),
    "reply.released": Word("单位说明已公布", "The reply was published"),
    "reply.retained": Word("单位说明不公布：{reason}", "The reply is withheld: {reason}"),
}

REVISED: Final[Words] = {
    "title": Word("标题", "title"),
    "source": Word("出处", "source"),
    "classification": Word("转为内部", "now internal"),
    "cooperating": Word("配合单位", "cooperating units"),
    "annual_targets": Word("年度指标", "annual targets"),
}
"""What a correction can be about, by the field of its event."""
