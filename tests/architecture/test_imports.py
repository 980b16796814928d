"""What may import what: the project keeps it, and a breach of each rule is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "contracts",
    "supervision",
    "exact",
    "programmes",
    "eventlog",
    "directory",
    "web",
    "services",
    "embedded",
    "sandbox",
    "cli",
    "bench",
    "liangdeng_client",
    "tests/architecture",
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-logo", "--no-cache"]
    env = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, text=True)


LAYERS = "contracts <- supervision"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_project_keeps_its_boundaries() -> None:
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "imported", "rule"),
    [
        ("supervision/words.py", "eventlog.log.log", LAYERS),
        ("directory/register.py", "services.query.answers.access", LAYERS),
        ("directory/register.py", "web.identity", LAYERS),
        ("eventlog/log/log.py", "services.rating.rules.state.state", LAYERS),
        ("services/intake/api/routes.py", "embedded.kafka", LAYERS),
        ("embedded/stack.py", "services.rating.rules.decide", LAYERS),
        ("embedded/parts.py", "sandbox.parts", LAYERS),
        ("embedded/state.py", "cli.main", LAYERS),
        ("cli/up.py", "bench.figures", LAYERS),
        ("liangdeng_client/models.py", "contracts.values", LAYERS),
        (
            "services/query/read_model/tables.py",
            "services.rating.rules.state.state",
            "Services never import each other",
        ),
        ("services/rating/rules/state/state.py", "services.intake.who.item", "Services never import each other"),
        ("services/audit/replay.py", "services.notify.notices.facts", "Services never import each other"),
        ("services/audit/replay.py", "services.rating.app", "Services never import each other"),
        ("services/rating/rules/lights/light.py", "eventlog.clock", "Rules of rating"),
        ("services/rating/rules/decide.py", "pydantic", "Rules of rating"),
        ("services/rating/rules/verdict.py", "services.rating.rules.decide", "Rooms of the rules"),
        ("services/audit/replay.py", "services.rating.scenario_book.book", "Services never import each other"),
        ("supervision/lights.py", "pydantic", "What several services know"),
        ("services/query/read_model/tables.py", "services.query.answers.access", "Rooms of query"),
        ("services/notify/delivery/sender.py", "services.notify.dispatch.ledger", "Rooms of notify"),
        ("services/intake/who/roster.py", "services.intake.submitting.body", "Rooms of intake"),
        ("eventlog/log/log.py", "eventlog.owner.owner", "Rooms of eventlog"),
        ("services/notify/notices/notice.py", "jinja2", "Rules of notices"),
        (
            "services/notify/dispatch/ledger.py",
            "services.notify.delivery.sender",
            "What replays never imports what sends",
        ),
        ("services/query/follow/projection/rulings.py", "smtplib", "What replays never imports what sends"),
        ("services/audit/reader.py", "aiokafka", "Audit is independent"),
        ("supervision/workdays.py", "chinese_calendar", "Holidays are published in the programme"),
        ("services/intake/submitting/publisher.py", "chinese_calendar", "Holidays are published in the programme"),
    ],
)
def test_a_breach_is_found(copy: Path, module: str, imported: str, rule: str) -> None:
    file = copy / module
    lawful = file.read_text(encoding="utf-8")
    file.write_text(f"{lawful}\nimport {imported}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        file.write_text(lawful, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(line.startswith(rule) and "BROKEN" in line for line in done.stdout.splitlines()), done.stdout


def test_a_new_file_of_rating_is_held_to_be_a_rule(copy: Path) -> None:
    file = copy / "services/rating/rules/brand_new.py"
    file.write_text("import httpx\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        file.unlink()
    assert "services.rating.rules.brand_new is a rule and imports httpx" in done.stdout
