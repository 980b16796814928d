"""Whatever happened: lived again under its own policy a year comes out as it was, and never fails under another."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.submissions import ItemAssigned, PolicyAdopted
from services.audit.policy_comparison import compare
from services.audit.recorded_acts import RecordedAct, RecordedYear
from services.audit.what_if import rerun
from tests.rules.strategies import items, steps
from tests.rules.timelines import OUHAI, YUANCHENG, Timeline, TimelineStep

many = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def adopts(step: TimelineStep) -> bool:
    """Whether a step changes the policy: that is replaced."""
    return isinstance(step.data, PolicyAdopted)


@st.composite
def years(draw: st.DrawFn) -> tuple[Timeline, ItemAssigned, RecordedYear]:
    """A year of one real item, lived through and recorded."""
    item = draw(items.filter(lambda one: not one.simulated))
    run = Timeline(item).live(draw(st.lists(steps(item).filter(lambda step: not adopts(step)), max_size=30)))
    acts = tuple(RecordedAct(submission, at) for submission, at in run.submissions)
    return run, item, RecordedYear(run.subject.split("/")[0], {run.subject: item}, {run.subject: acts}, item.simulated)


@many
@given(years())
def test_a_year_lived_again_is_the_year_that_was(lived: tuple[Timeline, ItemAssigned, RecordedYear]) -> None:
    run, item, year = lived
    again = rerun(year, item.policy, run.now)[run.subject].item
    assert (again.quarters, again.periods) == (run.item.quarters, run.item.periods)
    assert (again.escalations, again.appeals) == (run.item.escalations, run.item.appeals)
    assert compare(year, item.policy, item.policy).differences == 0


@many
@given(years())
def test_a_difference_is_always_told_in_both_languages(lived: tuple[Timeline, ItemAssigned, RecordedYear]) -> None:
    found = compare(lived[2], YUANCHENG, OUHAI)
    for difference in found.items:
        assert all((*light.a.why, *light.b.why) for light in difference.lights)
        for rung in difference.escalations:
            assert rung.a or rung.b
            assert all(side.rule and side.because and all(side.why) for side in (rung.a, rung.b) if side)
    assert found.as_dict()["differences"] == found.differences
