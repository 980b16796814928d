"""`liangdeng people`: the directory as the operator sees it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import typer
from psycopg_pool import PoolTimeout
from rich.console import Console
from rich.table import Table

from cli.output import print_json, say
from cli.servers import reach
from directory.administration import Administration
from directory.people_list.export import empty_list, export_list
from directory.people_list.headings import role_word
from directory.people_list.list_file import read_list
from directory.people_list.preview import ImportPreview, preview_of
from directory.persons import Person
from directory.register import Register
from directory.store import ChangedMeanwhile, DirectoryStore, pool_of
from embedded.machine_error import MachineError
from programmes import FOLDER
from services.directory_settings import AccountsSettings

T = TypeVar("T")
Act = Callable[[DirectoryStore, Administration, str], Awaitable[T]]
"""Given the directory, what is done to people, and the database's URL."""
PIPED_WIDTH = 160
_KINDS = {"persons": "人员", "units": "单位", "leaders": "领导", "contacts": "联系方式"}
_EFFECTS = {"new": "新增", "changed": "变更", "unchanged": "不变", "wrong": "有误", "gone": "移除"}


def import_file(file: Path, *, jurisdiction: str, as_json: bool, yes: bool) -> int:
    """Preview a list, and import it where nothing is wrong and it is wanted; 1 where something is wrong."""
    beside = file.parent if (file.parent / "policies").is_dir() else FOLDER
    listed = read_list(file.name, file.read_bytes(), jurisdiction, beside)

    async def act(store: DirectoryStore, office: Administration, _url: str) -> int:
        preview = preview_of(listed, await store.load())
        asked = not as_json and not yes and sys.stdin.isatty()
        if not as_json:
            _tell(preview)
        wanted = yes or (asked and preview.changes_anything and typer.confirm("导入 import?", default=False))
        imported = wanted and preview.changes_anything and not preview.problems
        if imported:
            await office.import_list(preview)
        if as_json:
            print_json({**preview.as_dict(), "imported": imported})
        elif preview.changes_anything:
            say("已导入 · imported" if imported else "没有导入（--yes 导入）· not imported; --yes imports")
        return 1 if preview.problems else 0

    return with_directory(act)


def export_file(file: Path, *, jurisdiction: str) -> int:
    """Write everybody, or a jurisdiction's people, to an .xlsx of this user's own."""

    async def act(store: DirectoryStore, _: Administration, _url: str) -> int:
        known = await store.load(jurisdiction or None)
        _write(file, export_list(known, frozenset(known.jurisdictions)))
        return 0

    return with_directory(act)


def form_file(file: Path, *, jurisdiction: str) -> int:
    """Write the empty form."""

    async def act(store: DirectoryStore, _: Administration, _url: str) -> int:
        _write(file, empty_list(await store.load(jurisdiction), jurisdiction))
        return 0

    return with_directory(act)


def list_people(*, jurisdiction: str, as_json: bool) -> int:
    """Print everybody, or a jurisdiction's people."""

    async def act(store: DirectoryStore, _: Administration, _url: str) -> int:
        known = await store.load(jurisdiction or None)
        persons = [person for where in sorted(known.jurisdictions) for person in known.of(where)]
        if as_json:
            print_json([_as_json(person) for person in persons])
        else:
            console = Console(highlight=False, markup=False)
            if not console.is_terminal:
                console.width = PIPED_WIDTH
            console.print(_table(known, persons))
        return 0

    return with_directory(act)


def with_directory(act: Act[T]) -> T:
    """Do something with the directory of the servers that `reach` finds. Raises MachineError."""
    with reach("postgres") as env:
        accounts = AccountsSettings.model_validate(dict(env)).accounts

        async def run() -> T:
            async with _store(env["DATABASE_URL"]) as store:
                return await act(store, Administration(store, accounts), env["DATABASE_URL"])

        try:
            return asyncio.run(run())
        except ChangedMeanwhile as error:
            raise MachineError("目录刚被他人修改，请重试。", "Somebody else changed it, try again.") from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise MachineError("无法访问 PostgreSQL。", f"PostgreSQL: {type(error).__name__}: {error}") from error


@asynccontextmanager
async def _store(url: str) -> AsyncIterator[DirectoryStore]:
    async with pool_of(url) as pool:
        store = DirectoryStore(pool)
        await store.prepare()
        yield store


def _tell(preview: ImportPreview) -> None:
    for kind, counts in preview.counts.items():
        if any(counts.values()):
            told = " · ".join(f"{_EFFECTS[effect]} {effect} {count}" for effect, count in counts.items() if count)
            typer.echo(f"{_KINDS[kind]} {kind}: {told}")
    for problem in preview.problems:
        place = " ".join(filter(None, (problem.sheet, problem.cell)))
        typer.echo(f"{place}：{problem.zh} / {problem.en}" if place else f"{problem.zh} / {problem.en}")


def _write(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)
    say(f"已写入 {file} · written")


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.shown.zh,
        "jurisdiction": person.jurisdiction,
        "role": person.role,
        "unit": person.unit,
        "head": person.head,
        "leader": person.leader,
        "active": person.active,
        "account": person.account is not None,
        "channels": dict(person.channels),
    }


def _table(known: Register, persons: list[Person]) -> Table:
    table = Table(box=None)
    for heading in ("编号 id", "区划", "姓名 name", "身份 role", "单位 unit", "状态", "账号"):
        table.add_column(heading, overflow="fold")
    for person in persons:
        unit = known.units.get((person.jurisdiction, person.unit or ""))
        role = role_word(person)
        table.add_row(
            person.id,
            person.jurisdiction,
            person.shown.zh,
            f"{role.zh} {role.en}",
            unit.name if unit else person.leader or "",
            "在岗 active" if person.active else "停用 disabled",
            "有 yes" if person.account else "—",
        )
    return table
