"""Who sees what (rulebook: Who; Fairness, art. 9/24 and 15): the public, units, and those who supervise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from web.identity import Identity

Sight = Literal["none", "public", "full"]
_ALL_SEEING: Final = frozenset({"office", "leader", "chief", "auditor"})
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
    """Somebody who looks: signed in, or the public."""

    identity: Identity | None = None

    @property
    def unit(self) -> str | None:
        """The unit that a signed-in person acts for."""
        return self.identity.unit if self.identity else None

    @property
    def sees_all(self) -> bool:
        """Office, leaders and auditors see everything."""
        return self.identity is not None and self.identity.role in _ALL_SEEING

    @property
    def signed_in(self) -> bool:
        """Whether there is a token of a person; the alarm's is none."""
        return self.identity is not None and self.identity.role != "alarm"

    @property
    def inbox(self) -> str | None:
        """The directory's role whose inbox this is, as notices name recipients."""
        if self.identity is None:
            return None
        match self.identity.role:
            case "unit":
                return f"unit:{self.identity.unit}"
            case "leader":
                return f"leader:{self.identity.id}"
            case "office" | "chief" as role:
                return role
        return None

    def sight_of(self, item: Mapping[str, Any]) -> Sight:
        """How much of an item is seen, by its present holders and its classification."""
        if self.sees_all:
            return "full"
        if self.unit is not None and self.unit in (item["holding_unit"], *item["holding_cooperating"]):
            return "full"
        return "public" if item["classification"] == "public" else "none"


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
    viewer: Viewer, type_: str, data: Mapping[str, Any], verdict: str, visited: frozenset[str]
) -> bool:
    """Whether an inspection, planned or recorded, is shown: to its unit once the visit is recorded (art. 15)."""
    if viewer.sees_all or not type_.startswith("inspection."):
        return True
    if type_ in ("inspection.planned", "inspection.authorized"):
        return data.get("plan") in visited
    return verdict == "accepted"
