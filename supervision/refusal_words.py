"""What people read for the reasons of a refusal, in Chinese and in English."""

from __future__ import annotations

from typing import Final

from supervision.words import Word, Words

REASONS: Final[Words] = {
    "wrong_jurisdiction": Word("不属于本地的督查方案", "the programme of another jurisdiction"),
    "not_lead_unit": Word("不是该事项的牵头承办单位", "not the item's lead unit"),
    "wrong_role": Word("该角色无权办理此事", "this role may not do this"),
    "not_signed": Word(
        "须由单位主要负责人报送，并写明经办人", "must be sent by the unit's head, naming who prepared it"
    ),
    "not_own_leader": Word("不是该事项的分管区领导", "not the item's own leader in charge"),
    "unknown_programme": Word("没有这个督查方案", "unknown programme"),
    "unknown_item": Word("没有这个督查事项", "unknown item"),
    "unknown_period": Word("该事项没有这个报送周期", "the item has no such period"),
    "unknown_unit": Word("方案中没有这个单位", "the programme has no such unit"),
    "unknown_leader": Word("方案中没有这位领导", "the programme has no such leader"),
    "plan_already_confirmed": Word("方案已确认，变更须走调整程序", "the plan is confirmed; ask for an adjustment"),
    "plan_incomplete": Word(
        "方案不完整：每个节点须有一句话，每个周期须有节点",
        "the plan is incomplete: a node lacks its sentence, or a period its node",
    ),
    "nothing_to_decide": Word("没有待决定的方案、申请或申诉", "no plan, request or appeal is waiting"),
    "superseded": Word("所指的已被后来的替代", "what is named was replaced by a later one"),
    "indicator_not_in_plan": Word("指标不在已确认的方案中", "the indicator is in no node of the plan"),
    "completed_without_evidence": Word("报完成须附佐证材料", "a completed claim needs evidence"),
    "period_not_open": Word("报送周期尚未开始", "the period has not opened yet"),
    "period_settled": Word("该周期已定灯，不能再调整", "the period is settled and cannot be adjusted"),
    "extension_too_long": Word("延期超出允许的次数或天数", "the extension is longer, or one more, than allowed"),
    "limit_passed": Word("整改期限已过", "the limit has passed"),
    "item_withdrawn": Word("该事项已退出年度考核", "the item was withdrawn from the assessment"),
    "idempotency_key_reused": Word("同一提交编号已用于不同内容", "the same key was used for another body"),
    "no_valid_inspection_plan": Word("没有经批准且在期限内的检查计划", "no approved inspection plan covers the visit"),
    "nothing_to_review": Word("没有可供核查的报告", "there is no report to review"),
    "no_open_escalation": Word("没有对应的在办督办事项", "there is no such open escalation"),
    "appeal_already_open": Word("同一事由的申诉尚未决定", "an appeal about the same is still open"),
    "appeal_out_of_time": Word("已超过申诉期限", "the time to appeal has passed"),
    "decider_involved": Word("决定人参与过原处理，应当回避", "the decider took part in what is appealed"),
    "too_large": Word("内容过大", "too large"),
    "not_due": Word("尚未到期", "not due yet"),
    "wrong_partition": Word("记录所在分区有误", "the record lies on the wrong partition"),
    "already_published": Word(
        "同一编号（版本）已发布，不得改动；请另立编号或版本",
        "published under this id and version, and never edited: use another one",
    ),
}
"""In the order in which several are given (rulebook: What is refused)."""
