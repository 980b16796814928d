"""Why rating refuses a submission: the codes that `SubmissionRejected` gives, in their order."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "wrong_jurisdiction",
    "not_lead_unit",
    "wrong_role",
    "not_signed",
    "not_own_leader",
    "unknown_programme",
    "unknown_item",
    "unknown_period",
    "unknown_unit",
    "unknown_leader",
    "plan_already_confirmed",
    "plan_incomplete",
    "nothing_to_decide",
    "superseded",
    "indicator_not_in_plan",
    "completed_without_evidence",
    "period_not_open",
    "period_settled",
    "extension_too_long",
    "limit_passed",
    "item_withdrawn",
    "idempotency_key_reused",
    "no_valid_inspection_plan",
    "nothing_to_review",
    "no_open_escalation",
    "appeal_already_open",
    "appeal_out_of_time",
    "decider_involved",
    "too_large",
    "not_due",
    "wrong_partition",
    "already_published",
]
"""Reason codes in the order in which several are given (rulebook: What is refused)."""
