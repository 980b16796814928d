"""Rules on every submission of a partition again and compares each ruling, byte by byte, with the log's own."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, Final

from contracts.envelope import UnknownType, parse
from contracts.ruling import RULING_TYPES, ruling_from
from eventlog.at.at_rule import Counted, CountedAnswer
from eventlog.log.record import Record
from services.audit.as_json import as_json, record_as_json
from services.audit.counted_rulings import CountedRulings
from services.audit.finding import Finding, FindingKind, ReplayReport
from services.audit.sentences import Sentences, sentences_of, sentences_on_log
from services.rating.rules.envelope import (
    LoggedSubmission,
    Ruled,
    Rules,
    RulingCause,
    RulingMade,
    cause_ahead,
    cause_of,
    evolve_states,
    make_ruling,
    state_after,
    state_on_record,
)
from services.rating.rules.state.state import State

VERDICT: Final = "liangdeng.submission."


class PartitionReplay:
    """One partition: `compare` is given its submissions in order, each with the rulings from the next one on."""

    def __init__(self, partition: int, report: ReplayReport, rules: Rules) -> None:
        self._partition = partition
        self._log = report.log
        self._report = report
        self._rules = rules
        self._states: dict[str, State] = {}
        self._waits = False

    def read(self, submission: Record) -> RulingCause | None:
        """What a ruling on it names as its cause; None: it is asked for, and told, when the submission's turn comes."""
        return cause_ahead(self._log, logged_submission(submission))

    def compare(self, submission: Record, cause: RulingCause | None, rulings: CountedRulings) -> None:
        """Rule on it and compare; the next one is ruled on in the state that the log's own ruling leads to.

        One that neither the log nor these rules have ruled on makes the later ones wait: they are only counted.
        """
        self._report.submissions += 1
        if self._waits:
            self._report.behind += 1
            return
        logged = logged_submission(submission)
        made: RulingMade | None = None
        try:
            cause = cause or cause_of(self._log, logged)
            made = make_ruling(self._rules, self._log, logged, cause, rulings.at, self._states)
            state = state_on_record(self._rules, made)
        except Exception:
            state = None  # it is met again, and told beside what lies on the log
        else:
            if rulings.take(logged.offset, made.encoded.values):
                first = made.events[0]
                self._count(RULING_TYPES.types[type(first.data)], len(made.events))
                self._keep_state(first.subject, state)
                return
        self._compare_found(logged, rulings.next(), made)

    def _compare_found(self, logged: LoggedSubmission, found: CountedAnswer | None, made: RulingMade | None) -> None:
        """The same where its ruling is missing, lies elsewhere or says something else; `made`: for the next offset."""
        at = found.events[0].record.offset if found else 0
        ruled: Ruled | None = None
        same = False
        try:
            if made is None or made.events[0].at != at:
                cause = cause_of(self._log, logged)
                made = make_ruling(self._rules, self._log, logged, cause, at, self._states)
            values = made.encoded.values
            same = found is not None and values == tuple([counted.record.value for counted in found.events])
            ruled = state_after(self._rules, made, map(parse, values))
        except UnknownType as error:
            self._undecided(logged, found, f"these rules do not know the type {error}")
        except Exception as error:
            self._undecided(logged, found, f"these rules fail on it: {error!r}")
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
        compared = [_compare_event(*pair) for pair in zip_longest(ruled.values, found.events)]
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


def _differing_names(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Names of the attributes, and within `data` of the fields, that differ; both given as JSON objects."""
    names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    if "data" not in names or not isinstance(found.get("data"), dict):
        return names
    data, other = expected["data"], found["data"]
    inner = sorted(f"data.{name}" for name in {*data, *other} if data.get(name) != other.get(name))
    return [name for name in names if name != "data"] + inner


def _compare_event(value: bytes | None, counted: Counted | None) -> tuple[FindingKind | None, str]:
    """What is wrong with an event and the sentence about it; None if nothing but the version of its rules differs."""
    if counted is None:
        return FindingKind.MISSING, "The ruling lacks an event that follows from the submission."
    if value is None:
        return FindingKind.SURPLUS, "The ruling holds an event that does not follow from the submission."
    if value == counted.record.value:
        return None, ""
    expected, body = record_as_json(value), counted.body
    names = _differing_names(expected, body)
    if names == ["rules"]:
        return None, ""
    return (
        FindingKind.DIFFERENT,
        f"The event comes out different in: {', '.join(names) or 'its bytes, not its values'}.",
    )
