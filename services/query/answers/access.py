"""Who sees what (rulebook: Who; Fairness, art. 9/24 and 15): the public, units, and those who supervise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.rulings import ReplyReleased, ReplyRetained, RulingData, VerificationRecorded
from contracts.values import Evidence
from services.query.read_model.columns import Json, JsonObject
from services.query.read_model.results import HeldItem, ItemHolders, KnownSubmission
from supervision.right import Assignees, StandsIn, reference_of
from web.rights import Rights

Sight = Literal["none", "public", "full"]
_PUBLISHED: Final = frozenset(
    {
        "programme.opened",
        "item.opened",
        "item.revised",
        "item.transferred",
        "item.withdrawn",
        "calendar.revised",
        "deadline.shifted",
        "plan.adopted",
        "node.adjusted",
        "progress.recorded",
        "light.changed",
        "light.settled",
        "month.settled",
        "reply.recorded",
        "reply.released",
        "bulletin.published",
    }
)
"""Events that a public item shows to everybody; notices, findings and what waits for a decision are internal.

Of replies those that the office published, as `published_replies` says.
"""
_INTERNAL_WORDS: Final = {
    "item.revised": "reason",
    "item.withdrawn": "reason",
    "deadline.shifted": "ground",
}
"""What the office wrote beside a change that everybody sees: nobody published it."""
_UNPUBLISHED_ACTS: Final = frozenset({"progress.reviewed", "inspection.recorded", "appeal.decided"})
_WHOLE: Final = ("item.read_full", "findings.see", "appeals.see")
"""Whoever may not see one of these sees of an item what was published, and no more."""
REASSESSMENT: Final = "reassessment"
"""What the public is told instead of an act that is internal, though the light that it moved is not."""


Deputies = Mapping[tuple[str, str], Collection[StandsIn]]
"""Who stands in for whom today, by programme and item."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks, or the public; the table of rights says what they see."""

    rights: Rights
    deputies: Deputies = field(default_factory=dict)

    @property
    def unknown(self) -> bool:
        """Whether this is the public."""
        return self.rights.identity is None

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

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Those that a signed-in person belongs to."""
        identity = self.rights.identity
        return () if identity is None else identity.jurisdictions or tuple(self.rights.served)

    @property
    def sees_all(self) -> bool:
        """Whether plain positions on the log are shown: nothing in the own jurisdictions is hidden then."""
        return self.rights.may("positions.see")

    def may_see(self, operation: str, item: HeldItem | ItemHolders, *, party: bool = False) -> bool:
        """Whether an operation about an item, or a record of it, is allowed, by its present holders."""
        deputies = self.deputies.get((item.programme, item.item), ())
        assignees = Assignees(item.holding_unit, item.holding_cooperating, item.holding_leader, deputies)
        return self.rights.to(operation, item.programme, assignees, item.classification, party=party).allowed

    def principals(self, programme: str, item: str) -> set[str]:
        """For whom the viewer stands in today on an item: `chief`, or `leader:` and an id."""
        identity = self.rights.identity
        mine = reference_of(self.rights.asker, identity.id) if identity else ""
        return {pair.principal for pair in self.deputies.get((programme, item), ()) if pair.deputy == mine}

    def sees_sheet(self, programme: str, unit: str) -> bool:
        """Whether a unit's evaluation sheet is seen."""
        return self.rights.to("evaluation.read", programme, Assignees(unit)).allowed

    def sight_of(self, item: HeldItem | ItemHolders) -> Sight:
        """How much of an item is seen."""
        if all(self.may_see(operation, item) for operation in _WHOLE):
            return "full"
        return "public" if self.may_see("item.read", item) else "none"


def event_is_seen(sight: Sight, type_: str, data: JsonObject, replies: frozenset[str]) -> bool:
    """Whether an event of an item is shown at this sight, inspections aside; `replies` are those published."""
    if sight == "full" or (sight == "public" and type_ in _PUBLISHED):
        return sight == "full" or not type_.startswith("reply.") or data.get("reply") in replies
    return False


def shows_to_everybody(type_: str) -> bool:
    """Whether an event of a public item, or a programme, shows to everybody at once; a reply not before its release."""
    return type_ in _PUBLISHED and type_ != "reply.recorded"


def published_replies(events: Iterable[RulingData]) -> frozenset[str]:
    """The replies that the office has published and not withheld since, by all events that there are up to now."""
    said: dict[str, bool] = {}
    for event in events:
        if isinstance(event, ReplyReleased | ReplyRetained):
            said[event.reply] = isinstance(event, ReplyReleased)
    return frozenset(reply for reply, released in said.items() if released)


def is_published_act(type_: str) -> bool:
    """Whether the public is told the type of a submission and who made it."""
    return type_ not in _UNPUBLISHED_ACTS


def seen_evidence(sight: Sight, evidence: Iterable[Evidence]) -> list[Evidence]:
    """The files of a report as far as they are shown: internal evidence never reaches the public (art. 9/24)."""
    return [file for file in evidence if sight == "full" or file.classification != "internal"]


def seen_data(sight: Sight, type_: str, data: JsonObject) -> JsonObject:
    """The data of an event as far as it is shown, as `seen_evidence`; the office's reasons stay internal."""
    if sight == "full":
        return data
    if type_ in _INTERNAL_WORDS:
        return {name: value for name, value in data.items() if name != _INTERNAL_WORDS[type_]}
    evidence = data.get("evidence")
    if not isinstance(evidence, list):
        return data
    return {**data, "evidence": [file for file in evidence if not _is_internal(file)]}


def _is_internal(file: Json) -> bool:
    return isinstance(file, dict) and file.get("classification") == "internal"


def visited_plans(events: Iterable[RulingData]) -> frozenset[str]:
    """Inspection plans whose visit is on record."""
    return frozenset(event.plan for event in events if isinstance(event, VerificationRecorded) and event.plan)


def inspection_is_seen(known: KnownSubmission, visited: frozenset[str], *, unvisited: bool) -> bool:
    """Whether an inspection, planned or recorded, is shown: to its unit once the visit is recorded (art. 15).

    `unvisited`: plans are shown before that, too.
    """
    submission, ruling = known
    if unvisited or not submission.type.startswith("inspection."):
        return True
    if submission.type == "inspection.planned":
        plan = submission.data.get("plan")
        return isinstance(plan, str) and plan in visited
    return ruling is not None and ruling.verdict == "accepted"
