"""An example of everything that is sent, in Chinese; whatever is named in them is made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TARGET: Final = {"indicator": "复耕面积", "comparator": ">=", "value": "1200.5", "unit": "亩"}
_NODE: Final = {"text": "完成撂荒耕地复耕1200.5亩", "targets": [_TARGET]}
_NOTICE: Final = {"level": "rectification", "cause": "2024Q2"}
_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_EVIDENCE: Final = {
    "sha256": _SHA256,
    "name": "复耕验收表.txt",
    "size": 4,
    "media_type": "text/plain",
    "classification": "internal",
}
_POLICY_REFERENCE: Final = "yuancheng-2024@1"
WEIGHTS: Final = {
    "base": "100",
    "yellow": "-1",
    "red": "-2",
    "missing_report": "-0.5",
    "lapsed_rectification": "-1",
    "chief_interview": "-2",
}
POLICY: Final = {"id": "yuancheng-2024", "version": 2, "rectification_days": 12, "weights": WEIGHTS}
"""A policy's second version; what it does not name keeps its usual value."""
PERIODS: Final = [
    {
        "id": f"2024Q{number}",
        "quarter": f"2024Q{number}",
        "opens_at": f"2024-{3 * number - 2:02}-01T00:00:00+08:00",
        "due_at": due_at,
    }
    for number, due_at in enumerate(
        (
            "2024-04-11T00:00:00+08:00",
            "2024-07-11T00:00:00+08:00",
            "2024-10-11T00:00:00+08:00",
            "2025-01-11T00:00:00+08:00",
        ),
        1,
    )
]
DATA: Final[Mapping[str, Mapping[str, Any]]] = {
    "item.assigned": {
        "title": "撂荒耕地复耕复种",
        "category": "key_task",
        "source": "区政府工作报告",
        "lead_unit": "nongye",
        "cooperating": ["caizheng"],
        "leader": "leader-1",
        "published_at": "2024-03-19T09:00:00+08:00",
        "plan_due_at": "2024-04-01T00:00:00+08:00",
        "periods": PERIODS,
        "annual_targets": [_TARGET],
        "calendar": {"first_on": "2024-01-01", "last_on": "2025-03-31", "holidays": ["2024-04-04"]},
        "policy": POLICY,
    },
    "item.reassigned": {"lead_unit": "caizheng", "leader": "leader-2", "reason": "机构改革，职能划转"},
    "plan.submitted": {"nodes": {"2024Q1": _NODE}},
    "plan.decided": {"decision": "confirmed"},
    "progress.reported": {
        "period": "2024Q1",
        "claim": "completed",
        "measures": {"复耕面积": "1203.5"},
        "narrative": "全区撂荒耕地复耕1203.5亩，已全部验收。",
        "evidence": [_EVIDENCE],
    },
    "progress.reviewed": {"period": "2024Q1", "finding": "confirmed", "reason": "现场核验与所报一致"},
    "inspection.planned": {
        "plan": "visit-7",
        "from_on": "2024-04-08",
        "to_on": "2024-04-20",
        "approved": True,
        "scope": "抽查三个镇的复耕地块",
    },
    "inspection.approved": {"plan": "visit-7"},
    "inspection.recorded": {
        "plan": "visit-7",
        "visited_on": "2024-04-09",
        "period": "2024Q1",
        "finding": "overturned",
        "reason": "两处地块尚未翻耕",
    },
    "lag.declared": {"reason": "连续两个月没有进展"},
    "blockage.raised": {"blockage": "blockage-1", "text": "用地指标未落实，请区政府协调"},
    "blockage.answered": {"blockage": "blockage-1", "text": "指标已由区自然资源局调剂解决"},
    "adjustment.requested": {
        "adjustment": "adjustment-1",
        "period": "2024Q2",
        "node": _NODE,
        "reason": "受洪涝影响，部分地块推迟",
    },
    "adjustment.decided": {"adjustment": "adjustment-1", "decision": "approved"},
    "withdrawal.requested": {"reason": "上级已取消该任务"},
    "withdrawal.decided": {"decision": "approved"},
    "rectification.reported": {"text": "已完成整改，地块全部翻耕"},
    "rectification.reviewed": {"finding": "done"},
    "interview.confirmed": {"reason": "同意由主要领导约谈"},
    "interview.held": {"level": "interview", "held_on": "2024-04-18", "minutes": "分管领导约谈，要求月底前完成"},
    "notice.acknowledged": _NOTICE,
    "appeal.lodged": {"appeal": "appeal-1", "against": {"light": "2024Q2"}, "reason": "报送时系统中断，附说明"},
    "appeal.decided": {"appeal": "appeal-1", "decision": "upheld"},
    "extension.requested": {"extension": "extension-1", "until_on": "2024-08-16", "reason": "设备到货推迟"},
    "extension.decided": {"extension": "extension-1", "decision": "approved"},
    "reply.given": {"light": "2024Q2", "text": "受连日强降雨影响，工期顺延两周。"},
    "reply.published": {"of": "2c2da339-319f-50da-8713-948ccde75b5b"},
    "reply.withheld": {"of": "2c2da339-319f-50da-8713-948ccde75b5b", "reason": "涉及未公开的招标信息"},
    "item.corrected": {"title": "撂荒耕地复耕复种（更正）", "reason": "标题与文件不一致"},
    "deadline.moved": {"period": "2024Q2", "due_on": "2024-07-17", "ground": "汛期防御期间统一顺延"},
    "item.cancelled": {"reason": "误发布"},
    "cancellation.approved": {},
    "bulletin.composed": {
        "bulletin": "bulletin-1",
        "kind": "quarterly",
        "period": "2024Q1",
        "position": "submissions-0@6,rulings-0@14",
        "sha256": _SHA256,
        "names_units": True,
    },
    "bulletin.approved": {"bulletin": "bulletin-1", "sha256": _SHA256},
    "programme.extended": {
        "units": [{"id": "shuju", "name": "区数据局"}],
        "leaders": [{"id": "leader-9", "label": "分管领导九"}],
    },
    "calendar.extended": {"days": {"2025-01-28": "holiday", "2025-01-26": "working"}},
    "deputy.named": {
        "principal": "leader:leader-1",
        "deputy": "leader:leader-2",
        "from_on": "2024-05-06",
        "until_on": "2024-05-17",
        "reason": "脱产学习",
    },
    "deputy.ended": {"principal": "leader:leader-1", "deputy": "leader:leader-2"},
}
"""The data of each type of submission that somebody may send."""
PROGRAMME: Final[Mapping[str, Any]] = {
    "programme": "441602-2031",
    "jurisdiction": {"code": "441602", "name": "源城区"},
    "title": "重点工作督查方案（示例）",
    "document": "源府办〔2024〕3号",
    "issued_on": "2024-03-19",
    "simulated": True,
    "policy": _POLICY_REFERENCE,
    "calendar": "calendar-2024",
    "schedule": {
        "plan_due_on": "2024-03-31",
        "key_task": {
            "report_due_on": {
                "2024Q1": "2024-04-10",
                "2024Q2": "2024-07-10",
                "2024Q3": "2024-10-10",
                "2024Q4": "2025-01-10",
            }
        },
        "livelihood": {"first_month": "2024-03", "last_month": "2024-12", "report_due_working_day": 3},
    },
    "units": [{"id": "nongye", "name": "区农业农村局"}, {"id": "caizheng", "name": "区财政局"}],
    "aspects": [{"number": 1, "name": "乡村振兴"}],
    "leaders": [{"id": "leader-1", "label": "分管领导一", "aspects": [1]}],
    "items": [
        {
            "id": "K01",
            "category": "key_task",
            "aspect": 1,
            "task": "撂荒耕地复耕复种",
            "lead_unit": "nongye",
            "cooperating_units": ["caizheng"],
            "indicators": [{"name": "复耕面积", "comparator": ">=", "target": "1200.5", "unit": "亩"}],
            "quantified": True,
        }
    ],
}
BULK: Final = {
    "submissions": [
        {"item": "K01", "key": "a-1", "type": "blockage.raised", "data": DATA["blockage.raised"]},
        {
            "item": "K02",
            "key": "a-2",
            "type": "progress.reported",
            "data": {"period": "2024Q1", "claim": "in_progress"},
        },
    ]
}
RECEIPT: Final = {
    "submission_id": "2c2da339-319f-50da-8713-948ccde75b5b",
    "topic": "submissions",
    "partition": 3,
    "offset": 120,
    "received_at": "2024-04-08T09:00:00+08:00",
    "digest": "0d39dcadf77daea12bb65d9e94602b1e0f5d8d32824aedbfaf64f5652cbfe654",
    "subject": "441602-2024/K01",
}
