"""What the events of each item come to in the annual evaluation, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from contracts.policy import Policy
from contracts.ruling import RULING_TYPES
from contracts.rulings import ItemOpened, PolicyChanged, ProgrammeOpened
from services.query.answers.kept_items import KeptItems, fold_of_events
from services.query.read_model.results import known
from services.query.read_model.tables import EventRow
from supervision.evaluation import record as evaluation
from supervision.evaluation.deduction import Source, SourcedEvent
from supervision.evaluation.record import EvaluationRecord
from supervision.evaluation.sheets import ItemResult, policy_after, result_of

_TYPES: Final = [
    RULING_TYPES.short_names[cls] for cls in {ItemOpened, ProgrammeOpened, PolicyChanged, *evaluation.FOLDED}
]
_KEPT: Final = 20_000
"""Items of which it is kept: some 2 KB each."""


class ItemOutcome(NamedTuple):
    """Of an item its result; of the programme itself ("") the policy in force."""

    result: ItemResult | None = None
    policy: Policy | None = None


Outcomes = Mapping[str, ItemOutcome]
"""By item."""


def kept_outcomes() -> KeptItems[ItemOutcome, Outcomes]:
    """The outcomes of the programmes asked for last."""
    return KeptItems(fold_of_events(_TYPES, _folded), lambda _, found: found, _KEPT)


def _folded(rows: Iterable[EventRow]) -> Outcomes:
    """The outcomes of all items of a programme that these events, in the order of the log, are about."""
    policy: Policy | None = None
    items: dict[str, EvaluationRecord] = {}
    for row, data in known(rows):
        if row.item is None:
            policy = policy_after(policy, data)
        elif isinstance(data, ItemOpened):
            items[row.item] = evaluation.opened(row.item, data)
        elif (record := items.get(row.item)) is not None:
            source = Source(row.id, row.type, f"rulings-{row.part}@{row.pos}", f"submissions-{row.part}@{row.cause}")
            evaluation.evolve(record, SourcedEvent(row.item, row.time, source, data))
    found = {id_: ItemOutcome(result_of(one)) for id_, one in items.items()}
    return found if policy is None else {**found, "": ItemOutcome(policy=policy)}
