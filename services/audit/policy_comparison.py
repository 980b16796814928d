"""Which lights, escalations and refusals of a recorded year differ under two policies, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from contracts.policy import Policy
from contracts.topics import split_subject
from services.audit.as_json import as_json
from services.audit.recorded_acts import RecordedYear
from services.audit.what_if import ItemRerun, rerun
from services.rating.rules.explain import explain, explain_escalation
from services.rating.rules.state.ladder import Escalation
from supervision.policy_words import VALUES, otherwise
from supervision.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class LightUnderPolicy:
    """A period's light under one policy: as rated, as it stands, by which rule, following from which submissions."""

    rated: str | None
    light: str
    rule: str
    because: tuple[str, ...]
    why: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationUnderPolicy:
    """An escalation under one policy, with all its causes and those that still stand."""

    raised_at: datetime
    due_at: datetime | None
    phase: str
    overdue: bool
    causes: tuple[str, ...]
    standing: tuple[str, ...]
    rule: str
    because: tuple[str, ...]
    why: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class LightDifference:
    """A period whose light differs."""

    period: str
    a: LightUnderPolicy
    b: LightUnderPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDifference:
    """An escalation that is raised under one policy only, or goes another way; `cause` is the one that raised it."""

    level: str
    cause: str
    a: EscalationUnderPolicy | None
    b: EscalationUnderPolicy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalDifference:
    """An act that is refused, with these reasons, under one policy and not, or otherwise, under the other."""

    act: str
    at: datetime
    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDifference:
    """Everything that differs about one item."""

    item: str
    title: str
    lead_unit: str
    lights: tuple[LightDifference, ...]
    escalations: tuple[EscalationDifference, ...]
    refusals: tuple[RefusalDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDifference:
    """A value that the policies give otherwise, in words."""

    field: str
    name: Word
    a: Word
    b: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyComparison:
    """Two policies over one recorded year; `items` holds those that differ, `compared` counts all of them.

    `values` are what the policies themselves say otherwise.

    `totals_a` and `totals_b` count the lights as they stand at the end and the escalations that were not withdrawn.
    """

    programme: str
    a: str
    b: str
    simulated: bool
    derived: bool
    compared: int
    acts: int
    totals_a: Mapping[str, int]
    totals_b: Mapping[str, int]
    values: tuple[ValueDifference, ...]
    items: tuple[ItemDifference, ...]

    @property
    def lights(self) -> int:
        """Lights that differ."""
        return sum(len(item.lights) for item in self.items)

    @property
    def escalations(self) -> int:
        """Escalations that differ."""
        return sum(len(item.escalations) for item in self.items)

    @property
    def unsigned(self) -> int:
        """Acts that one policy refuses for want of a signature and the other does not."""
        refusals = (one for item in self.items for one in item.refusals)
        return sum(("not_signed" in one.a) != ("not_signed" in one.b) for one in refusals)

    @property
    def differences(self) -> int:
        """All that differs: lights, escalations, refusals."""
        return self.lights + self.escalations + sum(len(item.refusals) for item in self.items)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: instants as RFC 3339 text, sentences as `{zh, en}`."""
        return {"differences": self.differences, **_json(self)}


def compare(year: RecordedYear, a: Policy, b: Policy, until: datetime | None = None) -> PolicyComparison:
    """Run the recorded year under both policies and compare every light, every escalation and every refusal."""
    under_a, under_b = rerun(year, a, until), rerun(year, b, until)
    found = []
    for subject, assigned in year.items.items():
        one, other = under_a[subject], under_b[subject]
        if not (one.opened and other.opened):
            continue
        difference = ItemDifference(
            item=split_subject(subject)[1] or subject,
            title=assigned.title,
            lead_unit=assigned.lead_unit,
            lights=tuple(_lights(one, other)),
            escalations=tuple(_escalations(one, other)),
            refusals=tuple(_refusals(one, other)),
        )
        if difference.lights or difference.escalations or difference.refusals:
            found.append(difference)
    return PolicyComparison(
        programme=year.programme,
        a=a.ref,
        b=b.ref,
        simulated=year.simulated,
        derived=any(item.derived for item in year.items.values()),
        compared=len(year.items),
        acts=sum(not act.is_alarm for acts in year.acts.values() for act in acts),
        totals_a=_totals(under_a.values()),
        totals_b=_totals(under_b.values()),
        values=tuple(
            ValueDifference(field=name, name=VALUES[name], a=one, b=other) for name, one, other in otherwise(a, b)
        ),
        items=tuple(found),
    )


def _totals(reruns: Iterable[ItemRerun]) -> Mapping[str, int]:
    items = [one.item for one in reruns if one.opened]
    counted: Counter[str] = Counter(quarter.light for item in items for quarter in item.quarters)
    counted.update(one.level for item in items for one in item.escalations if one.phase != "withdrawn")
    return counted


def _lights(a: ItemRerun, b: ItemRerun) -> Iterator[LightDifference]:
    for frame, one, other in zip(a.item.frame.quarters, a.item.quarters, b.item.quarters, strict=True):
        if (one.rated, one.light) != (other.rated, other.light):
            yield LightDifference(period=frame.id, a=_light(a, frame.id), b=_light(b, frame.id))


def _light(run: ItemRerun, period: str) -> LightUnderPolicy:
    quarter = run.item.quarters[run.item.frame.quarter_index[period]]
    changed = run.changed.get(period)
    return LightUnderPolicy(
        rated=quarter.rated,
        light=quarter.light,
        rule=changed.rule if changed else "",
        because=_named(run, changed.because) if changed else (),
        why=explain(run.item, period, run.compared(period)),
    )


def _escalations(a: ItemRerun, b: ItemRerun) -> Iterator[EscalationDifference]:
    ours, theirs = _escalations_of(a), _escalations_of(b)
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None or _outcome(one) != _outcome(other):
            yield EscalationDifference(level=key[0], cause=key[1], a=one, b=other)


def _escalations_of(run: ItemRerun) -> dict[tuple[str, str, int], EscalationUnderPolicy]:
    """The item's escalations by level, by the cause that raised them, and by a number where both are the same."""
    found: dict[tuple[str, str, int], EscalationUnderPolicy] = {}
    for escalation in run.item.escalations:
        level, cause = escalation.level, escalation.causes[0].name
        count = sum(key[:2] == (level, cause) for key in found)
        found[level, cause, count] = _escalation(run, escalation)
    return found


def _escalation(run: ItemRerun, escalation: Escalation) -> EscalationUnderPolicy:
    raised = run.raised[escalation.id]
    return EscalationUnderPolicy(
        raised_at=escalation.raised_at,
        due_at=escalation.due_at,
        phase=escalation.phase,
        overdue=escalation.overdue,
        causes=tuple(cause.name for cause in escalation.causes),
        standing=tuple(cause.name for cause in escalation.causes if cause.standing),
        rule=raised.rule,
        because=_named(run, raised.because),
        why=explain_escalation(run.item, escalation),
    )


_WORDS: Final = {"rule", "because", "why"}


def _outcome(escalation: EscalationUnderPolicy) -> tuple[Any, ...]:
    """All that is compared of an escalation: everything but the words about it."""
    return tuple(getattr(escalation, field.name) for field in fields(escalation) if field.name not in _WORDS)


def _refusals(a: ItemRerun, b: ItemRerun) -> Iterator[RefusalDifference]:
    for id_ in dict.fromkeys([*a.refused, *b.refused]):
        one, other = a.refused.get(id_, ()), b.refused.get(id_, ())
        if one != other:
            act, at = a.submitted[id_]
            yield RefusalDifference(act=act, at=at, a=one, b=other)


def _named(run: ItemRerun, because: tuple[str, ...]) -> tuple[str, ...]:
    """The submissions that something follows from, as type and time."""
    known = run.submitted
    return tuple(f"{known[id_][0]} {known[id_][1].isoformat()}" if id_ in known else id_ for id_ in because)


def _json(value: Any) -> Any:
    if isinstance(value, Word):
        return value._asdict()
    if isinstance(value, tuple):
        return [_json(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    return as_json(value)
