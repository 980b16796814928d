"""Who may do what: every operation of intake, query and notify, declared once; nothing else decides (rulebook: Who).

docs/rights.md shows the table. Rating checks what people submit once more, by rights of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from contracts.values import Classification
from supervision.right import (
    ALLOWED,
    CLASSIFICATIONS,
    DEPUTIES,
    HIDDEN,
    Answer,
    Asker,
    Cell,
    Operation,
    Relation,
    Scope,
)
from supervision.words import SUBMISSIONS, Word

_PEOPLE: Final[tuple[Asker, ...]] = ("unit", "leader", "office", "chief", "auditor")
_EVERYBODY: Final[tuple[Asker, ...]] = ("public", *_PEOPLE)
_SUPERVISING: Final[tuple[Asker, ...]] = ("office", "chief", "auditor")
_OWN: Final[tuple[Relation, ...]] = ("lead", "cooperating", "own_leader", "party", "other")


def _cells(
    askers: Iterable[Asker],
    ties: Iterable[Relation] = _OWN,
    classifications: Iterable[Classification] = CLASSIFICATIONS,
) -> frozenset[Cell]:
    return frozenset((one, tie, how) for one in askers for tie in ties for how in classifications)


_LEAD: Final = _cells(("unit",), ("lead",))
_OWN_LEADER: Final = _cells(("leader",), ("own_leader",))
_OFFICE: Final = _cells(("office",))
_CHIEF: Final = _cells(("chief",))
_PUBLISHED: Final = _cells(_EVERYBODY, classifications=("public",))
"""Public items: published things are everybody's to see."""
_UNVISITED: Final = _cells(_SUPERVISING) | _OWN_LEADER
"""What even the units must not know of before the visit (四不两直)."""
_FULL: Final = _UNVISITED | _cells(("unit",), ("lead", "cooperating"))
"""A whole item: for those who supervise all of them, its own leader, and the units that work on it."""
_PARTY: Final = _cells(("unit", "leader", "office", "chief"), ("party",))
"""What one sent, or was sent, stays one's own to read."""

_ABOUT_ITEMS: Final[Mapping[str, frozenset[Cell]]] = {
    "item.reassigned": _OFFICE,
    "plan.submitted": _LEAD,
    "plan.decided": _OWN_LEADER,
    "progress.reported": _LEAD,
    "progress.reviewed": _OFFICE,
    "inspection.planned": _OFFICE,
    "inspection.approved": _CHIEF,
    "inspection.recorded": _OFFICE,
    "lag.declared": _OFFICE,
    "blockage.raised": _LEAD,
    "blockage.answered": _OFFICE,
    "adjustment.requested": _LEAD,
    "adjustment.decided": _OWN_LEADER,
    "withdrawal.requested": _LEAD,
    "withdrawal.decided": _CHIEF,
    "rectification.reported": _LEAD,
    "rectification.reviewed": _OFFICE,
    "interview.confirmed": _OFFICE,
    "interview.held": _OFFICE | _OWN_LEADER | _CHIEF,
    "notice.acknowledged": _LEAD,
    "appeal.lodged": _LEAD,
    "appeal.decided": _OFFICE,
    "extension.requested": _LEAD,
    "extension.decided": _OWN_LEADER,
    "reply.given": _LEAD,
    "reply.published": _OFFICE,
    "reply.withheld": _OFFICE,
    "item.corrected": _OFFICE,
    "deadline.moved": _OFFICE,
    "item.cancelled": _OFFICE,
    "cancellation.approved": _CHIEF,
}
"""What may be submitted about an item. Not here: what only a publication writes, and `deadline.passed`, which only
rating's alarm writes and nobody may send."""
_ABOUT_PROGRAMMES: Final[Mapping[str, frozenset[Cell]]] = {"bulletin.composed": _OFFICE, "bulletin.approved": _CHIEF}


def _op(name: str, zh: str, en: str, scope: Scope, cells: frozenset[Cell]) -> Operation:
    return Operation(name=name, word=Word(zh, en), scope=scope, cells=cells)


def _act(name: str, word: Word, scope: Scope, cells: frozenset[Cell]) -> Operation:
    return Operation(name=name, word=word, scope=scope, cells=cells, told=True)


def _open(name: str, zh: str, en: str) -> Operation:
    return Operation(name=name, word=Word(zh, en), scope="installation", open=True)


def _joined(*cells: frozenset[Cell]) -> frozenset[Cell]:
    return frozenset().union(*cells)


