"""The rights of whoever asks: the table's answers for an identity, about an item by those it is assigned to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from contracts.topics import jurisdiction_of
from contracts.values import Classification
from supervision.right import HIDDEN, Answer, Asker, Assignees, asker_of, capacities, relation_of
from supervision.rights import answer
from web.identity import Identity

NOBODY: Final = Assignees()


class RightDenied(Exception):
    """The table forbids this, or hides it."""

    def __init__(self, operation: str, said: Answer) -> None:
        super().__init__(f"{operation}: {said.outcome}, {said.reason}")
        self.operation = operation
        self.said = said


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do; nobody known is the public.

    `served` are the jurisdictions of all programmes on the log: who names none of their own (an old token, without the
    setting for it) belongs to the one that is served, and to none where there are several.
    """

    identity: Identity | None = None
    served: Collection[str] = ()

    @property
    def asker(self) -> Asker:
        """The role as the table names it."""
        return asker_of(self.identity.role if self.identity else None)

    def owns(self, subject: str) -> bool:
        """Whether a programme, or its item, is of a jurisdiction that this person acts in."""
        if self.identity is None:
            return False
        jurisdiction = jurisdiction_of(subject)
        own = self.identity.jurisdictions
        return jurisdiction in own if own else not (set(self.served) - {jurisdiction})

    @property
    def _person(self) -> tuple[str | None, str | None]:
        return (None, None) if self.identity is None else (self.identity.id, self.identity.unit)

    def to(
        self,
        operation: str,
        subject: str,
        assignees: Assignees = NOBODY,
        classification: Classification = "public",
        *,
        party: bool = False,
    ) -> Answer:
        """What the table says of an operation about a programme, an item in `hands`, or a record about one.

        A deputy is answered as their principal where they may not themselves.
        """
        said = None
        own, (person, unit) = self.owns(subject), self._person
        for asker, as_whom in capacities(self.asker, person, assignees):
            one = answer(
                operation, asker, relation_of(asker, as_whom, unit, assignees, own=own, party=party), classification
            )
            if one.allowed:
                return one
            said = said or one
        return said or HIDDEN

    def may(self, operation: str) -> bool:
        """Whether an operation that is about no item and no programme is allowed."""
        return answer(operation, self.asker).allowed

    def missing(self, operation: str, subject: str) -> Answer:
        """The same about something that does not exist, so that nobody learns whether it does."""
        said = self.to(operation, subject, NOBODY, "internal")
        return said if said.outcome == "forbidden" else HIDDEN


def require(operation: str, said: Answer) -> None:
    """Raises RightDenied unless it is allowed."""
    if not said.allowed:
        raise RightDenied(operation, said)
