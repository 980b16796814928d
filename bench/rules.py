"""The pure rules alone: decide and evolve on decoded submissions, beside the decoding of the same bytes."""

from __future__ import annotations

import gc

from bench.figures import Rate, Watch
from bench.recorded import Recorded
from contracts.submission import Submission, decode_submission
from services.rating.rules.decide import decide
from services.rating.rules.state.evolve import fold
from services.rating.rules.state.state import State


def measure(recorded: Recorded, rounds: int) -> list[tuple[Rate, Rate]]:
    """Rounds of (decide and evolve, decoding), submissions per second in one process.

    Everything was received when it reached the log, so `received_at` stands for the log's time.
    Raises AssertionError if the lights are not those that were recorded.
    """
    found: list[tuple[Rate, Rate]] = []
    for _ in range(rounds):
        gc.collect()
        values = [value for partition in recorded.partitions.values() for value in partition.submissions]
        watch = Watch()
        submissions = [decode_submission(value) for value in values]
        decoding = _rate(watch, len(values))
        # What was decoded beforehand is no garbage: without this a full collection would walk it in the timed part.
        gc.collect()
        gc.freeze()
        watch = Watch()
        states = live(submissions)
        found.append((_rate(watch, len(values)), decoding))
        for partition in recorded.partitions.values():
            for subject, state in partition.states.items():
                if state.item is not None:
                    lights = [quarter.light for quarter in state.item.quarters]
                    ruled = states[subject].item
                    assert ruled is not None
                    assert [quarter.light for quarter in ruled.quarters] == lights, subject
    return found


def live(submissions: list[Submission]) -> dict[str, State]:
    """Decide every submission in turn and fold its ruling."""
    states: dict[str, State] = {}
    for submission in submissions:
        subject = submission.subject
        state = states.get(subject)
        states[subject] = fold(state, submission, decide(state, submission, submission.received_at))
    return states


def _rate(watch: Watch, count: int) -> Rate:
    seconds, cpu = watch.read()
    return Rate(count / seconds, count / cpu)
