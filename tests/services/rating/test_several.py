"""Submissions of different subjects that are ruled on together have the rulings that they have one after the other."""

from __future__ import annotations

import pytest

from services.rating.rules.envelope import LoggedSubmission, Ruled, Rules, RulingCause, cause_of, rule_on
from services.rating.rules.several import make_rulings, rule_on_several, runs, states_on_record
from services.rating.rules.state.state import State
from tests.services.rating.test_half_and_half import recorded


@pytest.mark.parametrize("reads_back", [False, True])
def test_a_recorded_year_is_ruled_on_together_as_one_after_the_other(reads_back: bool) -> None:
    rules = Rules(reads_back=reads_back)
    partition, submissions, written = recorded()
    logged = [LoggedSubmission(partition, offset, 1, value) for offset, value in enumerate(submissions)]
    states: dict[str, State] = {}
    values: list[bytes] = []
    lengths: list[int] = []
    for run in runs((one, cause_of("1", one)) for one in logged):
        asked = [(one, cause) for one, cause in run if cause is not None]
        together = rule_on_several(rules, "1", asked, len(values), states)
        made = make_rulings(rules, "1", asked, len(values), states)
        assert states_on_record(rules, made) == [ruled.state for ruled in together]
        alone: list[Ruled] = []
        for one, cause in asked:
            alone.append(rule_on(rules, "1", one, len(values), states))
            values += alone[-1].values
            if (after := alone[-1].state) is not None:
                states[cause.subject] = after
        assert together == alone
        lengths.append(len(asked))
    assert values == written
    assert max(lengths) > 5


def cause(subject: str) -> RulingCause:
    return RulingCause("id", "digest", subject, None)


def test_in_a_run_no_subject_comes_twice_and_what_cannot_be_told_yet_is_by_itself() -> None:
    read = [(0, cause("a")), (1, cause("b")), (2, cause("a")), (3, None), (4, None), (5, cause("a")), (6, cause("b"))]
    assert [[place for place, _ in run] for run in runs(read)] == [[0, 1], [2], [3], [4], [5, 6]]
    assert list(runs([])) == []
