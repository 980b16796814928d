"""What whoever was refused can do about it, for the reasons where that does not go without saying."""

from __future__ import annotations

from typing import Final

from supervision.words import Word, Words

ADVICE: Final[Words] = {
    "wrong_jurisdiction": Word(
        "请到本地的方案中办理；确属贵地的，请管理员核对登录身份所属的地区。",
        "Submit it in a programme of your own jurisdiction, or have your account's jurisdiction checked.",
    ),
    "not_lead_unit": Word(
        "请由现在的牵头单位报送；事项已移交的，只有移交前的灯和通知可由原单位申诉、说明。",
        "The unit that leads now submits it; a former one may appeal and reply about what was before the handover.",
    ),
    "wrong_role": Word(
        "请由有权的角色办理，见权限表。", "Leave it to a role that may do this; see the table of rights."
    ),
    "not_signed": Word(
        "请单位主要负责人登录后报送，并填写经办人编号。",
        "Let the unit's head sign in and send it, naming who prepared it.",
    ),
    "not_own_leader": Word(
        "请由该事项的分管领导办理；代理的，须先有指定，并在代理的起止日之内。",
        "The item's own leader does this; a deputy only on the days for which one was named.",
    ),
    "unknown_unit": Word("请先增补单位，再移交。", "Add the unit to the programme first, then hand the item over."),
    "unknown_leader": Word("请先增补领导，再移交。", "Add the leader to the programme first, then hand the item over."),
    "plan_incomplete": Word(
        "请为每个未定灯的周期各填一句节点目标，再次报送。",
        "Give every period that is not settled a node with a sentence, and submit the plan again.",
    ),
    "nothing_to_decide": Word(
        "请刷新页面，查看是否已办、已终止或尚未提出。",
        "Look at the page again: it was decided, has ended, or was never asked for.",
    ),
    "superseded": Word(
        "请打开最新的一份再办；已办的这次没有后果。",
        "Open the latest one and decide on that; nothing followed from this one.",
    ),
    "period_settled": Word(
        "期限已过，不能再改；对灯有异议的可以申诉。", "It has passed and stays; a light can be appealed against."
    ),
    "extension_too_long": Word(
        "请改为更早、且晚于原期限的日期；次数已用完的，请按原期限办理。",
        "Choose an earlier day after the old limit; where none is left, the old limit holds.",
    ),
    "limit_passed": Word(
        "期限已过，不能再延期；请尽快报告整改。", "The limit has passed and is not extended; report the rectification."
    ),
    "no_valid_inspection_plan": Word(
        "请先取得批准，在检查期限内检查，并只就检查日之前收到的报告认定。",
        "Have the plan approved, visit within its term, and judge a report that had come by the day of the visit.",
    ),
    "no_open_escalation": Word(
        "请核对灯色或通知：只有黄灯、红灯和在办的通知才可以。",
        "Check the light or the notice: it must be yellow or red, or open.",
    ),
    "appeal_already_open": Word("请等候前一申诉的决定。", "Wait for the decision on the appeal that is open."),
    "too_large": Word("请缩短后再报：说明至多500字。", "Shorten it: a reply has 500 characters at most."),
    "already_published": Word(
        "请另立编号或版本；日历只能增补提交日之后的日子。",
        "Use another id or version; a calendar is extended by days after today.",
    ),
}
"""By reason (rulebook: What is refused)."""
