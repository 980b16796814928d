"""What the documents name is there: paths, modules, rooms, the picture of the house, the tasks of a newcomer."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.picture import drawn, packages
from tests.architecture.test_files import PROJECT, tracked

DOCUMENTS = sorted(path.relative_to(PROJECT) for path in tracked() if path.suffix == ".md")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.*{},-]+(?:/[\w.*{},-]+)*/?")
FILE = re.compile(r"[\w.-]+\.(?:py|md|ya?ml|toml|lock|sql|json|html|css|cfg)")
MODULE = re.compile(r"\w+(?:\.\w+)+")
NOT_OURS = {
    "jwks.json": "an operator's file",
    "liangdeng.toml": "an installation's settings",
    "NNNN-name.md": "a record to be written",
}
TASKS = (
    "another channel",
    "another reason for refusal",
    "a column of the heat map",
    "a new act",
    "a limit's length",
    "a new event type",
    "a page",
    "a setting",
    "a command of the command line",
    "another reader of rulings",
)


@cache
def known() -> frozenset[str]:
    """Every tracked file, and every folder with a slash at its end."""
    files = {str(path.relative_to(PROJECT)) for path in tracked()}
    folders = {f"{parent}/" for file in files for parent in Path(file).parents if str(parent) != "."}
    return frozenset(files | folders)


@cache
def tops() -> frozenset[str]:
    return frozenset(name.split("/")[0] for name in known())


def spelt_out(text: str) -> Iterator[str]:
    """`a/{b,c}/` as `a/b/` and `a/c/`."""
    found = re.search(r"\{([^{}]*)\}", text)
    if found is None:
        yield text
        return
    for part in found[1].split(","):
        yield from spelt_out(f"{text[: found.start()]}{part}{text[found.end() :]}")


def exists(path: str) -> bool:
    return any(fnmatch(name, path) or fnmatch(name, f"{path}/") for name in known())


def missing(text: str, folder: Path = Path()) -> list[str]:
    """The paths and modules that a document in this folder names and that are not there."""
    lost = []
    for link in LINK.findall(text):
        target = link.split("#")[0]
        if target and target not in NOT_OURS and "://" not in target and not (PROJECT / folder / target).exists():
            lost.append(link)
    for code in CODE.findall(text):
        for word in code.split():
            lost += [path for path in spelt_out(word.rstrip(",;:")) if is_lost(path)]
    return lost


def is_lost(word: str) -> bool:
    """Whether a word is a path, a file or a module of ours, and is not there."""
    if word in NOT_OURS:
        return False
    if "/" in word and PATH.fullmatch(word) and word.split("/", maxsplit=1)[0] in tops():
        return not exists(word)
    if FILE.fullmatch(word):
        return not any(name == word or name.endswith(f"/{word}") for name in known())
    if MODULE.fullmatch(word) and word.split(".", maxsplit=1)[0] in {package.split(".")[0] for package in packages()}:
        return not has_module(word)
    return False


def has_module(dotted: str) -> bool:
    """Whether it is a module, or a name that a module holds."""
    path = dotted.replace(".", "/")
    if f"{path}.py" in known() or f"{path}/" in known():
        return True
    holder, _, name = dotted.rpartition(".")
    file = PROJECT / f"{holder.replace('.', '/')}.py"
    return file.is_file() and re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_and_module_that_a_document_names_is_there(document: Path) -> None:
    assert missing((PROJECT / document).read_text(encoding="utf-8"), document.parent) == []


def test_a_path_a_file_a_module_and_a_link_that_are_not_there_are_found() -> None:
    text = "`services/{intake,gone}/app.py` `nowhere.toml` `contracts.topics.NOTHING` [0](gone.md) `programmes/*.yaml`"
    wanted = ["gone.md", "services/gone/app.py", "nowhere.toml", "contracts.topics.NOTHING"]
    assert missing(text) == wanted


ARCHITECTURE = PROJECT / "docs/architecture.md"


def test_the_picture_of_the_house_is_the_one_that_its_imports_draw() -> None:
    assert f"```mermaid\n{drawn()}\n```" in ARCHITECTURE.read_text(encoding="utf-8"), (
        "see tests/architecture/picture.py"
    )


def rooms() -> list[str]:
    """Every folder of modules, those without modules of their own left out."""
    tops = {package.split(".")[0] for package in packages()}
    return sorted(
        name
        for name in known()
        if name.endswith("/") and name.split("/")[0] in tops and f"{name}__init__.py" in known()
    )


def test_every_room_is_explained_once() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([\w/]+/)` \|", text, re.MULTILINE)
    assert sorted(explained) == rooms()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_whoever_begins_is_shown_the_picture(document: str) -> None:
    assert "docs/architecture.md" in (PROJECT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("task", TASKS)
def test_a_newcomers_task_has_a_file_to_go_to(task: str) -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(f"| {task} |")]
    assert len(rows) == 1
    named = [path for code in CODE.findall(rows[0]) for path in spelt_out(code) if "/" in path and exists(path)]
    assert named
    for file, name in re.findall(r"`([\w/]+\.py)` \(`(\w+)`", rows[0]):
        assert has_module(f"{file.removesuffix('.py').replace('/', '.')}.{name}"), f"{file} has no {name}"
