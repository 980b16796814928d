"""Two districts of one installation whose units, leaders, items and keys bear the same names, and people of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx

from contracts.values import Actor, Role
from embedded.stack import Stack
from programmes.programme import Jurisdiction, ProgrammeFile
from sandbox.mint import Issuer
from sandbox.parts import ISSUER_NAME
from sandbox.people import Account
from sandbox.year.client import ServicesClient, SubmissionPosition
from sandbox.year.plan import plan
from sandbox.year.planned_act import PlannedAct
from sandbox.year.simulated_year import SimulatedYear

CODES = ("990001", "990002")
KEYS = "1"
"""The seed that all keys name, whatever year they belong to."""


@dataclass(frozen=True)
class District:
    """One of them: the programme under the district's own id, and its year up to `ends_at`."""

    code: str
    year: SimulatedYear

    @property
    def programme(self) -> str:
        """The programme's id."""
        return self.year.programme.programme

    @property
    def unit(self) -> str:
        """A unit that leads an item."""
        return self.year.programme.items[0].lead_unit

    @property
    def leader(self) -> str:
        """The leader in charge of the first item."""
        return self.year.programme.leader_of(self.year.programme.items[0]) or ""

    @property
    def internal(self) -> str:
        """The one item that is internal."""
        return self.year.programme.items[-1].id

    def person(self, role: Role, id_: str = "", *, where: Sequence[str] | None = None) -> Account:
        """Somebody of this district, or of the jurisdictions `where`."""
        unit = self.unit if role == "unit" else None
        usual = {"unit": f"u-{self.unit}-1", "leader": self.leader, "office": "o1"}
        return Account(
            id_ or usual.get(role, role), role, unit, "", "", (self.code,) if where is None else tuple(where)
        )


def district(code: str, programme: ProgrammeFile, seed: str, ends_at: datetime) -> District:
    """A programme's items under another jurisdiction, its year from a seed, with the keys of every other one."""
    items = (*programme.items[:-1], programme.items[-1].model_copy(update={"classification": "internal"}))
    own = programme.model_copy(
        update={
            "programme": f"{code}-{programme.programme.rpartition('-')[2]}",
            "jurisdiction": Jurisdiction(code=code, name=f"示例{code}（虚构）"),
            "items": items,
        }
    )
    lived = plan(own, seed)
    acts = [_keyed(act, seed) for act in lived.acts if act.at < ends_at]
    return District(code, SimulatedYear(own, replace(lived, acts=acts)))


def _keyed(act: PlannedAct, seed: str) -> PlannedAct:
    about = _keyed(act.about, seed) if act.about else None
    return replace(act, key=act.key.replace(f"year-{seed}-", f"year-{KEYS}-"), about=about)


class DistrictsClient(ServicesClient):
    """As the year's client; whoever acts shows a token of the act's own district alone."""

    def __init__(self, stack: Stack, code: str = CODES[0]) -> None:
        super().__init__(stack.urls)
        self._stack, self._code = stack, code
        self._others: dict[str, DistrictsClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def publish_of(self, one: District) -> list[SubmissionPosition]:
        """The district's office publishes its programme; both use the same key."""
        return await self._of(one.programme).publish(Actor(role="office", id="o1"), one.year.body, "publish")

    async def submit(self, act: PlannedAct) -> SubmissionPosition:
        """Submit an act as a person of its programme's district."""
        other = self._of(act.programme)
        return await (super().submit(act) if other is self else other.submit(act))

    async def spread(self, act: PlannedAct) -> list[SubmissionPosition]:
        """The same of what concerns many items."""
        other = self._of(act.programme)
        return await (super().spread(act) if other is self else other.spread(act))

    def _of(self, programme: str) -> DistrictsClient:
        code = programme.rpartition("-")[0]
        if code == self._code:
            return self
        return self._others.setdefault(code, DistrictsClient(self._stack, code))

    async def _token(self, actor: Actor) -> str:
        if actor not in self._tokens:
            known = Account(actor.id, actor.role, actor.unit, "", "", (self._code,))
            self._tokens[actor] = mint(self._stack, known)
        return self._tokens[actor]

    async def __aexit__(self, *_: object) -> None:
        for other in self._others.values():
            await other.__aexit__()
        await super().__aexit__()


def mint(stack: Stack, person: Account) -> str:
    """A token of the sandbox's sign-in for anybody."""
    return _issuer(stack.home / "issuer").mint(person)


@cache
def _issuer(folder: Path) -> Issuer:
    return Issuer(folder, ISSUER_NAME)


@dataclass
class Doors(AbstractContextManager["Doors"]):
    """Intake, query and the mailbox of a stack as anybody may ask them, with any token or none."""

    stack: Stack
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, who: Account | str | None, method: str, part: str, path: str, **request: Any) -> httpx.Response:
        """One request by a person, with the text of a token, or by nobody."""
        token = mint(self.stack, who) if isinstance(who, Account) else who
        headers = {**request.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.http.request(method, self.stack.urls[part] + path, headers=headers, **request)

    def get(self, who: Account | str | None, path: str, **params: str) -> httpx.Response:
        """Ask query."""
        return self.ask(who, "GET", "query", path, params=params)

    def submit(self, who: Account | str | None, about: str, body: dict[str, Any], key: str) -> httpx.Response:
        """Submit to intake about `programme/item`."""
        programme, _, item = about.partition("/")
        path = f"/v1/programmes/{programme}/items/{item}/submissions"
        return self.ask(who, "POST", "intake", path, json=body, headers={"Idempotency-Key": key})


def contacts_file(folder: Path, districts: Iterable[District]) -> Path:
    """Where each district is reached: addresses that name it."""
    lines = ["programmes:"]
    for one in districts:
        lines += [f"  {one.programme}:", "    contacts:"]
        for role in ("office", "chief"):
            lines.append(f"      {role}: {role}@d{one.code}.example.test")
        for role in ("unit:*", "leader:*"):
            lines.append(f'      "{role}": "{{id}}@d{one.code}.example.test"')
    path = folder / "contacts.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
