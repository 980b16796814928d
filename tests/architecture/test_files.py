"""What no file holds: hosts of package registries, forgotten ends, a class name's second meaning; locks pin all."""

import ast
import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from embedded.jars import ROOTS, read_lock

PROJECT = Path(__file__).resolve().parents[2]

# Spelt so that this file does not name them either.
REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "maven" + ".org", "maven.apache" + ".org", "npmjs" + ".org"]
REGISTRIES += ["npmjs" + ".com", "sonatype" + ".org", "crates" + ".io", "rubygems" + ".org", "unpkg" + ".com"]
REGISTRIES += ["jsdelivr" + ".net", "cdnjs" + ".com", "mirrors.aliyun" + ".com", "tuna.tsinghua" + ".edu"]
BANNED_NAMES = {"utils", "common", "helpers", "core", "base", "shared", "manager", "misc", "processor"}


def tracked() -> list[Path]:
    """Files that git knows or would take, as they are now."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [PROJECT / name for name in names if name and (PROJECT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found.append((path.relative_to(PROJECT), data.decode("utf-8")))
    return found


def test_no_file_names_a_host_of_a_package_registry() -> None:
    hosts = re.compile("|".join(map(re.escape, REGISTRIES)))
    naming = [f"{path}: {match.group()}" for path, text in texts() for match in [hosts.search(text)] if match]
    assert naming == []


def test_no_file_has_a_forgotten_end() -> None:
    mark = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
    assert [str(path) for path, text in texts() if mark.search(text)] == []


def test_no_module_is_a_drawer() -> None:
    modules = [path.relative_to(PROJECT) for path in tracked() if path.suffix == ".py"]
    assert [str(module) for module in modules if BANNED_NAMES & {*module.with_suffix("").parts}] == []


def test_no_class_name_means_two_things() -> None:
    """A client calls a receipt a receipt, too: it imports nothing of the house, so nobody meets both."""
    places = defaultdict(list)
    for path in tracked():
        if path.suffix == ".py" and not {"tests", "liangdeng_client"} & {*path.relative_to(PROJECT).parts}:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(f"{path.relative_to(PROJECT)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("root", ROOTS)
def test_the_lock_of_the_jars_pins_every_root(root: str) -> None:
    assert root in {jar.coordinate for jar in read_lock()}


def test_every_jar_is_pinned_once_by_a_sha256() -> None:
    jars = read_lock()
    assert len({jar.coordinate for jar in jars}) == len(jars)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)


def test_every_requirement_of_the_project_is_in_the_lock_with_hashes() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {name for name, _ in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, re.MULTILINE)}
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [described["project"]["dependencies"], *described["project"]["optional-dependencies"].values()]
    groups += described["dependency-groups"].values()
    wanted = {re.match(r"[A-Za-z0-9_.-]+", requirement).group().lower() for group in groups for requirement in group}  # type: ignore[union-attr]
    assert wanted - pinned == set()
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
