"""Rules on every submission of a partition again and compares each ruling, byte by byte, with the log's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from contracts.envelope import UnknownType, parse
from contracts.ruling import RULING_TYPES, ruling_from
from eventlog.at.at_rule import CountedAnswer
from eventlog.log.record import Record
from services.audit.as_json import as_json, record_as_json
from services.audit.counted_rulings import CountedRulings
from services.audit.event_comparison import compare_event
from services.audit.finding import Finding, FindingKind, ReplayReport
from services.audit.sentences import Sentences, sentences_of, sentences_on_log
from services.rating.rules.envelope import (
    LoggedSubmission,
    Ruled,
    Rules,
    RulingCause,
    cause_ahead,
    cause_of,
    evolve_states,
    make_ruling,
    state_after,
)
from services.rating.rules.several import make_rulings, states_on_record
from services.rating.rules.state.state import State

VERDICT: Final = "liangdeng.submission."
Read = tuple[LoggedSubmission, RulingCause | None]
"""A submission with what a ruling on it names as its cause; None: it cannot be told yet."""


class PartitionReplay:
    """One partition: `compare` is given its submissions in order, with the rulings from the next one on."""

    def __init__(self, partition: int, report: ReplayReport, rules: Rules) -> None:
        self._partition = partition
        self._log = report.log
        self._report = report
        self._rules = rules
        self._states: dict[str, State] = {}
        self._waits = False
        self._differs = False

    def read(self, submission: Record) -> Read:
        """Read it; what cannot be read is told when its turn comes."""
        logged = logged_submission(submission)
        return logged, cause_ahead(self._log, logged)

    def compare(self, run: Sequence[Read], rulings: CountedRulings) -> None:
        """Rule on these and compare; a subject's next one is ruled on in the state that the log's own ruling leads to.

        None of them is about the subject of another one. One that neither the log nor these rules have ruled on makes
        the later ones wait: they are only counted.
        """
        self._report.submissions += len(run)
        for logged, _ in run[self._proved(run, rulings) :]:
            if self._waits:
                self._report.behind += 1
            else:
                self._compare(logged, rulings.next())

    def _proved(self, run: Sequence[Read], rulings: CountedRulings) -> int:
        """How many of them, from the first on, have whole rulings where they would lie and in the very bytes.

        After one that has not the next one is looked at by itself: it may be of other rules, as thousands are then.
        """
        asked = [(logged, cause) for logged, cause in run if cause is not None]
        if self._differs or len(asked) < len(run):
            return 0
        try:
            made = make_rulings(self._rules, self._log, asked, rulings.at, self._states)
            states = states_on_record(self._rules, made)
        except Exception:
            return 0  # it is met again, by itself, and told beside what lies on the log
        for place, (one, state) in enumerate(zip(made, states, strict=True)):
            first = one.events[0]
            if not rulings.take(first.causeoffset, one.encoded.values):
                return place
            self._count(RULING_TYPES.types[type(first.data)], len(one.events))
            self._keep_state(first.subject, state)
        return len(run)

    def _compare(self, logged: LoggedSubmission, found: CountedAnswer | None) -> None:
        """Rule on one and compare, whatever lies there, or nothing."""
        at = found.events[0].record.offset if found else 0
        ruled: Ruled | None = None
        same = False
        try:
            made = make_ruling(self._rules, self._log, logged, cause_of(self._log, logged), at, self._states)
            values = made.encoded.values
            same = found is not None and values == tuple([counted.record.value for counted in found.events])
            ruled = state_after(self._rules, made, map(parse, values))
        except UnknownType as error:
            self._undecided(logged, found, f"these rules do not know the type {error}")
        except Exception as error:
            self._undecided(logged, found, f"these rules fail on it: {error!r}")
        self._differs = not same
        if found is None:
            self._waits = ruled is None
            if ruled is not None:
                self._missing(logged, ruled)
            return
        self._count_found(found)
        if ruled is not None and same:
            self._keep_state(ruled.events[0].subject, ruled.state)
            return
        if ruled is not None:
            self._first_difference(logged, ruled, found)
        self._take_from_log(logged, found, ruled)

    def surplus(self, found: CountedAnswer) -> None:
        """A counted ruling on a submission that is not on the log."""
        self._count_found(found)
        first = found.events[0]
        self._report.add(
            Finding(
                kind=FindingKind.SURPLUS,
                sentence="A ruling counts, but the submission that it answers is not on the log.",
                submission_at=f"submissions-{self._partition}@{found.causeoffset}",
                ruling_at=str(first.record),
                subject=first.body.get("subject"),
                found=[counted.body for counted in found.events],
                found_said=self._sentences_on_log(found),
            )
        )

    def _missing(self, logged: LoggedSubmission, ruled: Ruled) -> None:
        self._add(
            FindingKind.MISSING,
            "The submission has no ruling that counts.",
            logged,
            subject=ruled.events[0].subject,
            expected=[record_as_json(value) for value in ruled.values],
            expected_said=sentences_of(ruled.events, ruled.state),
        )

    def _first_difference(self, logged: LoggedSubmission, ruled: Ruled, found: CountedAnswer) -> None:
        """Report the first event that differs, with its inputs."""
        other = found.events[0].body.get("rules")
        if other != self._rules.version:
            self._report.other_rules[str(other)] = self._report.other_rules.get(str(other), 0) + 1
        compared = [compare_event(*pair) for pair in zip_longest(ruled.values, found.events)]
        differing = {place for place, (kind, _) in enumerate(compared) if kind is not None}
        for ordinal, (value, counted) in enumerate(zip_longest(ruled.values, found.events)):
            kind, sentence = compared[ordinal]
            if kind is None:
                continue
            if other != self._rules.version:
                kind = FindingKind.OTHER_RULES
                sentence = f"Ruled by rules {other}; the rules at hand are {self._rules.version} and differ. {sentence}"
            self._add(
                kind,
                sentence,
                logged,
                ruling_at=str(counted.record) if counted else None,
                subject=ruled.events[0].subject,
                ordinal=ordinal,
                expected=record_as_json(value),
                found=counted.body if counted else None,
                expected_said=sentences_of(ruled.events, ruled.state, differing),
                found_said=self._sentences_on_log(found, differing),
            )
            return

    def _undecided(self, logged: LoggedSubmission, found: CountedAnswer | None, why: str) -> None:
        self._add(
            FindingKind.UNDECIDABLE,
            f"The submission cannot be ruled on here: {why}.",
            logged,
            ruling_at=str(found.events[0].record) if found else None,
            found=[counted.body for counted in found.events] if found else None,
        )

    def _keep_state(self, subject: str, state: State | None) -> None:
        if state is not None:
            self._states[subject] = state

    def _take_from_log(self, logged: LoggedSubmission, found: CountedAnswer, ruled: Ruled | None) -> None:
        """Fold what lies on the log; where that can't be folded, go on with what these rules made."""
        try:
            for counted in found.events:
                evolve_states(self._rules, self._states, ruling_from(counted.body, self._partition))
        except Exception as error:
            self._add(
                FindingKind.UNDECIDABLE if ruled is None else FindingKind.DIFFERENT,
                f"What lies on the log cannot be folded: {error!r}.",
                logged,
                ruling_at=str(found.events[0].record),
                found=[counted.body for counted in found.events],
            )
            if ruled is not None:
                self._keep_state(ruled.events[0].subject, ruled.state)

    def _sentences_on_log(self, found: CountedAnswer, ordinals: set[int] | None = None) -> Sentences:
        bodies = [counted.body for counted in found.events]
        return sentences_on_log(self._rules, self._states, bodies, self._partition, ordinals)

    def _count_found(self, found: CountedAnswer) -> None:
        self._count(str(found.events[0].body.get("type")), len(found.events))

    def _count(self, verdict: str, events: int) -> None:
        self._report.rulings += 1
        self._report.events += events
        word = verdict.removeprefix(VERDICT).removesuffix(".v1")
        self._report.verdicts[word] = self._report.verdicts.get(word, 0) + 1

    def _add(
        self, kind: FindingKind, sentence: str, logged: LoggedSubmission, subject: str | None = None, **more: Any
    ) -> None:
        submission = record_as_json(logged.value)
        if subject is None and isinstance(submission, dict):
            subject = submission.get("subject")
        self._report.add(
            Finding(
                kind=kind,
                sentence=sentence,
                submission_at=f"submissions-{self._partition}@{logged.offset}",
                subject=subject,
                logged_at=logged.logged_at.isoformat(),
                submission=submission,
                state_before=as_json(self._states.get(subject or "")),
                **more,
            )
        )


def logged_submission(submission: Record) -> LoggedSubmission:
    """A record as the rules see it."""
    return LoggedSubmission(submission.partition, submission.offset, submission.timestamp_ms, submission.value)
