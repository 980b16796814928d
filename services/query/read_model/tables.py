"""The tables of the read model and their columns, in the order in which the projection fills them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

Row = tuple[Any, ...]

SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


def _columns(schema: str) -> dict[str, tuple[str, ...]]:
    tables = re.findall(r"^CREATE TABLE (\w+) \((.*?)^\);", schema, re.MULTILINE | re.DOTALL)
    return {
        table: tuple(column.split()[0] for column in body.split("PRIMARY KEY")[0].split(",") if column.strip())
        for table, body in tables
    }


TABLES: Final = _columns(SCHEMA)
"""Columns by table, as schema.sql declares them."""

COLUMNS: Final = {table: columns for table, columns in TABLES.items() if table != "position"}
"""The tables that the projection fills."""


class Rows(defaultdict[str, list[Row]]):
    """Rows to add, by table."""

    def __init__(self) -> None:
        super().__init__(list)

    @property
    def total(self) -> int:
        """How many rows these are."""
        return sum(map(len, self.values()))

    def extend(self, more: Rows) -> None:
        """Take over all rows of `more`."""
        for table, tuples in more.items():
            self[table].extend(tuples)
