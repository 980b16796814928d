"""The glossary says the words that the code says, and every code that it names is in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.glossary import TABLES, rows, tables
from tests.architecture.picture import packages
from tests.architecture.test_files import PROJECT, tracked

TEXT = (PROJECT / "docs/glossary.md").read_text(encoding="utf-8")
CONCEPTS, CODES = TEXT.split("\n## 代码的说法", 1)


def modules() -> list[Path]:
    tops = {package.split(".")[0] for package in packages()}
    paths = [path for path in tracked() if path.suffix == ".py"]
    return [path for path in paths if path.relative_to(PROJECT).parts[0] in tops]


def names(tree: ast.AST) -> Iterator[str]:
    """Everything that a module calls by a name, and the short texts that it holds."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)) if len(text) < 60:
                yield text


def in_the_code() -> set[str]:
    found: set[str] = set()
    for path in modules():
        relative = path.relative_to(PROJECT)
        found |= {*names(ast.parse(path.read_text(encoding="utf-8"))), relative.stem, *relative.parts}
    return found


def test_every_code_of_the_glossary_is_in_the_code() -> None:
    lines = [line for line in CONCEPTS.splitlines() if line.startswith("| ") and "`" in line]
    codes = [code for line in lines for code in re.findall(r"`([^`]+)`", line.split("|")[3])]
    assert len(codes) > 30
    known = in_the_code()
    assert [code for code in codes if code.strip("/") not in known] == []


def test_every_row_of_the_glossary_has_chinese_english_and_code() -> None:
    for line in CONCEPTS.splitlines():
        if line.startswith("| ") and not line.startswith("| 中文"):
            chinese, english, code, _ = (cell.strip() for cell in line.strip("|").split("|"))
            assert re.search(r"[\u4e00-\u9fff]", chinese), line
            assert re.search(r"[a-z]", english), line
            assert code.startswith("`"), line


def test_every_code_with_a_word_is_in_the_glossary_with_that_word() -> None:
    assert CODES.rstrip().endswith("\n".join(rows()).strip()), "python -m tests.architecture.glossary prints them"


def test_every_table_of_words_is_shown_or_has_a_reason_why_not() -> None:
    assert {*TABLES} == {*tables()}
