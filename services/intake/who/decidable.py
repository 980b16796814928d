"""Which submission a decision would be about, so that a page can name it (rulebook: Fine print, `of`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts import rulings
from contracts.rulings import RulingData

Decidable = Mapping[str, tuple[str, ...]]
"""Ids of submissions by what is decided (`plan.decided`, `appeal.decided:a1`), the oldest that waits first."""


def evolve(known: Decidable, data: RulingData, cause: str) -> Decidable:
    """After one more event of the ruling on the submission `cause`."""
    kind = type(data)
    if kind in _REPLACING:
        return {**known, _REPLACING[kind](data): (cause,)}
    if kind in _FILED:
        filed = _FILED[kind](data)
        return {**known, filed: (*known.get(filed, ()), cause)}
    if kind in _DECIDED and (name := _DECIDED[kind](data)) is not None:
        if isinstance(data, rulings.NodeAdjusted) and known.get("plan.adopted") == (cause,):
            return known  # one that was approved before the plan, and waited for nobody
        waiting = known.get(name, ())
        place = data.place or 0  # type: ignore[union-attr]
        return {**known, name: waiting[:place] + waiting[place + 1 :]}
    if isinstance(data, rulings.ProgressRecorded):
        about = f"progress.reviewed:{data.period}"
        in_time = known.get(f"{about}:in_time", ())
        if data.in_time:
            return {**known, about: (data.report,), f"{about}:in_time": (data.report,)}
        return known if in_time else {**known, about: (data.report,)}
    return known


def named_submissions(known: Decidable, name: str) -> Mapping[str, str]:
    """The submission that a decision of this type would be about, by the value that its form asks for (or "")."""
    found = {one.partition(":")[2]: ids[0] for one, ids in known.items() if ids and one.partition(":")[0] == name}
    return {value: id_ for value, id_ in found.items() if not value.endswith(":in_time")}


def _extension(data: rulings.LimitMoved | rulings.ExtensionRefused) -> str | None:
    return None if data.extension is None else f"extension.decided:{data.extension}"


def _adjustment(data: rulings.AdjustmentApproved | rulings.AdjustmentRefused | rulings.NodeAdjusted) -> str:
    return f"adjustment.decided:{data.adjustment}"


_REPLACING: Final[Mapping[type, Callable[[Any], str]]] = {
    rulings.PlanReceived: lambda _: "plan.decided",
    rulings.PlanAdopted: lambda _: "plan.adopted",
    rulings.WithdrawalFiled: lambda _: "withdrawal.decided",
    rulings.CancellationFiled: lambda _: "cancellation.approved",
    rulings.EscalationReported: lambda _: "rectification.reviewed",
    rulings.InspectionAuthorized: lambda data: f"inspection.approved:{data.plan}",
}
_FILED: Final[Mapping[type, Callable[[Any], str]]] = {
    rulings.AppealOpened: lambda data: f"appeal.decided:{data.appeal}",
    rulings.AdjustmentFiled: lambda data: f"adjustment.decided:{data.adjustment}",
    rulings.ExtensionFiled: lambda data: f"extension.decided:{data.extension}",
}
_DECIDED: Final[Mapping[type, Callable[[Any], str | None]]] = {
    rulings.AppealClosed: lambda data: f"appeal.decided:{data.appeal}",
    rulings.AdjustmentApproved: _adjustment,
    rulings.AdjustmentRefused: _adjustment,
    rulings.NodeAdjusted: _adjustment,
    rulings.ExtensionRefused: _extension,
    rulings.LimitMoved: _extension,
}

FOLDED: Final = frozenset({*_REPLACING, *_FILED, *_DECIDED, rulings.ProgressRecorded})
"""The events that change it."""
