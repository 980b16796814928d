"""How an escalation stands: the fold of its steps (rulebook: Escalation ladder)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

State = Literal["proposed", "open", "closed", "withdrawn"]


@dataclass(slots=True)
class Escalation:
    """A rung of the ladder for one item; `causes` are those that stand, each with the escalation it came from."""

    id: str
    programme: str
    item: str
    level: str
    state: State
    raised_at: datetime
    due_at: datetime | None
    recipient: str
    first_cause: str
    causes: list[tuple[str, str | None]] = field(default_factory=list)
    overdue: bool = False
    reported: bool = False
    finding: str | None = None
    ended_at: datetime | None = None
    rule: str = ""
    because: list[str] = field(default_factory=list)
    part: int = 0
    pos: int = 0

    @property
    def standing(self) -> str:
        """The one word for how it stands: a code of `contracts.words.ESCALATION_STATES`."""
        if self.state != "open":
            return self.state
        if self.finding == "not_done":
            return "not_done"
        if self.reported:
            return "reported"
        return "overdue" if self.overdue else "open"

    @property
    def grounds(self) -> list[str]:
        """The names of the causes that stand, in their order, each once."""
        return list(dict.fromkeys(name for name, _ in self.causes))

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in ("proposed", "open")


def fold_escalations(steps: Iterable[Mapping[str, Any]]) -> list[Escalation]:
    """Escalations in the order raised, from the rows of their steps in the order of the log."""
    found: dict[tuple[str, str, str], Escalation] = {}
    for step in steps:
        key = (step["programme"], step["item"], step["escalation"])
        if step["step"] == "raised":
            found[key] = Escalation(
                id=step["escalation"],
                programme=step["programme"],
                item=step["item"],
                level=step["level"],
                state=step["state"],
                raised_at=step["time"],
                due_at=step["due_at"],
                recipient=step["recipient"],
                first_cause=step["ground"],
                causes=[(step["ground"], step["source"])],
                rule=step["rule"],
                because=list(step["because"]),
                part=step["part"],
                pos=step["pos"],
            )
        elif (escalation := found.get(key)) is not None:
            _apply(escalation, step)
    return list(found.values())


def _apply(escalation: Escalation, step: Mapping[str, Any]) -> None:
    match step["step"]:
        case "joined":
            escalation.causes.append((step["ground"], step["source"]))
            escalation.because.extend(step["because"])
        case "confirmed":
            escalation.state = "open"
            escalation.due_at = step["due_at"]
            escalation.recipient = step["recipient"]
        case "reported":
            escalation.reported = True
        case "reviewed":
            escalation.finding = step["finding"]
        case "overdue":
            escalation.overdue = True
        case "reduced":
            gone = (step["ground"], step["source"])
            escalation.causes = [cause for cause in escalation.causes if cause != gone]
        case "closed":
            escalation.state, escalation.ended_at = "closed", step["time"]
        case "withdrawn":
            escalation.state, escalation.ended_at = "withdrawn", step["time"]
            escalation.causes = []
