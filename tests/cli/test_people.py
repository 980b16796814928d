"""`liangdeng people`: a list is previewed, then imported whole or not at all; what is printed is for scripts too."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.people_grants import granted_person
from embedded.machine_error import MachineError
from programmes import FOLDER
from tests.cli.test_commands import liangdeng
from tests.directory.people import HERE, register, workbook

pytestmark = pytest.mark.services
ROWS: list[list[Any]] = [["姓名", "单位", "身份", "邮箱"], ["甲", "区农业农村局", "主要负责人", "a@units.test"]]


class Machine:
    """The command line on a directory of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._env = {"DATABASE_URL": url, "LIANGDENG_HOME": str(folder / "home")}
        self.folder = folder

    def people(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return liangdeng("people", *arguments, **self._env)

    def told(self, *arguments: str) -> Any:
        return json.loads(self.people(*arguments, "--json").stdout)

    def file(self, rows: list[list[Any]]) -> str:
        path = self.folder / "list.xlsx"
        path.write_bytes(workbook({"人员": rows}))
        return str(path)


@pytest.fixture
def machine(postgres: Callable[[], str], tmp_path: Path) -> Machine:
    made = Machine(postgres(), tmp_path)
    assert made.people("import", str(FOLDER / "yuancheng-2024.yaml"), "--yes").returncode == 0
    return made


def test_a_list_is_previewed_and_imported_when_that_is_said_and_the_second_time_changes_nothing(
    machine: Machine,
) -> None:
    preview = machine.told("import", machine.file(ROWS), "--jurisdiction", HERE)
    assert preview["persons"] == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 0}
    assert (preview["problems"], preview["imported"], machine.told("list")) == ([], False, [])
    assert machine.told("import", machine.file(ROWS), "--jurisdiction", HERE, "--yes")["imported"] is True
    (person,) = machine.told("list", "--jurisdiction", HERE)
    assert re.fullmatch(r"p-[a-z2-7]{10}", person["id"])
    assert (person["name"], person["unit"], person["head"]) == ("甲", "nongye", True)
    again = machine.told("import", machine.file(ROWS), "--jurisdiction", HERE, "--yes")
    assert (again["persons"]["unchanged"], again["imported"]) == (1, False)


def test_what_is_wrong_is_told_at_its_cell_in_both_languages_and_exits_1(machine: Machine) -> None:
    wrong = machine.file([*ROWS, ["=1+1", "nongye", "", ""]])
    done = machine.people("import", wrong, "--jurisdiction", HERE, "--yes", "--json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["sheet"], problem["cell"], sorted(problem)) == ("人员", "A3", ["cell", "en", "sheet", "zh"])
    assert machine.told("list") == []
    assert "人员 A3" in machine.people("import", wrong, "--jurisdiction", HERE).stdout


def test_what_was_exported_is_this_users_alone_and_changes_nothing_when_it_is_imported(machine: Machine) -> None:
    machine.people("import", machine.file(ROWS), "--jurisdiction", HERE, "--yes")
    exported = machine.folder / "export.xlsx"
    assert machine.people("export", str(exported)).returncode == 0
    assert exported.stat().st_mode & 0o777 == 0o600
    again = machine.told("import", str(exported), "--yes")
    assert (again["problems"], again["imported"], again["persons"]["unchanged"]) == ([], False, 1)
    assert again["units"]["new"] == again["leaders"]["new"] == 0


def test_the_form_is_written_and_a_machine_without_postgresql_is_told_without_a_traceback(machine: Machine) -> None:
    form = machine.folder / "form.xlsx"
    assert machine.people("form", str(form), "--jurisdiction", HERE).returncode == 0
    assert machine.told("import", str(form), "--jurisdiction", HERE)["problems"] == []
    unreachable = liangdeng("people", "list", DATABASE_URL="postgresql://127.0.0.1:1/none?connect_timeout=1")
    assert unreachable.returncode == 2
    assert "Traceback" not in unreachable.stderr


def test_the_office_is_made_by_the_operator_and_each_act_is_a_security_event(machine: Machine) -> None:
    made = machine.people("grant", "office", "--name", "督某", "--jurisdiction", HERE, "--json")
    assert made.returncode == 0, made.stderr
    id_ = json.loads(made.stdout)["id"]
    disabled = machine.people("disable", id_)
    assert [one["event"] for one in events(disabled)] == ["person_disabled"]
    erased = machine.people("erase", id_, "--yes")
    assert erased.returncode == 0, erased.stderr
    (event,) = events(made)
    assert (event["event"], event["about"], event["granted"], event["jurisdiction"]) == (
        "right_granted",
        id_,
        "office",
        HERE,
    )
    assert event["request_id"]
    assert event["operator"]
    assert [one["event"] for one in events(erased)] == ["person_erased"]
    assert machine.told("list")[0]["name"] == "已离任人员"
    assert "督某" not in made.stderr, "a security event names nobody"


def test_a_leader_is_one_person_at_a_time_and_what_is_wrong_is_told(machine: Machine) -> None:
    leader = ("grant", "leader", "--jurisdiction", HERE, "--leader", "leader-1")
    first = json.loads(machine.people(*leader, "--name", "甲", "--json").stdout)["id"]
    again = machine.people(*leader, "--name", "乙")
    assert again.returncode == 2
    assert first in again.stderr
    assert machine.people("revoke", first).returncode == 0
    assert machine.people(*leader, "--name", "乙").returncode == 0
    done = machine.people("disable", "p-nobody")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize(
    ("role", "wrong"),
    [
        ("king", {}),
        ("office", {"name": "=1+1"}),
        ("office", {"jurisdiction": "000000"}),
        ("office", {"unit": "nongye"}),
        ("office", {"mail": "nobody"}),
        ("unit", {"unit": "gone"}),
        ("unit", {}),
        ("leader", {"leader": "gone"}),
    ],
)
async def test_what_is_wrong_with_a_grant_is_told_in_both_languages(role: str, wrong: dict[str, str]) -> None:
    told = {"name": "丙", "jurisdiction": HERE, "unit": "", "leader": "", "mail": "", **wrong}
    with pytest.raises(MachineError, match="："):
        granted_person(role, told, head=False, known=register())


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The security events that a command wrote."""
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith('{"at"')]
