"""Who sees what (rulebook: Who; Fairness, art. 9/24 and 15): the public, units, and those who supervise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from supervision.right import Hands
from web.rights import Rights

Sight = Literal["none", "public", "full"]
_PUBLISHED: Final = frozenset(
    {
        "programme.opened",
        "item.opened",
        "item.transferred",
        "item.withdrawn",
        "plan.adopted",
        "node.adjusted",
        "progress.recorded",
        "light.changed",
        "light.settled",
        "month.settled",
        "bulletin.published",
    }
)
"""Events that a public item shows to everybody; notices, findings and what waits for a decision are internal."""
_UNPUBLISHED_ACTS: Final = frozenset({"progress.reviewed", "inspection.recorded", "appeal.decided"})
REASSESSMENT: Final = "reassessment"
"""What the public is told instead of an act that is internal, though the light that it moved is not."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks, or the public; the table of rights says what they see."""

    rights: Rights

    @property
    def unit(self) -> str | None:
        """The unit that a signed-in person acts for."""
        return self.rights.identity.unit if self.rights.identity else None

    @property
    def inbox(self) -> str | None:
        """The directory's role whose inbox this is, as notices name recipients."""
        identity = self.rights.identity
        if identity is None or not self.rights.may("inbox.read"):
            return None
        match identity.role:
            case "unit":
                return f"unit:{identity.unit}"
            case "leader":
                return f"leader:{identity.id}"
        return identity.role

    def may(self, operation: str, programme: str) -> bool:
        """Whether an operation about a whole programme is allowed."""
        return self.rights.to(operation, programme).allowed

    def may_see(self, operation: str, item: Mapping[str, Any], *, party: bool = False) -> bool:
        """Whether an operation about an item, or a record of it, is allowed, by its present holders."""
        hands = Hands(item["holding_unit"], item["holding_cooperating"], item["holding_leader"])
        return self.rights.to(operation, item["programme"], hands, item["classification"], party=party).allowed

    def sees_sheet(self, programme: str, unit: str) -> bool:
        """Whether a unit's evaluation sheet is seen."""
        return self.rights.to("evaluation.read", programme, Hands(unit)).allowed

    def sight_of(self, item: Mapping[str, Any]) -> Sight:
        """How much of an item is seen."""
        if self.may_see("item.read_full", item):
            return "full"
        return "public" if self.may_see("item.read", item) else "none"


def event_is_seen(sight: Sight, type_: str) -> bool:
    """Whether an event of an item is shown at this sight, inspections aside."""
    return sight == "full" or (sight == "public" and type_ in _PUBLISHED)


def published_act(type_: str, by: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The type of a submission and who made it, as the public is told."""
    return (REASSESSMENT, {"role": None, "unit": None}) if type_ in _UNPUBLISHED_ACTS else (type_, by)


def seen_data(sight: Sight, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of an event as far as it is shown: internal evidence never reaches the public (art. 9/24)."""
    if sight == "full" or "evidence" not in data:
        return data
    return {**data, "evidence": [file for file in data["evidence"] if file.get("classification") != "internal"]}


def visited_plans(events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Inspection plans whose visit is on record."""
    return frozenset(
        event["data"]["plan"]
        for event in events
        if event["type"] == "verification.recorded" and event["data"].get("plan")
    )


def inspection_is_seen(
    unvisited: bool, type_: str, data: Mapping[str, Any], verdict: str, visited: frozenset[str]
) -> bool:
    """Whether an inspection, planned or recorded, is shown: to its unit once the visit is recorded (art. 15).

    `unvisited`: plans are shown before that, too.
    """
    if unvisited or not type_.startswith("inspection."):
        return True
    if type_ in ("inspection.planned", "inspection.authorized"):
        return data.get("plan") in visited
    return verdict == "accepted"
