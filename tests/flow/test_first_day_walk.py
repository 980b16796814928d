"""The first day of a real installation, as those who use it: operator, office, clerks of two districts, a leader.

An order of steps, each of which is a test; screenshots are written to LIANGDENG_SHOTS where that is set.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.directory.people import workbook
from tests.embedded.sign_in import program_token
from tests.flow.first_programme import NEIGHBOUR, first_programme
from tests.flow.installation import WALK, Installation, browser_of, operator, shot, until, who

pytestmark = WALK
HERE: Final = "441602"
CLERK, ITEM = "甲某", f"{HERE}-now/items/K01"
NEW_PASSWORD: Final = "lan huo 7 shan mo"
BETWEEN_SECONDS = 0.5
"""Between two submissions: 360 in all, of the 500 that one unit may send about one item in a day."""
POSTGRES_DOWN_SECONDS: Final = 180


@dataclass
class FirstDay:
    """What one step leaves for the next: temporary passwords by user name, browsers by who sits there."""

    passwords: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    client: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def day() -> FirstDay:
    return FirstDay()


def first_sign_in(page: Page, installation: Installation, day: FirstDay, name: str, *, lang: str = "zh") -> None:
    """Sign in with the temporary password and set one's own, and a one-time code where that is asked for."""
    page.goto(f"{installation.origin}/sign-in?lang={lang}")
    page.fill("#username", name)
    page.fill("#password", day.passwords[name])
    page.click("#kc-login")
    until(lambda: _next_step(page, installation, name, lang), "the end of the first sign-in", 300)
    page.wait_for_load_state()


def _next_step(page: Page, installation: Installation, name: str, lang: str) -> bool:
    """Do whatever the sign-in server asks next; whether it asks nothing more."""
    page.wait_for_load_state()
    if page.is_visible("#password-new"):
        page.fill("#password-new", "yuancheng2026")
        page.fill("#password-confirm", "yuancheng2026")
        page.click("[type=submit]")
        page.wait_for_load_state()
        assert page.is_visible("#password-new"), "a password that is tried first was taken"
        shot(page, f"password-refused-{lang}")
        page.fill("#password-new", NEW_PASSWORD)
        page.fill("#password-confirm", NEW_PASSWORD)
        page.click("[type=submit]")
    elif page.is_visible("#mode-manual"):
        shot(page, f"second-factor-set-up-{lang}")
        page.click("#mode-manual")
        installation.keys[name] = page.inner_text("#kc-totp-secret-key")
        page.fill("#totp", installation.code(name))
        page.click("#saveTOTPBtn")
    return "/identity/" not in page.url


def test_the_operator_imports_the_places_and_grants_the_roles(installation: Installation, day: FirstDay) -> None:
    for district in (HERE, NEIGHBOUR):
        file = installation.home.parent / f"{district}.json"
        file.write_bytes(first_programme(district))
        yaml = file.with_suffix(".yaml")
        yaml.write_bytes(file.read_bytes())
        told, _ = operator(installation.home, "import", str(yaml), "--yes")
        assert told["imported"] is True
    grants = {
        "office": ("office",),
        "leader": ("leader", "--leader", "leader-1"),
        "chief": ("chief",),
        "auditor": ("auditor",),
    }
    for name, arguments in grants.items():
        told, lines = operator(
            installation.home,
            "grant",
            *arguments,
            "--name",
            f"{name}某",
            "--jurisdiction",
            HERE,
            "--username",
            name + "1",
        )
        day.passwords[f"{name}1"], day.ids[name] = told["password"], told["id"]
        (event,) = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
        assert (event["event"], event["granted"], event["about"]) == ("right_granted", name, told["id"])
        assert told["password"] not in lines
    for name, arguments in (("neighbour", ("unit", "--unit", "fagai")),):
        told, _ = operator(
            installation.home, "grant", *arguments, "--name", "邻某", "--jurisdiction", NEIGHBOUR, "--username", name
        )
        day.passwords[name] = told["password"]


def test_the_office_signs_in_with_a_password_of_its_own_and_a_second_factor(
    installation: Installation, chromium: Browser, day: FirstDay
) -> None:
    page = day.pages["office"] = browser_of(chromium)
    first_sign_in(page, installation, day, "office1")
    assert "office某" in who(page)
    assert installation.keys["office1"], "no second factor was asked for"
    shot(page, "home-office")


def test_the_office_publishes_the_programme(installation: Installation, day: FirstDay, tmp_path: Path) -> None:
    page = day.pages["office"]
    page.goto(f"{installation.origin}/intake/items")
    assert page.url == f"{installation.origin}/desk", "the office's list is its desk"
    page.click("nav >> text=草稿")
    page.click("text=发布方案文件")
    shot(page, "publish")
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(first_programme(HERE).replace(b'"lead_unit": "fagai"', b'"lead_unit": "nobody"'))
    page.set_input_files("#f-file", wrong)
    page.click("button[value=check]")
    assert "nobody" in page.inner_text(".problem")
    shot(page, "publish-faults")
    page.set_input_files("#f-file", installation.home.parent / f"{HERE}.json")
    page.click("button[value=publish]")
    assert "已发布" in page.inner_text("h1")
    shot(page, "published")


