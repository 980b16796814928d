"""`liangdeng clean`."""

from __future__ import annotations

import sys

import typer

from cli.output import say
from embedded.machine_error import MachineError
from embedded.secret_files import FOLDER
from embedded.state import StateFolder, home_from_environment


def run(*, real: str) -> int:
    """Remove the state folder; one that people use for real only where `real`, or what is typed, is its whole path.

    Raises `MachineError` while an instance uses it, and where nobody confirmed that.
    """
    home = home_from_environment()
    folder = StateFolder(home)
    if folder.in_real_use and real != str(home):
        _confirm(folder, real)
    folder.remove()
    say(f"已删除 {home} · removed")
    return 0


def _confirm(folder: StateFolder, told: str) -> None:
    home = str(folder.path)
    if not told and sys.stdin.isatty():
        say(
            f"{home} 是正式使用的安装：日志、人员、账号和 {FOLDER}/ 中的密钥都会永久删除。\n"
            f"{home} is an installation in real use: its log, people, accounts and secrets will be gone for good."
        )
        told = typer.prompt("要删除，请输入完整路径 · to delete it type its whole path", default="", show_default=False)
    if told != home:
        raise MachineError(
            f"没有删除：{home} 是正式使用的安装。确要全部删除：liangdeng clean --real {home}",
            f"Nothing was removed: {home} is an installation in real use. To delete all of it: "
            f"liangdeng clean --real {home}",
        )
