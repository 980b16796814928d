"""`liangdeng receipt verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import orjson
import typer

from cli.output import NO_RESULT_EXIT, print_json, say
from services.intake.submitting.receipt_proof import NotGenuine, Undecidable, proved

_FORGED_EXIT: Final = 1
_FIELDS: Final = {
    "subject": "事项 about",
    "submission_id": "提交编号 submission",
    "received_at": "收到时间 received at",
    "digest": "内容摘要 digest",
    "partition": "日志分区 partition",
    "offset": "日志位置 offset",
    "log": "日志代次 log",
}


def verify(receipt: Path, keys: Path, *, as_json: bool) -> int:
    """Say what a receipt proves; `-` reads it from standard input."""
    try:
        text = sys.stdin.read() if str(receipt) == "-" else receipt.read_text(encoding="utf-8")
        found = proved(text, orjson.loads(keys.read_bytes()))
    except NotGenuine as error:
        return _told("contradicted", "回执不实", str(error), _FORGED_EXIT, as_json=as_json)
    except (Undecidable, OSError, ValueError) as error:
        return _told("undecided", "无法判定", str(error), NO_RESULT_EXIT, as_json=as_json)
    if as_json:
        print_json({"verdict": "proved", "kid": found.kid, "receipt": found.fields})
        return 0
    typer.echo("回执属实：由所给公钥验证 · genuine, by the keys given")
    for name, title in _FIELDS.items():
        typer.echo(f"  {title}: {found.fields.get(name)}")
    return 0


def _told(verdict: str, zh: str, why: str, code: int, *, as_json: bool) -> int:
    told: dict[str, Any] = {"verdict": verdict, "problem": why}
    if as_json:
        print_json(told)
    else:
        say(f"{zh} {verdict}: {why}")
    return code
