"""Every light and every escalation can be explained in a sentence, in Chinese and in English."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from programmes import FOLDER
from services.rating.rules.explain import explain, explain_escalation
from services.rating.rules.state.state import Item
from services.rating.scenario_book.book import read_book
from services.rating.scenario_book.runner import play
from tests.rules.strategies import timelines
from tests.rules.test_properties import many
from tests.rules.timelines import Timeline

STORIES = {story.id: story for story in read_book(FOLDER / "scenarios.yaml")}


def item_of(story_id: str, until: str | None = None) -> Item:
    """The item at the end of a story, or at an earlier instant of Shanghai."""
    story = STORIES[story_id]
    item = story.item
    assert item is not None
    if until is not None:
        limit = datetime.fromisoformat(f"{until}+08:00")
        story = type(story)(story.id, "", item, tuple(s for s in story.steps if s.appended_at <= limit), limit, {})
    state = play(item, story).state
    assert state is not None
    assert state.item is not None
    return state.item


@pytest.mark.parametrize(
    ("story", "until", "period", "zh", "en"),
    [
        (
            "S07",
            None,
            "2024Q1",
            "2024年第一季度黄灯：截至4月10日24时未报送",
            "2024 Q1 yellow: not reported by the end of 10 Apr",
        ),
        (
            "S02",
            None,
            "2024Q1",
            "2024年第一季度黄灯：截至4月10日24时未报送（4月11日逾期报送）",
            "2024 Q1 yellow: not reported by the end of 10 Apr (late, on 11 Apr)",
        ),
        (
            "S08",
            None,
            "2024Q2",
            "2024年第二季度红灯：截至7月10日24时未报送；上一周期（2024年第一季度）为黄灯",
            "2024 Q2 red: not reported by the end of 10 Jul; the period before, 2024 Q1, is yellow",
        ),
        (
            "S01",
            None,
            "2024Q1",
            "2024年第一季度绿灯：按期报送，节点目标达成",
            "2024 Q1 green: reported in time, the node is met",
        ),
        ("S09", None, "2024Q1", "2024年第一季度黄灯：所报经核查推翻", "2024 Q1 yellow: the report was overturned"),
        (
            "S10",
            None,
            "2024Q1",
            "2024年第一季度绿灯：申诉成立，按期达成",
            "2024 Q1 green: an appeal was upheld: it counts as met in time",
        ),
        (
            "S10",
            "2024-07-12T10:00:00",
            "2024Q1",
            "2024年第一季度黄灯：所报经核查推翻；申诉待决，灯色暂不变",
            "2024 Q1 yellow: the report was overturned; under appeal, the light stands meanwhile",
        ),
        (
            "S12",
            None,
            "2024Q2",
            "2024年第二季度红灯：2024年4月截至5月8日24时未报送（5月9日逾期报送）；上一周期（2024年第一季度）为黄灯",
            "2024 Q2 red: Apr 2024 not reported by the end of 8 May (late, on 9 May)"
            "; the period before, 2024 Q1, is yellow",
        ),
        (
            "S15",
            None,
            "2024Q1",
            "2024年第一季度黄灯：截至4月10日24时没有已确认的节点目标",
            "2024 Q1 yellow: no confirmed node by the end of 10 Apr",
        ),
        (
            "S20",
            None,
            "2024Q1",
            "2024年第一季度黄灯：所报受阻，节点未达成",
            "2024 Q1 yellow: reported as blocked, the node is not met",
        ),
        (
            "S03",
            None,
            "2024Q1",
            "2024年第一季度待报：发布时期限已过，不适用",
            "2024 Q1 awaiting: its deadline had passed at the publication; it binds nobody",
        ),
        (
            "S14",
            None,
            "2024Q2",
            "2024年第二季度待报：已退出年度考核，不再亮灯",
            "2024 Q2 awaiting: withdrawn from the assessment, no light from then on",
        ),
        (
            "S24",
            None,
            "2024Q1",
            "2024年第一季度待报：尚未报送，期限4月10日24时",
            "2024 Q1 awaiting: not reported yet, due the end of 10 Apr",
        ),
        (
            "P01",
            "2024-04-22T11:00:00",
            "2024Q1",
            "2024年第一季度黄灯：截至4月10日24时未报送（4月22日逾期报送）；逾期后已补齐",
            "2024 Q1 yellow: not reported by the end of 10 Apr (late, on 22 Apr); made up after the deadline",
        ),
    ],
)
def test_a_light_is_explained(story: str, until: str | None, period: str, zh: str, en: str) -> None:
    assert explain(item_of(story, until), period) == (zh, en)


@pytest.mark.parametrize(
    ("story", "place", "zh", "en"),
    [
        (
            "S10",
            0,
            "督查整改通知书：进展严重滞后、2024年第二季度黄灯；期限7月19日24时；办理中",
            "rectification notice: severe lag, 2024 Q2 yellow; due the end of 19 Jul; open",
        ),
        (
            "S10",
            1,
            "约谈：事由已全部撤去；期限7月25日24时；已撤销",
            "interview: no cause stands any more; due the end of 25 Jul; withdrawn",
        ),
        (
            "S18",
            1,
            "约谈：整改逾期（截至5月6日24时未报整改）；期限5月20日24时；办理中；已逾期",
            "interview: rectification overdue (nothing reported by the end of 6 May); "
            "due the end of 20 May; open; overdue",
        ),
        (
            "E04",
            2,
            "主要领导约谈：约谈逾期未举行（截至5月20日24时未举行）；待确认",
            "chief interview: interview lapsed (not held by the end of 20 May); proposed",
        ),
    ],
)
def test_an_escalation_is_explained(story: str, place: int, zh: str, en: str) -> None:
    item = item_of(story)
    assert explain_escalation(item, item.escalations[place]) == (zh, en)


@many
@given(timelines())
def test_whatever_happened_everything_can_be_explained(run: Timeline) -> None:
    run.announce_until(run.now + timedelta(days=1))
    quarters = run.item.frame.quarters
    assert quarters
    for quarter in quarters:
        assert all(explain(run.item, quarter.id))
    for escalation in run.item.escalations:
        assert all(explain_escalation(run.item, escalation))
