"""`liangdeng people grant` and what else the operator does to one person; each act is a security event."""

from __future__ import annotations

import getpass
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

import typer
from prometheus_client import CollectorRegistry

from cli import program_access
from cli.output import print_json, say
from cli.people import with_directory
from directory import plain_text
from directory.administration import Administration, Done
from directory.persons import ROLES_OF_PERSONS, WAYS, Person, new_id
from directory.plain_text import Unfit
from directory.register import Register
from directory.store import DirectoryStore
from embedded.machine_error import MachineError
from web.security_events import SecurityEvent, SecurityLog, lines_on_stderr
from web.sessions import SessionLimits, Sessions, SessionsUnavailable, session_pool

Act = Callable[[Administration, Person], Awaitable[Done]]
_DAY = timedelta(days=1)
_ACTS: Mapping[str, tuple[Act, SecurityEvent, bool]] = {
    "disable": (lambda office, person: office.disable(person), "person_disabled", True),
    "enable": (lambda office, person: office.enable(person), "person_changed", False),
    "revoke": (lambda office, person: office.revoke(person), "right_revoked", True),
    "reset": (lambda office, person: office.reset(person), "credentials_reset", True),
    "erase": (lambda office, person: office.erase(person), "person_erased", True),
}
"""By command: what is done, how it is told, and whether it ends the person's sessions."""


def grant(role: str, told: Mapping[str, str], *, head: bool, username: str, as_json: bool) -> int:
    """A new person with a role; `told` is name, jurisdiction, unit, leader and addresses as they were typed.

    Raises MachineError.
    """

    async def act(store: DirectoryStore, office: Administration, url: str) -> int:
        person = granted_person(role, told, head=head, known=await store.load(told["jurisdiction"]))
        name = _checked("username", plain_text.username, username) if username else ""
        done = await office.add(person, name)
        return await _finish("right_granted", done, url, as_json=as_json, signs_out=False)

    return with_directory(act)


def do(command: str, id_: str, *, as_json: bool) -> int:
    """Do something to a person who is known by id. Raises MachineError."""
    act, event, signs_out = _ACTS[command]

    async def run(store: DirectoryStore, office: Administration, url: str) -> int:
        known = await store.load()
        if id_ in known.programs:
            return await program_access.do(command, known.programs[id_], store, as_json=as_json)
        person = known.persons.get(id_)
        if person is None or person.erased:
            raise MachineError(f"目录中没有 {id_}。", f"{id_} is nobody of the directory.")
        done = await act(office, person)
        return await _finish(event, done, url, as_json=as_json, signs_out=signs_out, before=person)

    return with_directory(run)


async def _finish(
    event: SecurityEvent, done: Done, url: str, *, as_json: bool, signs_out: bool, before: Person | None = None
) -> int:
    lines_on_stderr()
    outcome = done.trouble.en if done.trouble else "done"
    person = done.person
    SecurityLog("people", CollectorRegistry()).tell(
        event,
        request_id=uuid.uuid4().hex,
        operator=getpass.getuser(),
        about=person.id,
        granted=person.role,
        jurisdiction=person.jurisdiction,
        outcome=outcome,
    )
    if signs_out and before is not None:
        await _sign_out(before, url)
    if done.trouble:
        say(f"{done.trouble.zh} · {done.trouble.en}")
    issued = done.issued
    if as_json:
        shown = {"username": issued.username, "password": issued.password} if issued else {}
        print_json({"id": done.person.id, "active": done.person.active, "outcome": outcome, **shown})
    else:
        typer.echo(f"{done.person.id} {done.person.shown.zh}")
        if issued:
            typer.echo(
                f"登录名 user name: {issued.username}\n临时密码（只显示一次）temporary password: {issued.password}"
            )
    return 1 if done.trouble else 0


async def _sign_out(person: Person, url: str) -> None:
    async with session_pool(url) as pool:
        sessions = Sessions(pool, SessionLimits(_DAY, _DAY))
        try:
            await sessions.prepare()
            await sessions.end_person(person.actor, person.role, person.jurisdiction)
        except SessionsUnavailable as error:
            say(f"会话未结束 · sessions were not ended: {error}")


def granted_person(role: str, told: Mapping[str, str], *, head: bool, known: Register) -> Person:
    """The person as they would be added. Raises MachineError saying what is wrong with what was typed."""
    if role not in ROLES_OF_PERSONS:
        raise _wrong(
            "role", f"应为 {'、'.join(ROLES_OF_PERSONS)} 之一", f"must be one of {', '.join(ROLES_OF_PERSONS)}"
        )
    where = _checked("jurisdiction", plain_text.jurisdiction, told["jurisdiction"])
    if where not in known.jurisdictions:
        raise _wrong(
            "jurisdiction", "目录中没有，请先导入其方案", "is not in the directory: import its programme first"
        )
    unit, leader = told["unit"] or None, told["leader"] or None
    if (role == "unit") != (unit is not None) or (unit is not None and (where, unit) not in known.units):
        raise _wrong(
            "unit", "只有身份 unit 有，须为目录中的单位", "the role unit alone has one, a unit of the directory"
        )
    if (role == "leader") != (leader is not None) or (leader is not None and (where, leader) not in known.leaders):
        raise _wrong(
            "leader", "只有身份 leader 有，须为目录中的编号", "the role leader alone has one, of the directory"
        )
    held = known.by_reference.get((where, f"leader:{leader}"), ())
    if held:
        raise _wrong("leader", f"现由 {held[0].id} 担任，请先停用", f"is {held[0].id} now: disable that person first")
    channels: dict[str, str] = {}
    for way in WAYS:
        if told.get(way):
            channels[way] = _checked(way, partial(plain_text.address, way), told[way])
    return Person(
        id=new_id(),
        jurisdiction=where,
        name=_checked("name", plain_text.person_name, told["name"]),
        role=role,
        unit=unit,
        head=head and role == "unit",
        leader=leader,
        channels=channels,
    )


def _checked(name: str, check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except Unfit as error:
        raise _wrong(name, *error.why) from None


def _wrong(name: str, zh: str, en: str) -> MachineError:
    return MachineError(f"{name}：{zh}", f"{name}: {en}")
