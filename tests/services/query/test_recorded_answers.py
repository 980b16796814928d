"""The API's answers about one story, as they were recorded: a field that is filled from another one shows here.

After a change that is meant, `RECORD=1 pytest tests/services/query/test_recorded_answers.py` records them anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.rulings import (
    Compared,
    ItemTransferred,
    LightChanged,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    VerificationRecorded,
)
from contracts.submissions import ItemReassigned, ProgressReported, ProgressReviewed
from contracts.values import Evidence
from eventlog.log.memory_topics import MemoryTopics
from tests.services.query.feed import APRIL, Feed, recorded, unit
from tests.services.query.house import house

pytestmark = pytest.mark.services
RECORDED = Path(__file__).parent / "recorded_answers.json"
P = "p-2024"
V1 = f"/v1/programmes/{P}"
_READ_UP_TO = re.compile(r"~[\w-]{100,}")
"""How far everything was read, as a token that is another one each time."""


class Clock:
    """The broker's clock: each record is stamped a second after the one before."""

    def __init__(self) -> None:
        self._latest = datetime(2024, 7, 20, tzinfo=UTC)

    def now(self) -> datetime:
        """The next second."""
        self._latest += timedelta(seconds=1)
        return self._latest


def a_story() -> tuple[Feed, list[str]]:
    """Reports that were counted, refused and sent again, lights, an escalation, notices; and the paths to ask."""
    feed = Feed(MemoryTopics(Clock()))
    feed.publish(P, items=("K01",), cooperating=("jiaoyu",), item_title="撂荒耕地复耕", derived=False)
    feed.open(P, "K02", lead_unit="jiaoyu", classification="internal", category="livelihood", item_title="内部事项")
    open_file = Evidence(sha256="a" * 64, name="a.pdf", size=9, media_type="application/pdf")
    files = (open_file, replace(open_file, sha256="b" * 64, name="b.pdf", classification="internal"))
    data = ProgressReported(period="2024Q1", claim="completed", narrative="已完成复耕。", evidence=files)
    report = feed.submit(f"{P}/K01", data, unit("nongye"), APRIL, key="report-1")
    reached = Compared(indicator="亩数", comparator=">=", target=Decimal(12), measured=Decimal(13), reached=True)
    green = LightChanged(
        period="2024Q1",
        from_="none",
        to="green",
        settled=False,
        rule="Lights 1",
        because=(report.id,),
        compared=(reached,),
    )
    feed.rule(report, SubmissionAccepted(remarks=("late",)), recorded(report, "2024Q1"), green, at=APRIL)
    feed.rule(feed.submit(f"{P}/K01", data, unit("nongye"), APRIL, key="report-1"), SubmissionRepeated())
    review = feed.submit(f"{P}/K01", ProgressReviewed(period="2024Q1", finding="confirmed"))
    finding = VerificationRecorded(period="2024Q1", report=report.id, finding="confirmed", by="review", person="o-7")
    feed.rule(review, finding)
    feed.deadline(P, "K01", "2024Q1", "green", "green")
    raised = feed.deadline(P, "K01", "2024Q2", "none", "yellow")[-1]
    notice = feed.notice(P, "K01", raised, escalation="rectification-1")
    refused = feed.report(P, "K01", "2024Q4", at=APRIL + timedelta(days=100))
    feed.rule(refused, SubmissionRejected(reasons=("period_not_open",)))
    handed = feed.submit(f"{P}/K02", ItemReassigned(lead_unit="nongye", leader="leader-1"))
    feed.rule(handed, ItemTransferred(lead_unit="nongye", cooperating=("jiaoyu",), leader="leader-1"))
    waiting = feed.report(P, "K01", "2024Q3", at=APRIL + timedelta(days=101))
    of_items = [f"{V1}/items/K01", f"{V1}/items/K01/timeline", f"{V1}/lights?period=2024Q1", f"{V1}/items"]
    in_full = [f"{V1}/escalations", f"{V1}/evaluation?unit=nongye", f"{V1}/notices", f"/v1/notices/{notice}"]
    submitted = [f"/v1/submissions/{one.id}" for one in (report, refused, waiting)]
    return feed, ["/v1/programmes", V1, *of_items, f"{V1}/lights?as_of=2024-04-09", *in_full, *submitted]


async def test_the_answers_are_those_that_were_recorded(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed, paths = a_story()
    found = {}
    async with house(postgres(), feed, tmp_path) as built:
        for who in ("", "office"):
            for path in paths:
                answer = await built.client.get(path, headers=built.headers(who))
                found[f"{who or 'public'} {path}"] = json.loads(_READ_UP_TO.sub("~", answer.text))
                found[f"{who or 'public'} {path}"].pop("request_id", None)
    if os.environ.get("RECORD"):
        RECORDED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    told = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert list(found) == list(told)
    for question, answer in found.items():
        assert json.dumps(answer) == json.dumps(told[question]), question
