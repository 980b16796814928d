"""Mutation testing reaches every module of the rules, and finds the tests that it runs."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MUTMUT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
RULES = {str(path.relative_to(PROJECT)) for path in (PROJECT / "services/rating/rules").rglob("*.py")}


def test_every_module_of_the_rules_is_mutated_but_the_one_that_explains() -> None:
    mutated = {path for path in RULES if any(fnmatch(path, pattern) for pattern in MUTMUT["only_mutate"])}
    assert mutated == RULES
    assert MUTMUT["do_not_mutate"] == ["services/rating/rules/explain.py"]


def test_whatever_it_runs_and_copies_is_there() -> None:
    named = [*MUTMUT["pytest_add_cli_args_test_selection"], *MUTMUT["also_copy"], *MUTMUT["source_paths"]]
    assert [name for name in named if not (PROJECT / name).exists()] == []
