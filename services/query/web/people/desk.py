"""One request about people: who asks, in which jurisdiction, about whom; and what becomes of an act."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from fastapi import Request
from psycopg_pool import PoolTimeout

from contracts.topics import jurisdiction_of
from directory.administration import Administration, Done
from directory.persons import Person
from directory.register import Register
from directory.store import ChangedMeanwhile, DirectoryStore
from services.query.answers.desk import waiting_for
from services.query.answers.problem import QueryProblem
from services.query.answers.programme import notes_of
from services.query.answers.request_view import RequestViews
from services.query.web.people.list_reader import ListReader
from services.query.web.people.rights import PeopleOperation, may, own_jurisdiction
from services.recognition import Recognition
from supervision.right import Answer
from web.identity import Identity
from web.rights import RightDenied
from web.security_events import SecurityEvent
from web.sessions import SessionsUnavailable
from web.visitor import Visitor, known_visitor, request_id, same_site


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """What the pages about people are given; built once."""

    store: DirectoryStore
    administration: Administration
    who: Recognition
    origin: str
    list_reader: ListReader

    @asynccontextmanager
    async def visit(self, request: Request, operation: PeopleOperation, person: str = "") -> AsyncIterator[PeopleVisit]:
        """A visit of somebody whom the gate let in, to a person where one is named. Raises QueryProblem, RightDenied.

        What is posted must come from a page of this origin; whether it was opened in this session, `check_form` says.
        """
        try:
            visitor = known_visitor(request)
            if visitor.identity is None:
                raise QueryProblem("sign-in-required")
            identity = visitor.identity
            self._check_origin(request, visitor)
            where = own_jurisdiction(operation, identity, request.query_params.get("where", ""))
            if person:
                where = await self._where(identity, person)
            register = await self.store.load(where)
            found = register.persons.get(person)
            if found is not None and not may(operation, identity, found):
                raise RightDenied(operation, Answer("forbidden", "wrong_role"))
            waiting, notes = await _read(request, where)
            yield PeopleVisit(self, request, visitor, identity, operation, where, register, found, waiting, notes)
        except ChangedMeanwhile:
            raise QueryProblem("changed-meanwhile") from None
        except (psycopg.OperationalError, PoolTimeout, SessionsUnavailable) as error:
            raise QueryProblem("unavailable", type(error).__name__) from error

    def _check_origin(self, request: Request, visitor: Visitor) -> None:
        if request.method == "POST" and not (visitor.secret and same_site(request, self.origin)):
            self.who.visitors.tell("form_forged", request, "sent from another site")
            raise QueryProblem("forbidden")

    async def _where(self, identity: Identity, person: str) -> str:
        """The one of one's own jurisdictions where a person is: nobody is told of the others'."""
        for where in identity.jurisdictions:
            if person in (await self.store.load(where)).persons:
                return where
        raise QueryProblem("not-found")


@dataclass(frozen=True, slots=True)
class PeopleVisit:
    """A request by somebody who may make it; `person` is whom it is about, None where it is about nobody known.

    `waiting`: how much waits for a decision of whoever asks; `notes`: what must be said of the jurisdiction's
    programmes. Both stand in the header of every page.
    """

    desk: PeopleDesk
    request: Request
    visitor: Visitor
    identity: Identity
    operation: PeopleOperation
    where: str
    register: Register
    person: Person | None
    waiting: int = 0
    notes: Sequence[str] = ()

    @property
    def named(self) -> Person:
        """Whom it is about. Raises QueryProblem `not-found`."""
        if self.person is None or self.person.erased:
            raise QueryProblem("not-found")
        return self.person

    def may(self, operation: PeopleOperation, person: Person) -> bool:
        """Whether this visitor may do something to a person, for what a page offers."""
        return may(operation, self.identity, person) and not person.erased

    def check_form(self, token: str) -> None:
        """Raises QueryProblem `forbidden` unless the form was opened in this session."""
        if not self.visitor.sent(token, self.request.scope["path"]):
            self.desk.who.visitors.tell("form_forged", self.request, "not opened in this session")
            raise QueryProblem("forbidden")

    async def finish(self, event: SecurityEvent, done: Done, *, signs_out: bool = False) -> Done:
        """Tell an act, and end the sessions of whom it concerns where they are not what they were any more."""
        person = done.person
        outcome = done.trouble.en if done.trouble else "done"
        asked = request_id(self.request)
        self.desk.who.security.tell(event, request_id=asked, who=self.identity, about=person.id, outcome=outcome)
        if signs_out and self.desk.who.sessions is not None:
            await self.desk.who.sessions.end_person(person.actor, person.role, person.jurisdiction)
        return done


async def _read(request: Request, where: str) -> tuple[int, Sequence[str]]:
    """What waits, and the notes; nothing where the read model does not answer: these pages do without it."""
    views: RequestViews = request.app.state.request_views
    try:
        async with views.open(request) as view:
            here = [one for one in view.programmes if jurisdiction_of(one.id) == where]
            return len(await waiting_for(view)), notes_of(here)
    except QueryProblem:
        return 0, ()


def desk_of(request: Request) -> PeopleDesk:
    """The desk of the application that answers a request. Raises QueryProblem `not-found` where there is none."""
    desk: PeopleDesk | None = request.app.state.people
    if desk is None:
        raise QueryProblem("not-found")
    return desk
