"""What holds for every timeline, however strange."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.rulings import (
    LightChanged,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    SubmissionUnreadable,
)
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.lights.light import colours
from services.rating.rules.state.state import Quarter, State
from tests.rules.strategies import items, steps, timelines
from tests.rules.timelines import Timeline, TimelineStep, replayed

VERDICTS = (SubmissionAccepted, SubmissionRejected, SubmissionRepeated, SubmissionUnreadable)
TIMELINES = int(os.environ.get("TIMELINES", "60"))
"""How many random timelines each property is held against."""
many = settings(max_examples=TIMELINES, suppress_health_check=list(HealthCheck))
some = settings(max_examples=TIMELINES // 3, suppress_health_check=list(HealthCheck))
ROOT = Path(__file__).parents[2]


@many
@given(timelines())
def test_every_ruling_begins_with_its_verdict_and_only_an_accepted_one_goes_on(run: Timeline) -> None:
    assert run.rulings
    for events in run.rulings:
        assert isinstance(events[0].data, VERDICTS)
        assert not any(isinstance(event.data, VERDICTS) for event in events[1:])
        assert len(events) == 1 or isinstance(events[0].data, SubmissionAccepted)


@many
@given(timelines())
def test_the_bytes_on_the_log_fold_to_the_live_state(run: Timeline) -> None:
    assert _told(replayed(run.written)[run.subject]) == _told(run.state)


@many
@given(timelines())
def test_a_repeated_submission_changes_nothing(run: Timeline) -> None:
    before = run.state
    by_people = [submission for submission, _ in run.submissions if submission.actor.role != "alarm"]
    assert by_people
    for submission in by_people:
        run.rule(submission)
        assert run.state == before


@many
@given(timelines())
def test_an_announced_deadline_announced_again_changes_nothing(run: Timeline) -> None:
    run.announce_until(run.now + timedelta(days=500))
    before = run.state
    announced = [submission for submission, _ in run.submissions if submission.actor.role == "alarm"]
    assert announced or run.item.hands.withdrawn or not _bound(run)
    for submission in announced:
        events = run.rule(submission)
        assert not isinstance(events[0].data, SubmissionAccepted)
        assert run.state == before


@many
@given(timelines())
def test_no_light_without_a_cause_and_no_settled_period_without_a_light(run: Timeline) -> None:
    seen = {frame.id: "none" for frame in run.item.frame.quarters}
    assert seen
    for events in run.rulings:
        for event in events:
            if isinstance(event.data, LightChanged):
                assert event.data.because
                assert seen[event.data.period] == event.data.from_ != event.data.to
                seen[event.data.period] = event.data.to
    for frame, quarter in zip(run.item.frame.quarters, run.item.quarters, strict=True):
        assert seen[frame.id] == quarter.light
        assert not quarter.settled or quarter.light != "none"
        assert quarter.settled or quarter.light in ("none", "green")
        assert not (frame.void and (quarter.settled or quarter.light != "none"))


@many
@given(timelines())
def test_the_lights_are_those_that_follow_from_what_is_known(run: Timeline) -> None:
    assert run.item.quarters
    assert colours(run.item) == [quarter.light for quarter in run.item.quarters]


@many
@given(timelines())
def test_no_open_escalation_without_a_standing_cause(run: Timeline) -> None:
    item = run.item
    lights = dict(zip((frame.id for frame in item.frame.quarters), (q.light for q in item.quarters), strict=True))
    for escalation in item.escalations:
        standing = [cause for cause in escalation.causes if cause.standing]
        assert bool(standing) == (escalation.phase != "withdrawn")
        if not escalation.stands:
            continue
        assert sum(e.level == escalation.level and e.stands for e in item.escalations) == 1
        for cause in standing:
            if cause.name in lights and escalation.level == "rectification":
                assert lights[cause.name] in ("yellow", "red")
            elif cause.name in lights and escalation.level in ("interview", "chief_interview"):
                assert lights[cause.name] == "red"
            if cause.source is not None:
                assert next(e for e in item.escalations if e.id == cause.source).phase != "withdrawn"


@many
@given(timelines())
def test_every_red_has_had_its_interview_and_every_yellow_its_rectification_unless_an_appeal_took_it_away(
    run: Timeline,
) -> None:
    level = {"yellow": "rectification", "red": "interview"}
    for frame, quarter in zip(run.item.frame.quarters, run.item.quarters, strict=True):
        if quarter.light in level:
            assert any(
                e.level == level[quarter.light] and any(c.name == frame.id for c in e.causes)
                for e in run.item.escalations
            )


@many
@given(timelines())
def test_nothing_that_has_to_be_announced_is_left_and_dates_come_in_order(run: Timeline) -> None:
    listed = pending_deadlines(run.state)
    assert [one.due_at for one in listed] == sorted(one.due_at for one in listed)
    run.announce_until(run.now + timedelta(days=500))
    assert pending_deadlines(run.state) == []
    assert all(quarter.settled or run.item.hands.withdrawn for quarter in _bound(run))


@some
@given(st.data())
def test_any_interleaving_that_keeps_each_items_order_gives_the_same_rulings(data: st.DataObject) -> None:
    one, other = data.draw(items), data.draw(items)
    stories = {
        "p/one": (one, data.draw(st.lists(steps(one), max_size=12))),
        "p/other": (other, data.draw(st.lists(steps(other), max_size=12))),
    }
    apart = {name: Timeline(item, name).live(story) for name, (item, story) in stories.items()}
    together = {name: Timeline(item, name) for name, (item, _) in stories.items()}
    left: dict[str, list[tuple[int, TimelineStep]]] = {
        name: list(enumerate(story)) for name, (_, story) in stories.items()
    }
    while any(left.values()):
        name = data.draw(st.sampled_from([name for name, story in left.items() if story]))
        number, step = left[name].pop(0)
        run = together[name]
        at = run.now + step.after
        run.announce_until(at)
        run.now = max(run.now, at)
        run.submit(step.actor, step.key or f"#{number}", run.now - step.lag, run.named(step))
    for name, run in together.items():
        assert run.written == apart[name].written


def test_hash_seed_time_zone_and_locale_change_no_byte_of_any_ruling() -> None:
    script = "from tests.rules import digest; print(digest.digest())"
    seen = set()
    for seed, zone, locale in (("0", "UTC", "C"), ("1", "America/New_York", "C.UTF-8"), ("4711", "Asia/Tokyo", "C")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": locale,
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1


def _bound(run: Timeline) -> list[Quarter]:
    return [q for q, frame in zip(run.item.quarters, run.item.frame.quarters, strict=True) if not frame.void]


def _told(state: State | None) -> tuple[object, ...]:
    """A state as far as it can differ: frames are shared, and their values are compared one by one."""
    assert state is not None
    assert state.item is not None
    item, frame = state.item, state.item.frame
    return (
        state.answered,
        item.hands,
        item.plan,
        item.periods,
        item.quarters,
        item.escalations,
        item.appeals,
        item.particulars,
        item.involved,
        (frame.periods, frame.void, frame.policy, frame.since, frame.reminders, frame.quarters),
    )
