"""The workflow on GitHub and the hooks before a commit run what `make` runs; both are checked, neither is run here."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
WORKFLOW = PROJECT / ".github/workflows/ci.yml"
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
"""Its package for Python has no wheel and downloads the program while it is built; the Go module has checksums."""


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of actionlint; in CI it is built from its Go module, elsewhere its absence skips the tests."""
    found = shutil.which("actionlint")
    if found:
        return found
    if not os.environ.get("CI") or not shutil.which("go"):
        pytest.skip("needs actionlint (in CI it is built with go; here neither actionlint nor CI=true with go)")
    folder = tmp_path_factory.mktemp("actionlint")
    environment = {**os.environ, "GOBIN": str(folder)}
    subprocess.run(["go", "install", ACTIONLINT], check=True, env=environment, timeout=500)
    return str(folder / "actionlint")


def linted(program: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program, "-no-color", str(file)], capture_output=True, check=False, text=True)


def audited(file: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("zizmor"))
    command = [program, "--offline", "--pedantic", "--no-progress", "--color", "never", str(file)]
    return subprocess.run(command, capture_output=True, check=False, text=True)


@pytest.mark.timeout(600)
def test_actionlint_finds_nothing_in_the_workflow(actionlint: str) -> None:
    done = linted(actionlint, WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_actionlint_finds_a_matrix_value_that_is_not_there(actionlint: str, tmp_path: Path) -> None:
    wrong = tmp_path / "ci.yml"
    wrong.write_text(WORKFLOW.read_text(encoding="utf-8").replace("matrix.python", "matrix.pyhton"), encoding="utf-8")
    done = linted(actionlint, wrong)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "pyhton" in done.stdout


def test_zizmor_finds_nothing_in_the_workflow() -> None:
    done = audited(WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_an_action_that_is_not_pinned(tmp_path: Path) -> None:
    wrong = tmp_path / "ci.yml"
    text, replaced = re.subn(r"checkout@\w+ # v[\d.]+", "checkout@v7", WORKFLOW.read_text(encoding="utf-8"))
    assert replaced == 1
    wrong.write_text(text, encoding="utf-8")
    done = audited(wrong)
    assert done.returncode != 0
    assert "unpinned-uses" in done.stdout


def test_the_workflow_runs_make_test_and_nothing_else() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make test"]


def test_the_hooks_are_the_commands_of_make_check() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    checked = re.findall(r"\$\(VENV\)/(\S+(?: -[\w-]+| \.| format| check)*)", recipe[1])
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert [hook["entry"].removeprefix(".venv/bin/") for hook in hooks] == checked
    assert {hook["language"] for hook in hooks} == {"system"}


@pytest.mark.parametrize("form", sorted((PROJECT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda p: p.stem)
def test_an_issue_form_asks_for_something(form: Path) -> None:
    asked = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert asked["name"]
    assert asked["description"]
    fields = [part for part in asked["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert all(part["attributes"]["label"] for part in fields)
    assert len({part["id"] for part in fields}) == len(fields) > 0
