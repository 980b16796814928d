"""The annual evaluation: a sheet per unit from the policy's weights, every deduction with its events.

rulebook: Annual evaluation. The weights are a sample, as the scheme gives no formula. How the rule is read:
docs/decisions/0010.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from contracts.policy import Policy
from contracts.rulings import ItemOpened, PolicyChanged, ProgrammeOpened, RulingData
from contracts.values import Identifier
from supervision.evaluation.deduction import KINDS, Deduction, DeductionKind, SourcedEvent
from supervision.evaluation.record import EvaluationRecord, evolve, opened
from supervision.words import SAMPLE_WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A unit's evaluation so far: `pending` periods of the items that it leads are not settled yet."""

    unit: Identifier
    base: Decimal
    deductions: tuple[Deduction, ...]
    pending: int

    @property
    def score(self) -> Decimal:
        """The base with all deductions."""
        return self.base + sum((one.points for one in self.deductions), Decimal(0))

    def counted(self, kind: DeductionKind) -> int:
        """How many deductions there are of a kind."""
        return sum(one.kind == kind for one in self.deductions)

    def shown(self) -> dict[str, Any]:
        """The sheet in JSON primitives, the same from whoever derives it; points are decimal numbers as text."""
        return {
            "unit": self.unit,
            "base": format(self.base, "f"),
            "score": format(self.score, "f"),
            "counts": {kind: self.counted(kind) for kind in KINDS},
            "periods_pending": self.pending,
            "weights": SAMPLE_WEIGHTS._asdict(),
            "deductions": [one.shown() for one in self.deductions],
        }


class ItemResult(NamedTuple):
    """What one item means for the sheets: `pending` periods are not settled, `led_by` is who leads and who led it."""

    lead_unit: Identifier
    led_by: tuple[Identifier, ...]
    pending: int
    deductions: tuple[Deduction, ...]


def result_of(item: EvaluationRecord) -> ItemResult:
    """What an item means for the sheets, by its record."""
    return ItemResult(item.lead_unit, tuple(item.led_by), item.pending, tuple(item.deductions()))


def policy_after(policy: Policy | None, data: RulingData) -> Policy | None:
    """The policy in force after one more event of the programme itself: of it the sheets take their base."""
    return data.policy if isinstance(data, ProgrammeOpened | PolicyChanged) else policy


def gathered(policy: Policy | None, results: Mapping[str, ItemResult]) -> list[Sheet]:
    """The sheets of all units that lead or led one of these items, by unit. Without a policy there is no sheet."""
    if policy is None:
        return []
    found: dict[str, list[Deduction]] = defaultdict(list)
    pending: dict[str, int] = defaultdict(int)
    for _, one in sorted(results.items()):
        pending[one.lead_unit] += one.pending
        for unit in one.led_by:
            found[unit] += []
        for deduction in one.deductions:
            found[deduction.unit].append(deduction)
    base = policy.weights.base
    return [Sheet(unit=unit, base=base, deductions=tuple(found[unit]), pending=pending[unit]) for unit in sorted(found)]


def evaluate(events: Iterable[SourcedEvent]) -> list[Sheet]:
    """The sheets of all units that lead or led an item, by unit, from the events of one programme.

    An item's events, and the programme's own, come in the order of the log. The base is that of the policy in force.
    Nothing was published: no sheet.
    """
    policy: Policy | None = None
    items: dict[str, EvaluationRecord] = {}
    for event in events:
        data = event.data
        if event.item is None:
            policy = policy_after(policy, data)
        elif isinstance(data, ItemOpened):
            items[event.item] = opened(event.item, data)
        elif (record := items.get(event.item)) is not None:
            evolve(record, event)
    return gathered(policy, {id_: result_of(record) for id_, record in items.items()})
