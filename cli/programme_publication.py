"""`liangdeng programme publish`: a programme file is sent to intake once its summary was confirmed."""

from __future__ import annotations

import os
import ssl
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import typer

from cli.output import NO_RESULT_EXIT, print_json, say
from cli.programme_drafts import programme_in
from embedded.state import StateFolder, home_from_environment
from programmes.ledger.draft import TO_FILL_IN
from programmes.programme import ProgrammeFile
from programmes.programme_file import FaultyProgramme

TOKEN: Final = "LIANGDENG_TOKEN"
_SECONDS: Final = 120.0


def publish_file(file: Path, *, address: str, yes: bool, as_json: bool) -> int:
    """Send a programme as whoever the token in LIANGDENG_TOKEN says, the office; 1 where it is refused.

    The key is made of the file's bytes: what failed half-way is completed by the same command.
    """
    content = file.read_bytes()
    try:
        programme = programme_in(file)
    except FaultyProgramme as error:
        say(str(error))
        return 1
    _summary(programme)
    if programme.document == TO_FILL_IN:
        say("文号尚未填写（document）· the number of the paper is not filled in (`document`)")
        return 1
    running = StateFolder(home_from_environment()).running_addresses() or {}
    token, where = os.environ.get(TOKEN, ""), address or running.get("LIANGDENG_ORIGIN", "")
    if not token or not where:
        say(
            f"须有地址（--address 或 LIANGDENG_ADDRESS）和督查室的令牌（{TOKEN}）；也可在网页 /intake/publish 发布\n"
            f"needs an address (--address or LIANGDENG_ADDRESS) and a token of the office ({TOKEN}); "
            "or publish it on the page /intake/publish"
        )
        return NO_RESULT_EXIT
    asked = not yes and sys.stdin.isatty()
    if not yes and not (asked and typer.confirm("发布 publish?", default=False)):
        say("没有发布（--yes 发布）· not published; --yes publishes")
        return NO_RESULT_EXIT
    return _send(content, file, where.rstrip("/"), token, as_json=as_json)


def _send(content: bytes, file: Path, where: str, token: str, *, as_json: bool) -> int:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json" if file.suffix == ".json" else "application/yaml",
        "Idempotency-Key": f"file-{sha256(content).hexdigest()}",
    }
    try:
        with httpx.Client(timeout=_SECONDS, verify=ssl.create_default_context()) as client:
            answer = client.post(f"{where}/intake/v1/programmes", content=content, headers=headers)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        say(f"无法送达，可再执行一次 · could not be sent, ask again: {type(error).__name__} {error}")
        return NO_RESULT_EXIT
    if as_json:
        print_json(told)
    if answer.status_code == httpx.codes.ACCEPTED:
        say(f"已收到 {len(told.get('receipts', ()))} 份回执 · received, that many receipts")
        return 0
    for name in ("title", "detail"):
        if told.get(name):
            say(f"{told[name]} · {told.get(f'{name}_en', '')}")
    for one in told.get("errors") or ():
        say(f"  {one.get('line') or '?'}: {one.get('field')}: {one.get('message')} · {one.get('message_en')}")
    return NO_RESULT_EXIT if answer.status_code >= 500 else 1


def _summary(programme: ProgrammeFile) -> None:
    counts = Counter(item.category for item in programme.items)
    say(f"{programme.programme}  {programme.title}  {programme.document}  {programme.jurisdiction.name}")
    say(
        f"重点任务 key tasks {counts['key_task']}，民生实事 livelihood {counts['livelihood']}，"
        f"单位 units {len(programme.units)}，领导 leaders {len(programme.leaders)}，"
        f"指标 indicators {sum(len(item.indicators) for item in programme.items)}"
    )
    say(
        f"政策 policy {programme.policy.id}@{programme.policy.version}，"
        f"日历 calendar {programme.calendar.first_on}–{programme.calendar.last_on}，"
        f"方案期限 plans due {programme.schedule.plan_due_on}"
    )
    if programme.provisional:
        say(f"暂定期限 provisional deadlines: {', '.join(programme.provisional)}")
