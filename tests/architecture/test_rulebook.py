"""The rulebook and what refers to it: every reference finds its paragraph, everything that it names is there."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from contracts.policy import Policy, Weights
from contracts.refusal_reasons import Reason
from supervision import words
from supervision.refusal_words import REASONS

PROJECT = Path(__file__).resolve().parents[2]
RULEBOOK = (PROJECT / "docs/rulebook.md").read_text(encoding="utf-8")
ANCHORS = re.findall(r'<a id="([a-z0-9-]+)"></a>', RULEBOOK)
BOOKS = sorted((PROJECT / "programmes").glob("scenarios*.yaml"))
CASES = {
    f"{book.stem}-{story['id']}".removeprefix("scenarios-"): story["rulebook"]
    for book in BOOKS
    for story in yaml.safe_load(book.read_text(encoding="utf-8"))["scenarios"]
}

SECTION = re.compile(r"([A-Z][a-z]+(?: [a-z]+)*\??)(?:: ([a-z]+(?: [a-z]+)*))?")
ARTICLES = re.compile(r",? [Aa]rt\. (\d+(?:/\d+)?)((?: and \d+)*)")
NUMBERS = re.compile(r" (\d+)((?:, \d+)*)")
MARK = re.compile(r"(?<!\w)rulebook: ")
RULE_ARGUMENT = {"raise_or_join": 3, "rederive": 1}


def anchor(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def places(reference: str) -> list[str]:
    """The anchors of a reference such as `Lights 2 (yellow), 3; Fairness Art. 16/17`; other words end it."""
    plain = re.sub(r"\s+", " ", reference)
    while (less := re.sub(r' ?\([^()]*\)| ?"[^"]*"', "", plain)) != plain:
        plain = less
    found = []
    for part in plain.split(")")[0].split("; "):
        section = SECTION.match(part)
        if section is None:
            found.append(f"unreadable: {part}")
            break
        name, rest = section[1] + (f": {section[2]}" if section[2] else ""), part[section.end() :]
        if re.match(r"\w", rest):
            found.append(f"unreadable: {part}")
        elif articles := ARTICLES.match(rest):
            found += [anchor(f"{name} art {one}") for one in (articles[1], *articles[2].split(" and ")[1:])]
        elif numbers := NUMBERS.match(rest):
            found += [anchor(f"{name} {one}") for one in (numbers[1], *numbers[2].split(", ")[1:])]
        else:
            found.append(anchor(name))
    return found


def docstrings(path: Path) -> Iterator[str]:
    """Every docstring, those that stand behind a constant included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def referring() -> list[tuple[str, str]]:
    """Where a docstring refers to the rulebook, and what it refers to."""
    return [
        (str(path.relative_to(PROJECT)), reference)
        for path in modules("services", "contracts", "supervision", "programmes", "embedded", "sandbox")
        for text in docstrings(path)
        for reference in MARK.split(text)[1:]
    ]


