"""The version, the changelog and the index of decisions say what is there."""

import re
import tomllib
from pathlib import Path

import yaml

from services.rating.rules.version import RULES

PROJECT = Path(__file__).resolve().parents[2]
DECISIONS = PROJECT / "docs/decisions"
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def records() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


def heads(record: Path) -> tuple[str, str, str]:
    """Number, title and status of a record."""
    text = record.read_text(encoding="utf-8")
    title = re.match(r"# (\d{4}) (.+)\n", text)
    status = re.search(r"^\*\*Status\*\*: ([^.\n]+)", text, re.MULTILINE)
    assert title, f"{record.name} has no title"
    assert status, f"{record.name} has no status"
    return title[1], title[2], status[1]


def test_the_index_of_decisions_has_a_row_for_each_record_and_no_other() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    rows = [line for line in index.splitlines() if line.startswith("| [")]
    wanted = []
    for record in records():
        number, title, status = heads(record)
        wanted.append(f"| [{number}]({record.name}) | {title} | {status} |")
    assert rows == wanted


def test_each_record_has_a_number_of_its_own_in_its_name_and_its_title() -> None:
    numbers = [heads(record)[0] for record in records()]
    assert numbers == [record.name[:4] for record in records()]
    assert len({*numbers}) == len(numbers) > 0


def test_the_version_names_that_of_the_rules() -> None:
    assert VERSION.split(".")[:2] == ["0", RULES]


def test_the_changelog_begins_with_what_is_unreleased_and_then_the_version_at_hand() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[(\S+)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert releases[0] == ("Unreleased", "")
    assert releases[1][0] == VERSION
    assert all(day for _, day in releases[1:])


def test_the_image_that_kubernetes_runs_has_the_version_at_hand() -> None:
    base = yaml.safe_load((PROJECT / "deploy/k8s/base/kustomization.yaml").read_text(encoding="utf-8"))
    assert [image["newTag"] for image in base["images"]] == [VERSION]
