"""`make mutants`: changes the rules one small thing at a time; which changes does no test notice? (docs/mutation.md)

mutmut makes the mutants. They are run here, as pytest would take seconds for each: in a child of a process that has
collected the tests once, only tests that reach the changed function, and first those that noticed most before.
"""

from __future__ import annotations

import contextlib
import fnmatch
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mutmut.__main__ import collect_source_file_mutation_data, create_mutants
from mutmut.configuration import config
from mutmut.mutation import trampoline
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths

RESULTS = Path("mutants/results.jsonl").absolute()
SECONDS = 3.0
"""Of CPU time, beside ten times its own: a test that takes longer has met a loop without end."""
KILLED, SURVIVED, TIMED_OUT = 0, 1, 2
WORDS = ("killed", "survived", "timeout")
FIRST = 200
"""So many tests, those that noticed most for their time, are run against all mutants before the rest is."""
UNKNOWN = "not yet"


class Check(NamedTuple):
    """A test with its parameters, or a random story: raises where it notices something."""

    name: str
    call: Callable[[], object]


class Collector:
    """Takes pytest's items instead of running them."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)


def checks() -> Iterator[Check]:
    """The tests of mutmut's selection, and the random stories of the second reading."""
    collector = Collector()
    quiet = ["--collect-only", "-q", "-p", "no:cacheprovider", *config().pytest_add_cli_args_test_selection]
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main(quiet, plugins=[collector])
    for item in collector.items:
        given = getattr(item, "callspec", None)
        params = dict(given.params) if given else {}
        yield Check(item.nodeid, partial(call, item, params))
    stories = importlib.import_module("tests.rules.model.stories")
    coverage = importlib.import_module("tests.rules.model.coverage")
    books = importlib.import_module("tests.rules.model.books")
    for policy in coverage.POLICIES:
        for seed in range(80):
            told = stories.story_with_expectation(seed, policy)
            for one, how in ((told, "random story"), (coverage.with_outage(told, seed), "story with an outage")):
                if one is not None:
                    scenario = books.scenario_of(one)
                    yield Check(f"{how} {policy} {seed}", partial(agree, coverage.compared, scenario))


def call(item: Any, params: dict[str, Any]) -> None:
    """Call a test with its parameters and the few fixtures that the selection uses."""
    with contextlib.ExitStack() as stack:
        if "tmp_path" in item.fixturenames:
            params = {**params, "tmp_path": Path(stack.enter_context(tempfile.TemporaryDirectory()))}
        if "monkeypatch" in item.fixturenames:
            params = {**params, "monkeypatch": stack.enter_context(pytest.MonkeyPatch.context())}
        wanted = item.function.__code__.co_varnames[: item.function.__code__.co_argcount]
        item.function(**{name: params[name] for name in wanted})


def agree(compared: Callable[[object], tuple[list[str], object]], scenario: object) -> None:
    """The model and the rules tell a story alike."""
    assert compared(scenario)[0] == []


def activate(mutant: str) -> None:
    """What the trampolines ask at every call; "" is none."""
    trampoline.get_mutant_under_test = lambda: mutant


def reach(check: Check) -> tuple[set[str], float] | None:
    """The functions that a test reaches and its CPU time; None where it can't be called like this."""
    reached: set[str] = set()

    def record(name: str, caller: object = None) -> None:
        del caller
        reached.add(name)

    trampoline.record_trampoline_hit = record  # type: ignore[attr-defined]
    try:
        activate("stats")
        check.call()
        activate("")
        began = time.process_time()
        check.call()
    except Exception:
        return None
    return reached, time.process_time() - began


def out_of_time(_signal: int, _frame: object) -> None:
    os._exit(TIMED_OUT)


def tried(mutant: str, chosen: list[tuple[Check, float]], wire: int) -> int:
    """In the child: the first test that notices the mutant, told on the wire."""
    activate(mutant)
    signal.signal(signal.SIGPROF, out_of_time)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    for number, (check, seconds) in enumerate(chosen):
        signal.setitimer(signal.ITIMER_PROF, SECONDS + 10 * seconds)
        try:
            check.call()
        except BaseException:
            os.write(wire, str(number).encode())
            return KILLED
    return SURVIVED


def run(mutant: str, chosen: list[tuple[Check, float]]) -> tuple[str, str]:
    """What became of a mutant, and the test that noticed it."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
        os._exit(tried(mutant, chosen, send))
    os.close(send)
    with os.fdopen(receive) as wire:
        number = wire.read()
    status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    return WORDS[code] if code in range(3) else "timeout", chosen[int(number)][0].name if number else ""


def told_before() -> dict[str, dict[str, Any]]:
    """What became of mutants in a run that was ended."""
    if not RESULTS.exists():
        return {}
    return {one["mutant"]: one for one in map(json.loads, RESULTS.read_text().splitlines())}


def copied() -> list[str]:
    """Makes the mutants in a copy of the sources, from which all is imported from here on, and names them."""
    Path("mutants").mkdir(exist_ok=True)
    with contextlib.redirect_stdout(sys.stderr):
        copy_src_dir()
        copy_also_copy_files()
        setup_source_paths()
        create_mutants(1)
    names = [name for _, name, _ in collect_source_file_mutation_data(mutant_names=())[0]]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    os.chdir("mutants")
    return names


def main(arguments: list[str]) -> int:
    """Run every mutant whose name fits one of the patterns, and print a line per module and each survivor.

    With `--resume` those are left out that an earlier run told about.
    """
    patterns = [one for one in arguments if one != "--resume"] or ["*"]
    names = copied()
    chosen = list(dict.fromkeys(name for pattern in patterns for name in fnmatch.filter(names, pattern)))
    if "--resume" not in arguments:
        RESULTS.unlink(missing_ok=True)
    results = told_before()
    known = [(check, reach(check)) for check in checks()]
    usable = [(check, *told) for check, told in known if told is not None]
    left_out = [check.name for check, told in known if told is None]
    sys.stderr.write(f"{len(chosen)} mutants, {len(usable)} tests, left out: {left_out}\n")
    kills = Counter(one["by"] for one in results.values())
    for part in (slice(FIRST), slice(FIRST, None)):
        for mutant in [name for name in chosen if results.get(name, {"what": UNKNOWN})["what"] == UNKNOWN]:
            function = mutant.rpartition("__mutmut_")[0]
            fitting = [(check, seconds) for check, reached, seconds in usable if function in reached]
            fitting.sort(key=lambda one: -(kills[one[0].name] + 0.1) / (one[1] + 0.001))
            what, by = run(mutant, fitting[part])
            kills[by] += 1
            if what == "survived" and part.stop is not None and len(fitting) > FIRST:
                what = UNKNOWN
            results[mutant] = {"mutant": mutant, "what": what, "by": by, "tests": len(fitting)}
            with RESULTS.open("a") as file:
                file.write(json.dumps(results[mutant]) + "\n")
    sys.stdout.writelines(f"{line}\n" for line in table([results[name] for name in chosen]))
    return 0


def table(results: list[dict[str, Any]]) -> Iterator[str]:
    """A line per module, then each survivor."""
    counts: dict[str, Counter[str]] = {}
    for one in results:
        counts.setdefault(one["mutant"].rpartition(".")[0], Counter())[one["what"]] += 1
    for module, told in sorted(counts.items()):
        yield f"| `{module}` | {told.total()} | {' | '.join(str(told[word]) for word in WORDS)} |"
    yield from (one["mutant"] for one in results if one["what"] == "survived")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