def test_the_office_imports_a_list_of_people_and_every_problem_is_told_at_its_cell(
    installation: Installation, day: FirstDay, tmp_path: Path
) -> None:
    page = day.pages["office"]
    heading = ["姓名", "单位", "身份", "手机", "邮箱"]
    right = [
        [CLERK, "区发展改革局", "经办人", "13800000001", "a@units.test"],
        ["乙某", "区发展改革局", "主要负责人", "", ""],
    ]
    wrong = [*right, ["丙某", "不存在的单位", "经办人", "12", "not an address"], ["", "区教育局", "国王", "", ""]]
    for name, rows in (("wrong", wrong), ("right", right)):
        (tmp_path / f"{name}.xlsx").write_bytes(workbook({"人员": [heading, *rows]}))
    page.click("text=人员")
    shot(page, "people-empty")
    page.click("text=导入名单")
    page.set_input_files("#f-file", tmp_path / "wrong.xlsx")
    page.click("text=预览")
    told = page.inner_text("main")
    for cell in ("D4", "E4", "A5", "C5"):
        assert cell in told, told
    shot(page, "import-problems")
    page.goto(f"{page.url.partition('?')[0]}?lang=en")
    page.goto(f"{installation.origin}/people/import?lang=zh")
    page.set_input_files("#f-file", tmp_path / "right.xlsx")
    page.click("button:has-text('预览')")
    shot(page, "import-preview")
    page.click("button:has-text('导入')")
    assert "名单已导入" in page.inner_text("main")
    shot(page, "people")
    page.set_viewport_size({"width": 390, "height": 900})
    shot(page, "people")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_the_office_gives_the_clerk_an_account_and_the_password_is_shown_once(
    installation: Installation, day: FirstDay
) -> None:
    page = day.pages["office"]
    page.goto(f"{installation.origin}/people")
    page.click(f"a:text-is('{CLERK}')")
    day.ids["clerk"] = page.url.rpartition("/")[2].partition("?")[0]
    shot(page, "person")
    page.fill("input[name=username]", "clerk1")
    page.click("text=开通账号")
    shot(page, "person-issued")
    day.passwords["clerk1"] = page.inner_text(".issued dd:last-of-type code")


def test_the_clerk_reports_and_the_office_reads_it(
    installation: Installation, chromium: Browser, day: FirstDay
) -> None:
    page = day.pages["clerk"] = browser_of(chromium)
    first_sign_in(page, installation, day, "clerk1")

    def named() -> bool:
        page.goto(f"{installation.origin}/")
        return CLERK in who(page)

    until(named, "the clerk's name, which the services read every five seconds", 60)
    page.click("text=我的事项")
    shot(page, "clerk-items")
    page.click("main a:has-text('第一件')")
    page.click("a:has-text('报送进展')")
    page.check("input[name=claim][value=in_progress]")
    page.fill("[name=narrative]", "已开工，进度过半")
    shot(page, "report")
    page.click("button:has-text('继续')")
    shot(page, "report-check")
    page.click("button:has-text('提交')")
    page.wait_for_load_state()
    assert page.inner_text("h1").strip("✓… ") in ("已受理", "已收到，正在裁定"), page.inner_text("main")
    shot(page, "receipt")
    office = day.pages["office"]

    def read() -> bool:
        office.goto(f"{installation.origin}/programmes/{ITEM}")
        return "进度过半" in office.inner_text("main")

    until(read, "the report on the item's page", 120)
    shot(office, "item-office")


def test_the_neighbouring_clerk_of_the_same_unit_finds_nothing(
    installation: Installation, chromium: Browser, day: FirstDay
) -> None:
    page = browser_of(chromium)
    first_sign_in(page, installation, day, "neighbour")
    programme = ITEM.partition("/")[0]
    paths = (
        f"/programmes/{programme}/items/K01",
        f"/programmes/{programme}/units/fagai",
        f"/programmes/{programme}/escalations",
        f"/v1/programmes/{programme}/items/K01",
        f"/intake/items/{programme}/K01",
        f"/intake/items/{programme}/K01/progress.reported",
    )
    seen = {}
    for path in paths:
        answer = page.goto(f"{installation.origin}{path}")
        assert answer is not None
        seen[path] = answer.status
    shot(page, "neighbour-404")
    public = {path: status for path, status in seen.items() if status != 404}
    assert not public, public
    page.goto(f"{installation.origin}/intake/items")
    assert "第一件" not in page.inner_text("main")
    page.context.close()


def test_signing_out_ends_it(installation: Installation, day: FirstDay) -> None:
    page = day.pages["clerk"]
    page.goto(f"{installation.origin}/")
    page.click(".top .who button")
    page.wait_for_url(f"{installation.origin}/")
    assert CLERK not in who(page)
    answer = page.goto(f"{installation.origin}/intake/items")
    assert answer is not None
    assert answer.status == 401
    shot(page, "signed-out")


