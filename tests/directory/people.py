"""A district's directory for tests, and lists as spreadsheet programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from openpyxl import Workbook

from contracts.values import Leader, Unit
from directory.persons import Person
from directory.register import Register
from directory.store import Changes, DirectoryStore, pool_of

HERE = "441602"
THERE = "441603"
UNITS = (Unit(id="nongye", name="区农业农村局"), Unit(id="shuiwu", name="区水务局"))
LEADERS = (Leader(id="leader-1", label="分管农业农村、水务的区领导"),)
PLACES = Changes(
    jurisdictions=((HERE, "河源市源城区"), (THERE, "邻区")),
    units=tuple((where, unit) for where in (HERE, THERE) for unit in UNITS),
    leaders=tuple((where, leader) for where in (HERE, THERE) for leader in LEADERS),
)


def clerk(id_: str = "p-aaaaaaaaaa", name: str = "甲", **changes: Any) -> Person:
    """Somebody of the agriculture office."""
    values = {"jurisdiction": HERE, "role": "unit", "unit": "nongye", **changes}
    return Person(id=id_, name=name, **values)


def register(*persons: Person) -> Register:
    """Two districts with the same units and leaders, and these persons."""
    return Register(
        revision=1,
        jurisdictions=dict(PLACES.jurisdictions),
        units={(where, unit.id): unit for where, unit in PLACES.units},
        leaders={(where, leader.id): leader for where, leader in PLACES.leaders},
        persons={person.id: person for person in persons},
    )


@asynccontextmanager
async def stored(url: str, *persons: Person) -> AsyncIterator[DirectoryStore]:
    """The directory in PostgreSQL with both districts and these persons."""
    async with pool_of(url) as pool:
        store = DirectoryStore(pool)
        await store.prepare()
        await store.write(PLACES)
        await store.write(Changes(persons=persons))
        yield store


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An .xlsx of rows by sheet, values as openpyxl takes them: `=1+1` is a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def unpacking_to(sheets: int, rows: int) -> bytes:
    """A list of so many rows on each of so many sheets, which packs to next to nothing."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({f"人员{n}": [["姓名", "单位"]] for n in range(sheets)}))) as template,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        filled = b"".join(
            b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(2, rows + 2)
        )
        for part in template.namelist():
            content = template.read(part)
            if part.startswith("xl/worksheets/sheet"):
                content = content.replace(b"</sheetData>", filled + b"</sheetData>")
            written.writestr(part, content)
    return packed.getvalue()
