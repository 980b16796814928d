"""Every test is run by `make test` once, and those without servers start none."""

import ast
from pathlib import Path

from tests.lanes import PROJECT, PURE, SERVED, lanes

SERVERS = {"kafka", "postgres", "own_postgres", "keycloak"}


def _files(tests: tuple[str, ...]) -> set[Path]:
    """The files of tests that these arguments select."""
    ignored = [PROJECT / one.removeprefix("--ignore=") for one in tests if one.startswith("--ignore=")]
    given = [PROJECT / one for one in tests if not one.startswith("--ignore=")]
    found = {file for one in given for file in ([one] if one.is_file() else one.rglob("test_*.py"))}
    return {file for file in found if not any(file.is_relative_to(one) for one in ignored)}


def test_every_test_is_in_one_lane() -> None:
    selected = [file for lane in lanes() for file in _files(lane.tests)]
    assert len(selected) == len({*selected})
    assert {*selected} == {*(PROJECT / "tests").rglob("test_*.py")}


def test_what_is_to_need_no_server_asks_for_none() -> None:
    asking = set()
    for file in (found for folder in PURE for found in (PROJECT / "tests" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                fixtures = SERVERS & {argument.arg for argument in node.args.args}
                if fixtures:
                    asking.add(str(file.relative_to(PROJECT / "tests")))
    assert asking == {*SERVED}