def ruled() -> list[tuple[str, str]]:
    """Every rule that rating can put on the log: given to a light or an escalation, or said by `_rule_of`."""
    found = []
    for path in modules("services/rating"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            inside: list[ast.AST] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RULE_ARGUMENT:
                inside = [*node.args[RULE_ARGUMENT[node.func.id] :][:1]]
            if isinstance(node, ast.Call):
                inside += [word.value for word in node.keywords if word.arg == "rule"]
            if isinstance(node, ast.FunctionDef) and node.name == "_rule_of":
                inside = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
            found += [(path.name, rule) for part in inside for rule in texts(part)]
    return found


def texts(part: ast.AST) -> Iterator[str]:
    """The text that an expression may come to: of a choice both, of a comparison none."""
    if isinstance(part, ast.IfExp):
        yield from texts(part.body)
        yield from texts(part.orelse)
    elif isinstance(part, ast.BoolOp):
        for one in part.values:
            yield from texts(one)
    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
        yield part.value


def lost(references: list[tuple[str, str]]) -> list[str]:
    return [
        f"{where}: {reference!r}: #{place}"
        for where, reference in references
        for place in places(reference)
        if place not in ANCHORS
    ]


def section(name: str) -> str:
    """The text of a section, up to the next one."""
    return RULEBOOK.split(f'<a id="{name}"></a>', 1)[1].split("\n## ", 1)[0]


def rows(name: str) -> list[list[str]]:
    """The cells of a section's table rows, those whose first cell is a code."""
    lines = [line for line in section(name).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("reference", "where"),
    [
        ("Lights 1, 5; Fine print", ["lights-1", "lights-5", "fine-print"]),
        ("Lights 2 (yellow), 3 (red (or so)); Policy (what is late)", ["lights-2", "lights-3", "policy"]),
        ('Is a node met?; Fine print ("An indicator must (\nbe)"), and more', ["is-a-node-met", "fine-print"]),
        ("Who; Fairness, art. 9/24 and 15): the public", ["who", "fairness-art-9-24", "fairness-art-15"]),
        ("Fairness Art. 16/17", ["fairness-art-16-17"]),
        ("Escalation ladder, the table).", ["escalation-ladder"]),
        ("Escalation ladder: chief interview", ["escalation-ladder-chief-interview"]),
        ("Annual evaluation. The weights", ["annual-evaluation"]),
    ],
)
def test_a_reference_is_read_to_its_end(reference: str, where: list[str]) -> None:
    assert places(reference) == where


def test_every_anchor_is_there_once_and_every_link_within_finds_one() -> None:
    assert sorted(ANCHORS) == sorted(set(ANCHORS))
    assert set(re.findall(r"\]\(#([^)]+)\)", RULEBOOK)) - set(ANCHORS) == set()


def test_every_docstring_that_names_the_rulebook_finds_its_paragraph() -> None:
    references = referring()
    assert len(references) > 100
    assert lost(references) == []


def test_every_rule_that_a_ruling_can_name_finds_its_paragraph() -> None:
    rules = ruled()
    assert {name for name, _ in rules} >= {"light.py", "escalation.py", "from_lights.py", "review.py"}
    assert lost(rules) == []


@pytest.mark.parametrize("case", CASES)
def test_every_case_finds_its_paragraph(case: str) -> None:
    assert lost([(case, CASES[case])]) == []


def test_every_file_that_the_rulebook_names_is_there() -> None:
    links = re.findall(r"(?:\]\(|^\[\w+\]: )((?!#)[^)\s]+)", RULEBOOK, re.MULTILINE)
    assert len(links) > 50
    assert [link for link in links if not (PROJECT / "docs" / link).is_file()] == []
    assert [name for name in re.findall(r"`(programmes/[^`]+)`", RULEBOOK) if not (PROJECT / name).is_file()] == []


def named_cases() -> Iterator[tuple[str, str]]:
    """Each case that the rulebook names, with the anchor of the heading, or of the fine print, that it stands under."""
    heading = ""
    for line in RULEBOOK.splitlines():
        anchors = re.findall(r'<a id="([a-z0-9-]+)"></a>', line)
        if line.startswith("#") and anchors:
            heading = anchors[0]
        if line.startswith("→") and "cases: " in line:
            yield from ((case, heading) for case in line.split("cases: ")[1].split(" — ")[0].split(", "))
        elif anchors and anchors[0].startswith("fine-print-"):
            yield from ((case, anchors[0]) for case in filter(None, line.split("|")[4].strip().split(", ")))


def test_every_case_that_the_rulebook_names_is_there_and_names_that_section_too() -> None:
    named = list(named_cases())
    assert len(named) > 130
    assert [case for case, _ in named if case not in CASES] == []

    def goes_back(case: str, here: str) -> bool:
        known = places(CASES[case])
        return here in known or any(place.startswith(f"{here}-") or here.startswith(f"{place}-") for place in known)

    assert [f"{case}: {CASES[case]}: #{here}" for case, here in named if not goes_back(case, here)] == []


def test_every_reason_stands_there_in_its_order_and_words() -> None:
    reasons = [(code.strip("`"), zh, en) for code, zh, en, _ in rows("what-is-refused")]
    assert [code for code, _, _ in reasons] == [*get_args(Reason), "unreadable"]
    assert reasons[:-1] == [(code, *REASONS[code]) for code in get_args(Reason)]


def shown(value: object) -> str:
    """A value of a policy file as the table shows it."""
    if isinstance(value, list | dict):
        return ", ".join(map(str, value.values() if isinstance(value, dict) else value))
    return json.dumps(value).strip('"')


def test_every_field_of_the_policy_stands_there_with_its_values_and_no_other() -> None:
    table = rows("policy")
    assert [row[0].strip("`") for row in table] == list(Policy.__dataclass_fields__)
    defaults = {
        name: list(one.default) if isinstance(one.default, tuple) else one.default
        for name, one in Policy.__dataclass_fields__.items()
    }
    for column, name in ((1, "yuancheng-2024"), (2, "ouhai-like"), (3, "template")):
        policy = yaml.safe_load((PROJECT / f"programmes/policies/{name}.yaml").read_text(encoding="utf-8"))
        wanted = {key: shown(value) for key, value in {**defaults, **policy}.items()}
        assert {row[0].strip("`"): row[column] for row in table} == wanted


def test_every_code_that_the_text_names_is_one_of_the_contracts() -> None:
    spoken = (words.CLAIMS, words.FINDINGS, words.MONTHS, words.CAUSES, words.REMARKS, words.VERDICTS)
    known = {code for group in (*spoken, REASONS, words.CATEGORIES, words.CLASSIFICATIONS) for code in group}
    known |= {*Policy.__dataclass_fields__, *Weights.__dataclass_fields__}
    known |= {"rules", "for", "of"}  # of a ruling's envelope, of what a scenario expects, of a decision
    named = set(re.findall(r"`([a-z_]+)`", RULEBOOK))
    assert named - known == set()
    assert len(named) > 50
