"""What became of a draft that was sent to be published: ruled on, refused, or another publication has its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.submission import id_under
from contracts.topics import subject_of
from services.intake.pages.drafts.visit import DraftVisit
from services.intake.receipts import ruling_on

State = Literal["waiting", "accepted", "refused", "elsewhere"]
_LOOKED_UP: Final = 20
"""Items whose refusals are read, one record of the log each; the others are told the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationOutcome:
    """`elsewhere`: another publication opened the programme, and this one did not count.

    `reasons` are those of a refusal of the programme itself; `refused` are items with the reasons of theirs, `missing`
    how many have no ruling yet.
    """

    state: State
    submission: str
    reasons: Sequence[str] = ()
    missing: int = 0
    refused: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def reopens(self) -> bool:
        """Whether the draft can be changed again: nothing of it is, or will be, in force."""
        return self.state in ("refused", "elsewhere")

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be waited for."""
        return self.reopens or (self.state == "accepted" and not self.missing)


async def outcome_of(visit: DraftVisit, key: str, *, refusals: bool = True) -> PublicationOutcome:
    """What the rulings have said so far about a draft sent under `key`; `refusals`: those of items are read, too."""
    roster, programme = visit.dependencies.roster, visit.kept.programme
    submission = _id(visit, key)
    known = roster.programmes.get(programme)
    if known is None:
        reasons = await _reasons(visit, submission)
        state: State = "waiting" if reasons is None else "refused"
        return PublicationOutcome(
            state=state, submission=submission, reasons=reasons or (), missing=len(visit.kept.content.items)
        )
    if known.causeid != submission:
        return PublicationOutcome(state="elsewhere", submission=known.causeid)
    absent = [one.id for one in visit.kept.content.items if (programme, one.id) not in roster.items]
    refused = {}
    for item in absent[:_LOOKED_UP] if refusals else ():
        if (reasons := await _reasons(visit, _id(visit, key, item))) is not None:
            refused[item] = reasons
    return PublicationOutcome(
        state="accepted", submission=submission, missing=len(absent) - len(refused), refused=refused
    )


def _id(visit: DraftVisit, key: str, item: str | None = None) -> str:
    """Of the submission that publishes the programme, or one of its items."""
    subject = subject_of(visit.kept.programme, item)
    return id_under(visit.dependencies.settings.log, visit.identity.actor, key, subject)


async def _reasons(visit: DraftVisit, submission: str) -> Sequence[str] | None:
    """Why it was refused; None where it was not, or not yet."""
    ruling = await ruling_on(visit.dependencies, submission)
    return None if ruling is None or ruling["verdict"] != "rejected" else [one["code"] for one in ruling["reasons"]]
