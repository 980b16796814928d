"""Every test is run by `make test` once, and those without servers start none."""

import ast

from tests.halves import PROJECT, PURE, SERVED, halves

SERVERS = {"kafka", "postgres", "own_postgres", "keycloak"}


def test_every_folder_of_tests_is_in_one_half() -> None:
    served, pure = halves()
    folders = {f"tests/{at.name}" for at in (PROJECT / "tests").iterdir() if (at / "__init__.py").exists()}
    assert folders <= {*served, *pure}
    assert not {*served} & {*pure}
    assert {*served, *pure} - folders == {f"tests/{file}" for file in SERVED} | {
        f"--ignore=tests/{file}" for file in SERVED
    }


def test_what_is_to_need_no_server_asks_for_none() -> None:
    asking = set()
    for file in (found for folder in PURE for found in (PROJECT / "tests" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                fixtures = SERVERS & {argument.arg for argument in node.args.args}
                if fixtures and node.name.startswith("test_"):
                    asking.add(str(file.relative_to(PROJECT / "tests")))
    assert asking == {*SERVED}
