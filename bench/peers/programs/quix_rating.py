"""Quix Streams on the same submissions, with the trivial rule or with rating's own; run by the peers' Python."""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Sequence
from typing import Any

from quixstreams import Application, State
from quixstreams.context import message_context

from services.rating.rules.envelope import LoggedSubmission, Rules, rule_on
from services.rating.rules.state.state import State as RatingState

LOG = "1"
RULES = Rules(reads_back=False)
GC_THRESHOLDS = (100_000, 50, 100)
"""As rating's own process."""


def count(submission: dict[str, Any], state: State) -> dict[str, Any]:
    """The trivial rule: how many submissions there are about the subject, kept in Quix's own store."""
    known: int = state.get("count", 0) + 1
    state.set("count", known)
    return {"subject": submission["subject"], "type": submission["type"], "count": known}


class OwnRule:
    """What rating does with a submission, states in memory alone: they would be lost at a restart."""

    def __init__(self) -> None:
        self._states: dict[str, RatingState] = {}
        self._ends: Counter[int] = Counter()

    def rule(self, value: bytes, _key: object, timestamp: int, _headers: object) -> Sequence[bytes]:
        """Decode, decide, encode, fold."""
        where = message_context()
        logged = LoggedSubmission(where.partition, where.offset, timestamp, value)
        ruled = rule_on(RULES, LOG, logged, self._ends[where.partition], self._states)
        self._ends[where.partition] += len(ruled.values)
        if ruled.state is not None:
            self._states[ruled.events[0].subject] = ruled.state
        return ruled.values


def main() -> None:
    """Follow until asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bootstrap", "source", "answers", "guarantee", "rule", "group", "folder"):
        parser.add_argument(f"--{name}", required=True)
    told = parser.parse_args()
    app = Application(
        told.bootstrap,
        consumer_group=told.group,
        auto_offset_reset="earliest",
        processing_guarantee=told.guarantee,
        producer_extra_config={"acks": "all"},
        state_dir=told.folder,
        loglevel="WARNING",
    )
    own = told.rule == "own"
    form = "bytes" if own else "json"
    source = app.topic(told.source, key_deserializer="str", value_deserializer=form)
    answers = app.topic(told.answers, key_serializer="str", value_serializer=form)
    frame = app.dataframe(source)
    if own:
        gc.set_threshold(*GC_THRESHOLDS)
        frame = frame.apply(OwnRule().rule, expand=True, metadata=True)
    else:
        frame = frame.apply(count, stateful=True)
    frame.to_topic(answers)
    app.run()


if __name__ == "__main__":
    main()