_TABLE: Final = (
    # Submitting (intake). Which type it is stands in a body or an address: `submission.send` is looked at before that.
    _act("submission.send", Word("就事项提交", "submit about an item"), "item", _joined(*_ABOUT_ITEMS.values())),
    *(_act(f"submit.{name}", SUBMISSIONS[name], "item", cells) for name, cells in _ABOUT_ITEMS.items()),
    _op(
        "programme_submission.send",
        "就方案提交",
        "submit about a programme",
        "programme",
        _joined(*_ABOUT_PROGRAMMES.values()),
    ),
    *(_op(f"submit.{name}", *SUBMISSIONS[name], "programme", cells) for name, cells in _ABOUT_PROGRAMMES.items()),
    _act("programme.publish", Word("发布督查方案", "publish a programme"), "programme", _OFFICE),
    _op("draft.manage", "办理方案草稿", "work on drafts of programmes", "programme", _OFFICE),
    _op("policy.adopt", "启用政策版本", "adopt a policy", "programme", _OFFICE),
    _op("programme.extend", "增补单位和领导", "add units and leaders", "programme", _OFFICE),
    _op("calendar.extend", "增补日历", "extend the calendar", "programme", _OFFICE),
    _op("item.assign", "增加事项", "add an item", "programme", _OFFICE),
    _op("deputy.name", "指定代理", "name a deputy", "programme", _cells(("office", "leader", "chief"))),
    _op("deputy.end", "终止代理", "end a deputy's naming", "programme", _cells(("office", "leader", "chief"))),
    _act("submission.prepare", Word("拟稿待签", "prepare something to be signed"), "item", _LEAD),
    _op(
        "submission.sign",
        "待签清单与签发",
        "what waits for a signature, and signing it",
        "installation",
        _cells(("unit",)),
    ),
    _op("receipt.read", "收件回执", "a receipt", "record", _FULL | _PARTY),
    _op("my_items.list", "我的事项", "my items", "installation", _cells(_PEOPLE)),
    _op("decisions.send", "一并审定", "decide several at once", "installation", _cells(("leader", "chief", "office"))),
    _op("tables.fill", "用表格填报", "fill in by table", "installation", _cells(("unit",))),
    # Evidence (intake)
    _op("evidence.upload", "上传佐证", "upload evidence", "installation", _cells(_PEOPLE[:-1])),
    _op("evidence.ask", "查询佐证是否已传", "ask whether evidence was uploaded", "record", _FULL | _PARTY),
    _op("evidence.read", "打开佐证", "open evidence", "record", _FULL | _PARTY),
    # Programmes, lights, items (query)
    _op("programme.list", "方案列表", "list of programmes", "installation", _cells(_EVERYBODY)),
    _op("programme.read", "查看方案", "see a programme", "programme", _cells(_EVERYBODY)),
    _op("lights.read", "亮灯图", "lights of a programme", "programme", _cells(_EVERYBODY)),
    _op("unit.read", "单位页", "page of a unit", "programme", _cells(_EVERYBODY)),
    _op("item.list", "事项列表", "list of items", "programme", _cells(_EVERYBODY)),
    _op("item.read", "事项：公布部分", "an item, what was published", "item", _PUBLISHED | _FULL),
    _op("item.read_full", "事项：全部内容", "an item, the whole of it", "item", _FULL),
    _op("timeline.read", "时间线：公布部分", "timeline, what was published", "item", _PUBLISHED | _FULL),
    _op("findings.see", "核查认定", "findings of reviews and visits", "item", _FULL),
    _op("appeals.see", "申诉的理由与当事人", "grounds and parties of appeals", "item", _FULL),
    _op("inspection_plans.see", "未成行的检查计划", "inspection plans not visited yet", "item", _UNVISITED),
    _op("escalations.see", "事项的督办", "escalations of an item", "item", _FULL),
    _op("waiting.see", "待裁定的提交", "submissions that wait for a ruling", "item", _FULL),
    _op("escalations.list", "督办清单", "list of escalations", "programme", _cells(_PEOPLE)),
    _op("evaluation.list", "年度考核", "annual evaluation", "programme", _cells(_PEOPLE)),
    _op(
        "evaluation.read",
        "考核计分表",
        "evaluation sheet of a unit",
        "sheet",
        _cells(("unit",), ("lead",)) | _cells(("leader", *_SUPERVISING)),
    ),
    _op("submission.read", "提交与裁定", "a submission and its ruling", "record", _FULL | _PARTY),
    # Notices (query)
    _op("notices.list", "通知清单", "list of notices", "programme", _cells(_PEOPLE)),
    _op("notice.read", "查看通知", "a notice", "record", _FULL | _PARTY),
    _op("inbox.read", "收件箱", "inbox", "installation", _cells(("unit", "leader", "office", "chief"))),
    # Positions on the log (query): whoever can count records can count what is hidden from them
    _op("progress.read", "查询进度", "how far query has read", "installation", _cells(_EVERYBODY)),
    _op("changes.follow", "变化推送", "pushed changes", "installation", _cells(_EVERYBODY)),
    _op("positions.see", "日志位置明文", "plain positions on the log", "installation", _cells(_SUPERVISING)),
    _op(
        "desk.read",
        "工作台",
        "desk: what waits for one's decision",
        "installation",
        _cells(("leader", "office", "chief")),
    ),
    _op("privileged_reads.list", "敏感读取记录", "privileged reads", "installation", _cells(("auditor",))),
    # People of a jurisdiction (query)
    _op("people.list", "人员名册", "list of people", "programme", _cells(("office", "auditor"))),
    _op("people.add", "添加人员", "add a person", "programme", _OFFICE),
    _op("people.change", "修改人员", "change a person", "programme", _OFFICE),
    _op("people.disable", "停用人员", "disable a person", "programme", _OFFICE),
    _op("people.reset", "重置登录", "reset somebody's sign-in", "programme", _OFFICE),
    _op("people.hand_over", "移交工作", "hand somebody's work over", "programme", _OFFICE),
    _op("people.import", "导入名单", "import a list of people", "programme", _OFFICE),
    _op(
        "units.add",
        "增补目录中的单位和领导",
        "add to the units and leaders of the directory",
        "programme",
        _OFFICE,
    ),
    # Doors that ask nobody who they are
    _open("home", "首页跳转", "to the first page"),
    _open("assets.read", "样式与图标", "style sheets and icons"),
    _open("sign_in.begin", "登录", "sign in"),
    _open("sign_in.return", "登录返回", "come back from the provider"),
    _open("sign_in.end_by_provider", "由登录系统退出", "signed out by the provider"),
    _open("sign_out", "退出登录", "sign out"),
    _open("receipt_keys.read", "回执验签公钥", "public keys of receipts"),
    _open("api.describe", "接口说明", "description of the API"),
    # The operator's door, on a port that nothing publishes (intake, query, notify)
    _open("ops.health", "存活", "liveness"),
    _open("ops.ready", "就绪", "readiness"),
    _open("ops.metrics", "指标", "metrics"),
    _open("ops.progress", "进度", "progress"),
    _open("ops.undelivered", "未送达的通知", "what was not delivered"),
)
OPERATIONS: Final[Mapping[str, Operation]] = {operation.name: operation for operation in _TABLE}
SUBMITTED_ABOUT_ITEMS: Final = tuple(_ABOUT_ITEMS)
"""The types of submission that somebody may send about an item, and about a programme as a whole."""
SUBMITTED_ABOUT_PROGRAMMES: Final = tuple(_ABOUT_PROGRAMMES)


