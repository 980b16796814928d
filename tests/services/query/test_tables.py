"""The row types are the tables of schema.sql, and each column holds what the projection means by its name."""

from __future__ import annotations

import re
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from services.query.read_model import columns, tables
from services.query.read_model.rows import TABLES
from services.query.read_model.schemas import SCHEMA, declared_types

SQL_TYPES = {
    int: {"smallint", "integer", "bigint"},
    str: {"text"},
    bool: {"boolean"},
    date: {"date"},
    datetime: {"timestamptz"},
}


def sql_types(type_: Any) -> set[str]:
    """The SQL types that can hold a field of this type."""
    if get_origin(type_) is Literal:
        return {"text"}
    if get_origin(type_) is list:
        (element,) = get_args(type_)
        return {"jsonb"} if is_typeddict(element) else {f"{name}[]" for name in sql_types(element)}
    return SQL_TYPES.get(type_) or ({"jsonb"} if get_origin(type_) is dict else set())


def nullable(type_: Any) -> tuple[Any, bool]:
    """A field's type without None, and whether it may be None."""
    if get_origin(type_) in (Union, UnionType) and NoneType in get_args(type_):
        (other,) = (one for one in get_args(type_) if one is not NoneType)
        return other, True
    return type_, False


def not_null() -> set[tuple[str, str]]:
    """The columns that schema.sql declares NOT NULL."""
    bodies = re.findall(r"^CREATE TABLE (\w+) \((.*?)^\);", SCHEMA, re.MULTILINE | re.DOTALL)
    return {
        (table, column.split()[0])
        for table, body in bodies
        for column in body.split("PRIMARY KEY")[0].split(",")
        if "NOT NULL" in column
    }


def test_each_table_has_a_row_type_with_its_columns_in_their_order_and_of_their_types() -> None:
    declared, required = declared_types(), not_null()
    assert list(TABLES) == list(declared)
    for table, row in TABLES.items():
        assert list(row._fields) == list(declared[table]), table
        hints = get_type_hints(row, {**vars(tables), **vars(columns)})
        for column, sql_type in declared[table].items():
            type_, optional = nullable(hints[column])
            assert sql_type in sql_types(type_), f"{table}.{column} is {sql_type}, its field {hints[column]}"
            assert optional == ((table, column) not in required), f"{table}.{column}: {hints[column]}"
