"""What whoever was refused can do about it, for each reason."""

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
    "unknown_programme": Word(
        "请核对方案编号；方案须先发布，再办其他事。",
        "Check the programme's id; it must be published before anything else is done.",
    ),
    "unknown_item": Word(
        "请从事项页面进入，或核对事项编号；未随方案发布的，先分派事项。",
        "Start from the item's page, or check its id; one that was not published is assigned first.",
    ),
    "unknown_period": Word(
        "请从该事项的周期中选择：季度如 2024Q3，民生事项的月份如 2024-07。",
        "Choose one of the item's periods: a quarter like 2024Q3, for a livelihood item a month like 2024-07.",
    ),
    "unknown_unit": Word("请先增补单位，再移交。", "Add the unit to the programme first, then hand the item over."),
    "unknown_leader": Word("请先增补领导，再移交。", "Add the leader to the programme first, then hand the item over."),
    "plan_already_confirmed": Word(
        "请申请调整相应周期的节点，由分管领导决定。",
        "Ask for an adjustment of the period's node; the leader in charge decides on it.",
    ),
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
    "indicator_not_in_plan": Word(
        "请只填方案中已有的指标，名称一字不差；要加指标的，先申请调整节点。",
        "Report the indicators that the plan has, by their exact names; to add one, ask for an adjustment first.",
    ),
    "completed_without_evidence": Word(
        "请上传佐证材料后再报；材料未齐的，先报进行中。",
        "Add evidence and report again; until there is some, report it as in progress.",
    ),
    "period_not_open": Word(
        "请在该周期开始以后再报；各周期的起止日见事项页面。",
        "Report it once the period has begun; the item's page shows the days.",
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
    "item_withdrawn": Word(
        "该事项不再报送；对终止以前的灯和通知，仍可签收、申诉。",
        "Nothing more is submitted about it; earlier lights and notices can still be signed for and appealed against.",
    ),
    "idempotency_key_reused": Word(
        "内容有改动的，请换一个提交编号再报；只是重发的，内容须与第一次完全相同。",
        "Send what differs under another key; what is only sent again must be the same as at first.",
    ),
    "no_valid_inspection_plan": Word(
        "请先取得批准，在检查期限内检查，并只就检查日之前收到的报告认定。",
        "Have the plan approved, visit within its term, and judge a report that had come by the day of the visit.",
    ),
    "nothing_to_review": Word(
        "请待单位报送以后再认定；核对所选周期。",
        "Wait until the unit has reported, and check the period chosen.",
    ),
    "no_open_escalation": Word(
        "请核对灯色或通知：只有黄灯、红灯和在办的通知才可以。",
        "Check the light or the notice: it must be yellow or red, or open.",
    ),
    "appeal_already_open": Word("请等候前一申诉的决定。", "Wait for the decision on the appeal that is open."),
    "appeal_out_of_time": Word(
        "不能再申诉；仍可作单位说明，与灯色并列显示。",
        "It can no longer be appealed against; a reply can be given and is shown beside the light.",
    ),
    "decider_involved": Word(
        "请换一位没有参与过原处理的人员决定。",
        "Let somebody decide who took no part in what it is about.",
    ),
    "too_large": Word("请缩短后再报：说明至多500字。", "Shorten it: a reply has 500 characters at most."),
    "not_due": Word(
        "无须处理：到期后系统会自动再次告知。",
        "Nothing to do: it is announced again by itself when it is due.",
    ),
    "wrong_partition": Word(
        "请通过本系统的页面或接口重新提交，不要直接写入日志。",
        "Submit it again by the pages or the API; nothing else writes to the log.",
    ),
    "already_published": Word(
        "请另立编号或版本；日历只能增补提交日之后的日子。",
        "Use another id or version; a calendar is extended by days after today.",
    ),
}
"""By reason (rulebook: What is refused)."""
