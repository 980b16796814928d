"""Whether rating was up at a deadline makes no difference to any light, limit, mark or sheet (rulebook: Lights 7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.submissions import ItemAssigned
from services.rating.scenario_book.outcome import ScenarioOutcome
from tests.rules.kept_of_an_item import kept
from tests.rules.strategies import items, steps
from tests.rules.test_properties import many
from tests.rules.timelines import Timeline, TimelineStep

Story = tuple[ItemAssigned, list[TimelineStep]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """An item and what is submitted about it."""
    item = draw(items)
    return item, draw(st.lists(steps(item), max_size=25))


class SilentTimeline(Timeline):
    """A timeline whose alarm announces nothing before `up`."""

    up: datetime | None = None

    def announce_until(self, until: datetime) -> None:
        if self.up is None or until >= self.up:
            super().announce_until(until)


@many
@given(stories(), st.integers(0, 400))
def test_an_outage_changes_no_light_no_limit_no_mark_no_verdict_and_no_sheet(story: Story, days: int) -> None:
    item, acts = story
    always, silent = Timeline(item), SilentTimeline(item)
    silent.up = silent.now + timedelta(days=days)
    for run in (always, silent):
        run.live(acts)
    end = max(always.now, silent.now, silent.up) + timedelta(days=1)
    for run in (always, silent):
        run.announce_until(end)
    assert kept(silent.item) == kept(always.item)
    assert _verdicts(silent) == _verdicts(always)
    assert _sheets(silent) == _sheets(always)


def _sheets(run: Timeline) -> Any:
    """The deductions on each unit's sheet, as the scenario books count them."""
    outcome = ScenarioOutcome()
    for events in run.rulings:
        outcome.add(None, events)
    return outcome.sheets()


def _verdicts(run: Timeline) -> list[Any]:
    """How each act was ruled on; the alarm's are left aside."""
    told = zip(run.submissions, run.rulings, strict=True)
    return [events[0].data for (submission, _), events in told if submission.actor.role != "alarm"]