def answer(
    operation: str, asker: Asker, relation: Relation = "other", classification: Classification = "public"
) -> Answer:
    """What the table says of one cell; there is an answer for every one. Raises KeyError for an undeclared operation.

    Before anything of what is asked about is known, `role_answer` is asked. What is no item, nor about one, counts as
    public; what is about a whole programme, and was not published, as internal.
    """
    declared = OPERATIONS[operation]
    if declared.open or (asker, relation, classification) in declared.cells:
        return ALLOWED
    if asker not in declared.roles:
        return Answer("forbidden", "sign_in" if asker == "public" else "wrong_role")
    if declared.told and relation == "foreign" and declared.scope == "programme":
        return Answer("forbidden", "wrong_jurisdiction")
    if declared.told and (asker, relation, classification) in OPERATIONS["item.read"].cells:
        return Answer("forbidden", "not_lead_unit" if asker == "unit" else "not_own_leader")
    return HIDDEN


def role_answer(operation: str, asker: Asker) -> Answer:
    """Whether somebody may do it to anything at all: looked at before what is asked about, and before a body.

    A leader or the chief leader may stand in for the other: for whom, and on which days, the item says.
    """
    declared = OPERATIONS[operation]
    stands_in = declared.scope in ("item", "record") and asker in DEPUTIES and not DEPUTIES.isdisjoint(declared.roles)
    return ALLOWED if asker in declared.roles or stands_in else answer(operation, asker)
