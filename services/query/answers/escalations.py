"""How an escalation stands: the fold of its steps (rulebook: Escalation ladder)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from contracts.values import Light
from services.query.read_model.as_of import LOCAL
from supervision.escalation_sentences import EscalationFacts, causes_word, escalation_sentence
from supervision.escalations import Ground, Rung, facts_of
from supervision.words import Word

Found = Mapping[str, Any]


@dataclass(slots=True)
class Escalation:
    """A rung of the ladder for one item, and what the sentence about it is made from."""

    programme: str
    item: str
    rung: Rung
    raised_at: datetime
    recipient: str
    first_cause: str
    facts: EscalationFacts | None = None
    ended_at: datetime | None = None
    rule: str = ""
    because: list[str] = field(default_factory=list)
    part: int = 0
    pos: int = 0

    @property
    def standing(self) -> str:
        """The one word for how it stands: a code of `supervision.words.ESCALATION_STATES`."""
        return "overdue" if self.rung.overdue and self.rung.standing == "open" else self.rung.standing

    @property
    def grounds(self) -> list[str]:
        """The names of the causes that stand, in their order, each once."""
        return list(dict.fromkeys(ground.name for ground in self.rung.grounds))

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.rung.phase in ("proposed", "open")

    @property
    def why(self) -> Word:
        """What it stands on, until when, and how far it is."""
        return escalation_sentence(self._known)

    @property
    def causes(self) -> Word:
        """What it stands on."""
        return causes_word(self._known)

    @property
    def _known(self) -> EscalationFacts:
        if self.facts is None:
            raise LookupError(f"{self.item} {self.rung.id}: its steps were not folded to the end")
        return self.facts


def fold_escalations(steps: Iterable[Found], lights: Iterable[Found]) -> list[Escalation]:
    """Escalations in the order raised, from the rows of their steps in the order of the log and those of lights."""
    found: dict[tuple[str, str], dict[str, Escalation]] = {}
    for step in steps:
        here = found.setdefault((step["programme"], step["item"]), {})
        if step["step"] == "raised":
            here[step["escalation"]] = _raised(step)
        elif (escalation := here.get(step["escalation"])) is not None:
            _apply(escalation, step)
    colours: dict[str, dict[str, Light]] = {}
    for row in lights:
        colours.setdefault(row["item"], {})[row["period"]] = row["light"]
    for (_, item), here in found.items():
        rungs = {id_: one.rung for id_, one in here.items()}
        for one in here.values():
            one.facts = facts_of(one.rung, rungs, colours.get(item, {}).get, LOCAL)
    return [one for here in found.values() for one in here.values()]


def _raised(step: Found) -> Escalation:
    grounds = (Ground(step["ground"], step["source"]),)
    return Escalation(
        programme=step["programme"],
        item=step["item"],
        rung=Rung(step["escalation"], step["level"], step["state"], grounds, step["due_at"]),
        raised_at=step["time"],
        recipient=step["recipient"],
        first_cause=step["ground"],
        rule=step["rule"],
        because=list(step["because"]),
        part=step["part"],
        pos=step["pos"],
    )


_STEPS: Final[Mapping[str, Callable[[Rung, Found], Rung]]] = {
    "joined": lambda rung, step: rung.joined(step["ground"], step["source"]),
    "confirmed": lambda rung, step: rung.confirmed(step["due_at"]),
    "reported": lambda rung, _: rung.reported(),
    "reviewed": lambda rung, step: rung.reviewed(step["finding"]),
    "overdue": lambda rung, _: rung.lapsed(),
    "reduced": lambda rung, step: rung.reduced(step["ground"], step["source"]),
    "closed": lambda rung, _: rung.closed(),
    "withdrawn": lambda rung, _: rung.withdrawn(),
}


def _apply(escalation: Escalation, step: Found) -> None:
    name = step["step"]
    escalation.rung = _STEPS[name](escalation.rung, step)
    if name == "joined":
        escalation.because.extend(step["because"])
    elif name == "confirmed":
        escalation.recipient = step["recipient"]
    elif name in ("closed", "withdrawn"):
        escalation.ended_at = step["time"]
