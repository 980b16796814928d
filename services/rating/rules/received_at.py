"""When a submission counts as received (rulebook: Lights 7)."""

from __future__ import annotations

from datetime import datetime

from contracts.submission import Submission
from contracts.submissions import ItemAssigned, ProgrammePublished
from services.rating.rules.state.frame import Frame
from supervision.workdays import offset_of


def counted_at(frame: Frame, submission: Submission, logged_at: datetime) -> datetime:
    """The instant that counts for a submission about an item, in the policy's UTC offset.

    Its receipt, if it reached the log within the grace after it and not more than the skew before it; otherwise
    the time when it reached the log. In a simulated programme the receipt stands.
    rulebook: Lights 7
    """
    received_at = submission.received_at
    if not frame.simulated and not -frame.skew <= logged_at - received_at <= frame.grace:
        received_at = logged_at
    return frame.local(received_at)


def opened_at(submission: Submission, logged_at: datetime) -> datetime:
    """The same for a submission about a subject that is not on record yet.

    Its receipt counts only if it opens the subject, by the policy that it carries; otherwise the log's time.
    """
    data = submission.data
    if not isinstance(data, ItemAssigned | ProgrammePublished):
        return logged_at
    lag = (logged_at - submission.received_at).total_seconds()
    if not data.simulated and not -data.policy.skew_seconds <= lag <= data.policy.grace_seconds:
        return logged_at
    try:
        return submission.received_at.astimezone(offset_of(data.policy.utc_offset))
    except OverflowError:
        return submission.received_at