def test_a_leader_reads_on_a_phone(installation: Installation, chromium: Browser, day: FirstDay) -> None:
    page = day.pages["leader"] = browser_of(chromium, 390)
    first_sign_in(page, installation, day, "leader1", lang="en")
    page.goto(f"{installation.origin}/?lang=zh")
    assert "leader某" in who(page)
    shot(page, "leader-home")
    page.click("main a >> nth=0")
    shot(page, "leader-lights")
    page.goto(f"{installation.origin}/programmes/{ITEM}")
    assert "第一件" in page.inner_text("main")
    shot(page, "leader-item")


def submit(installation: Installation, token: str, key: str) -> httpx.Response:
    with installation.client() as http:
        return http.post(
            f"/intake/v1/programmes/{ITEM}/submissions",
            json={"type": "progress.reported", "data": {"period": period_now(), "claim": "in_progress"}},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )


def period_now() -> str:
    """The quarter of today."""
    now = time.localtime()
    return f"{now.tm_year}Q{(now.tm_mon + 2) // 3}"


def token_of(installation: Installation, client: Mapping[str, str]) -> str:
    answer = program_token(installation, client["client_id"], client["client_secret"])
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_the_system_of_a_unit_submits_by_token_and_is_refused_at_once_when_it_is_disabled(
    installation: Installation, day: FirstDay
) -> None:
    client, _ = operator(installation.home, "grant", "--client", "fagai", "--jurisdiction", HERE)
    day.client = client
    token = token_of(installation, client)
    taken = submit(installation, token, "by-program-1")
    assert taken.status_code == 202, taken.text
    operator(installation.home, "disable", client["client_id"])
    took = until(lambda: submit(installation, token, "by-program-2").status_code == 401, "the refusal", 120)
    refused = program_token(installation, client["client_id"], client["client_secret"])
    assert refused.status_code in (400, 401), refused.text
    operator(installation.home, "enable", client["client_id"])
    until(lambda: submit(installation, token, "by-program-3").status_code == 202, "the token to be taken again", 120)
    sys.stderr.write(f"\na disabled program's token refused after {took:.1f} s\n")


def test_a_clerk_who_is_disabled_is_out_reset_comes_back_and_hands_the_work_over(
    installation: Installation, day: FirstDay
) -> None:
    page, office = day.pages["clerk"], day.pages["office"]
    page.goto(f"{installation.origin}/sign-in")
    page.fill("#username", "clerk1")
    page.fill("#password", NEW_PASSWORD)
    page.click("#kc-login")
    page.wait_for_url(f"{installation.origin}/**")
    assert CLERK in who(page)
    person = f"{installation.origin}/people/id/{day.ids['clerk']}"
    office.goto(person)
    office.click("button:text-is('停用')")
    shot(office, "person-disabled")

    def out() -> bool:
        page.goto(f"{installation.origin}/")
        return CLERK not in who(page)

    took = until(out, "the clerk to be out", 120)
    office.click("button:text-is('恢复')")
    office.click("button:text-is('重置密码')")
    day.passwords["clerk1"] = office.inner_text(".issued dd:last-of-type code")
    first_sign_in(page, installation, day, "clerk1")
    assert CLERK in who(page)
    office.goto(person)
    office.select_option("select[name=successor]", label="乙某")
    office.click("button:text-is('移交')")
    assert "工作已移交" in office.inner_text("main")
    assert "乙某" in office.inner_text(".meta")
    shot(office, "handed-over")
    until(out, "whoever left to be out", 120)
    sys.stderr.write(f"\na disabled person out after {took:.1f} s\n")


def postgres_processes(home: Path) -> list[int]:
    """PostgreSQL's processes of this installation: the first, and its children."""
    parents: dict[int, int] = {}
    first = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            where = (home / "postgres").resolve()
            if command[0].endswith(b"postgres") and b"-D" in command:
                folder = Path(command[command.index(b"-D") + 1].decode())
                if folder.exists() and folder.resolve().is_relative_to(where):
                    first = int(entry.name)
    assert first, "no PostgreSQL of this installation"
    return [first, *(pid for pid, parent in parents.items() if parent == first)]


def test_programs_go_on_while_postgresql_stands_still_for_three_minutes(
    installation: Installation, day: FirstDay
) -> None:
    processes = postgres_processes(installation.home)
    token, began = token_of(installation, day.client), time.monotonic()
    taken: list[float] = []
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        while time.monotonic() - began < POSTGRES_DOWN_SECONDS:
            asked = time.monotonic()
            answer = submit(installation, token, f"while-down-{len(taken)}")
            assert answer.status_code == 202, answer.text
            taken.append(time.monotonic() - asked)
            time.sleep(BETWEEN_SECONDS)
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
    office = day.pages["office"]

    def back() -> bool:
        answer = office.goto(f"{installation.origin}/people")
        return answer is not None and answer.status == 200

    back_after = until(back, "the pages", 120)
    worst, middle = max(taken), sorted(taken)[len(taken) // 2]
    sys.stderr.write(
        f"\nPostgreSQL still for {POSTGRES_DOWN_SECONDS} s: {len(taken)} taken, median {1000 * middle:.0f} ms, "
        f"longest {1000 * worst:.0f} ms; pages back after {back_after:.1f} s\n"
    )
