"""What a page and an answer cost, with 44 and with 434 programmes: CPU time of query's process and of PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import httpx
import psycopg

from bench.logs import fresh_log
from bench.province import Province, programmes
from embedded.parts import QUERY
from embedded.stack import DATABASE_URL, Stack
from eventlog.clock import set_driven
from sandbox.parts import ISSUER
from sandbox.year.plan import ENDS_AT
from services.query.follow.rebuild import rebuild

FEW: Final = 44
MANY: Final = 434
SAME: Final = 0.1
"""By which the two may differ: the aim."""
ROUNDS: Final = 7
A_ROUND: Final = 6
"""Requests of a kind in a round, which alternates between the two installations."""
IN_TURN: Final = 24
"""Programmes that are asked for one after the other: more than anybody looks at in a minute."""
_PAGE: Final = {"Accept": "text/html"}
_FIRST: Final = programmes(1)[0]
_ITEM: Final = "K17"


class Question(NamedTuple):
    """What is asked, by whom (empty: the public); of several addresses one after the other."""

    name: str
    who: str
    paths: Sequence[str]
    door: str = "public"

    @property
    def headers(self) -> Mapping[str, str]:
        """A page, or a document."""
        return {} if self.paths[0].startswith("/v1") else _PAGE


@dataclass(slots=True)
class Cost:
    """Milliseconds of CPU a request, query's and PostgreSQL's, by round and number of programmes."""

    question: Question
    rounds: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: {FEW: [], MANY: []})

    def line(self) -> str:
        """A row of the table: medians of the rounds, and of the rounds' ratios."""
        few, many = (
            tuple(median(one[index] for one in self.rounds[number]) for index in (0, 1)) for number in (FEW, MANY)
        )
        ratio = median(sum(m) / sum(f) for f, m in zip(self.rounds[FEW], self.rounds[MANY], strict=True))
        who = self.question.who or "the public"
        return (
            f"| {self.question.name} | {who} | {few[0]:.1f} + {few[1]:.1f} ms | {many[0]:.1f} + {many[1]:.1f} ms "
            f"| {ratio:.2f} |"
        )


HEAD: Final = (
    f"| CPU a request, query + PostgreSQL (aim: ratio ≤ {1 + SAME:.1f}) | asked by | {FEW} programmes "
    f"| {MANY} programmes | ratio |",
    "|---|---|---|---|---|",
)


def table(home: Path, say: Callable[[str], None]) -> list[str]:
    """Fill both, ask both, in a folder of their own; the lines of the table."""
    clock = home / "clock"
    set_driven(clock, ENDS_AT)
    with Stack(home / "pages", parts=(ISSUER,), clock=clock, say=say) as stack:
        asyncio.run(fill(stack, say))
        return [*HEAD, *(cost.line() for cost in asyncio.run(measure(stack)))]


async def fill(stack: Stack, say: Callable[[str], None]) -> None:
    """Both installations' logs on Kafka, and their read models."""
    for number in (FEW, MANY):
        async with fresh_log(stack.env["KAFKA_BOOTSTRAP_SERVERS"], f"pages{number}-") as log:
            province, records = Province(log), 0
            for place, programme in enumerate(programmes(number)):
                records += await province.add(programme, whole=place == 0)
                if (place + 1) % 50 == 0:
                    say(f"pages: {place + 1} of {number} programmes, {records:,} records")
            outcome = await rebuild(log, stack.env[DATABASE_URL], schema=f"pages{number}")
            say(f"pages: {outcome.rows:,} rows of {number} programmes")


async def measure(stack: Stack, rounds: int = ROUNDS) -> list[Cost]:
    """Ask two queries, one for each installation, every question in turn."""
    for number in (FEW, MANY):
        env = {"LIANGDENG_TOPIC_PREFIX": f"pages{number}-", "QUERY_SQL_SCHEMA": f"pages{number}"}
        env |= {"LIANGDENG_ADDRESS_A_MINUTE": "100000000", "LIANGDENG_ACCOUNT_A_MINUTE": "100000000"}
        stack.add(replace(QUERY, name=f"pages{number}"), env=env)
    costs = []
    async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
        for question in await _questions(stack, http):
            cost = Cost(question)
            asked = {number: await _Installation.of(http, stack, number, question) for number in (FEW, MANY)}
            for one in asked.values():
                await one.round()  # what is asked for the first time is folded then
            for _ in range(rounds):
                for number, one in asked.items():
                    cost.rounds[number].append(await one.round())
            costs.append(cost)
    return costs


@dataclass(slots=True)
class _Installation:
    """One of the two, asked one question."""

    http: httpx.AsyncClient
    url: str
    paths: Sequence[str]
    headers: Mapping[str, str]
    query: int
    postgres: int

    @classmethod
    async def of(cls, http: httpx.AsyncClient, stack: Stack, number: int, question: Question) -> _Installation:
        name = f"pages{number}"
        url = stack.ops_url(name) if question.door == "operator" else stack.urls[name]
        headers = dict(question.headers)
        if question.who and question.door == "public":
            told = {"person": question.who}
            token = (await http.post(f"{stack.urls['issuer']}/token", json=told)).json()["token"]
            headers["Authorization"] = f"Bearer {token}"
        return cls(http, url, question.paths, headers, stack.process(name).pid, _postmaster(stack))

    async def round(self) -> tuple[float, float]:
        """Milliseconds of CPU a request, of query and of PostgreSQL."""
        before = self._clocks()
        number = max(A_ROUND, len(self.paths))
        for turn in range(number):
            answer = await self.http.get(self.url + self.paths[turn % len(self.paths)], headers=self.headers)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{self.paths}: {answer.status_code} {answer.text[:300]}")
        query, postgres = (after - was for after, was in zip(self._clocks(), before, strict=True))
        return query / number, postgres / number

    def _clocks(self) -> tuple[float, float]:
        return _milliseconds([self.query]), _milliseconds(_children(self.postgres))


def _milliseconds(processes: Iterable[int]) -> float:
    """CPU time of all threads of these processes, to the nanosecond (Linux)."""
    found = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            found += int(thread.read_text().split()[0])
    return found / 1e6


def _postmaster(stack: Stack) -> int:
    with psycopg.connect(stack.env[DATABASE_URL]) as connection:
        found = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert found is not None
        return _parent(found[0])


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(one) for one in listed]


async def _questions(stack: Stack, http: httpx.AsyncClient) -> list[Question]:
    of = f"/programmes/{_FIRST}"
    url = f"{stack.urls[f'pages{FEW}']}/v1{of}/items/{_ITEM}/timeline"
    timeline = (await http.get(url)).json()
    unit, leader = timeline["item"]["lead_unit"], timeline["item"]["leader"]
    clerk = f"u-{unit}-1"
    reports = [one["id"] for one in timeline["timeline"] if one["type"] == "progress.reported"]
    others = [f"/programmes/{one}" for one in programmes(FEW)[-IN_TURN:]]
    pages = {
        "home": ("/", ("", clerk, leader, "o1", "auditor")),
        "home of a past day": ("/?as_of=2024-07-15", ("", "o1")),
        "heat map": (of, ("", clerk, leader, "o1")),
        "heat map of a past day": (f"{of}?as_of=2024-07-15", ("o1",)),
        "wall": (f"{of}?view=wall", ("o1",)),
        "escalations": (f"{of}/escalations", (clerk, "o1")),
        "evaluation": (f"{of}/evaluation", (clerk, leader, "o1", "auditor")),
        "a unit's sheet": (f"{of}/units/{unit}/evaluation", (clerk, "o1")),
        "page of a unit": (f"{of}/units/{unit}", ("", clerk, "o1")),
        "item": (f"{of}/items/{_ITEM}", ("", clerk, leader, "o1")),
        "submission": (f"/submissions/{reports[0]}", (clerk, "o1")),
        "inbox": ("/inbox", (clerk, leader)),
        "desk": ("/desk", (leader, "chief", "o1")),
        "API: programmes": ("/v1/programmes", ("o1",)),
        "API: lights": (f"/v1{of}/lights", ("", "o1")),
        "API: item": (f"/v1{of}/items/{_ITEM}", ("o1",)),
        "API: notices": (f"/v1{of}/notices", ("o1",)),
    }
    found = [Question(name, who, [path]) for name, (path, askers) in pages.items() for who in askers]
    found.append(Question(f"heat maps of {IN_TURN} others in turn", "", others))
    return [*found, Question("`/metrics`", "the operator", ["/metrics"], "operator")]
