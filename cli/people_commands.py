"""`liangdeng people …`: what can be asked about people; the answers are in `cli/people.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="人员目录 · the directory of people", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Where = Annotated[str, typer.Option("--jurisdiction", help="行政区划代码 · the six digits of a jurisdiction")]


@app.command("import")
def people_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="人员名单（.xlsx）、通讯录或方案（.yaml）")],
    as_json: AsJson = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · without asking")] = False,
    jurisdiction: Where = "",
) -> None:
    """导入人员名单：先预览，有一处不对就不导入 · import a list: preview first, nothing while anything is wrong.

    也可导入通讯录和督查方案中的单位、领导 · also a file of contacts, or a programme's units and leaders (.yaml).
    退出码 exit code: 0 没有问题 no problem, 1 有问题 problems.
    """
    from cli import people as command

    raise typer.Exit(command.import_file(file, jurisdiction=jurisdiction, as_json=as_json, yes=yes))


@app.command("export")
def people_export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="写入的文件（.xlsx）· the file to write")],
    jurisdiction: Where = "",
) -> None:
    """导出人员、单位和领导，可再导入 · write people, units and leaders to a file that can be imported again."""
    from cli import people as command

    raise typer.Exit(command.export_file(file, jurisdiction=jurisdiction))


@app.command("form")
def people_form(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="写入的文件（.xlsx）· the file to write")],
    jurisdiction: Where,
) -> None:
    """空白名单，附填写说明 · an empty list to fill in, with explanations."""
    from cli import people as command

    raise typer.Exit(command.form_file(file, jurisdiction=jurisdiction))


@app.command("list")
def people_list(as_json: AsJson = False, jurisdiction: Where = "") -> None:
    """列出人员 · list the people."""
    from cli import people as command

    raise typer.Exit(command.list_people(jurisdiction=jurisdiction, as_json=as_json))


@app.command("grant")
def people_grant(
    jurisdiction: Where,
    role: Annotated[str, typer.Argument(help="office | leader | chief | auditor | unit")] = "",
    name: Annotated[str, typer.Option(help="姓名 · the person's name")] = "",
    leader: Annotated[str, typer.Option(help="领导编号（方案中的）· the programme's id of the leader")] = "",
    unit: Annotated[str, typer.Option(help="单位编号 · id of the unit")] = "",
    head: Annotated[bool, typer.Option("--head", help="主要负责人 · head of the unit")] = False,
    mail: Annotated[str, typer.Option(help="邮箱 · mail address")] = "",
    phone: Annotated[str, typer.Option(help="电话 · telephone")] = "",
    username: Annotated[str, typer.Option(help="登录名；不填则不开账号 · user name; without one no account")] = "",
    client: Annotated[str, typer.Option(help="单位编号：为其业务系统开通 · a unit: access for its system")] = "",
    renew: Annotated[bool, typer.Option("--renew", help="系统换发密钥 · the system gets a new secret")] = False,
    as_json: AsJson = False,
) -> None:
    """授予身份：督查室、领导、审计人员只由此添加 · give somebody a role: the office, leaders, auditors only here.

    --client 为单位的业务系统开通 · access for a unit's system. 临时密码和密钥只显示一次 · what is secret is shown once.
    退出码 exit code: 0, 1 账号未开通 no account was made.
    """
    if client:
        from cli import program_access

        raise typer.Exit(program_access.grant(client, jurisdiction=jurisdiction, renew=renew, as_json=as_json))
    from cli import people_grants as command

    told = {"name": name, "jurisdiction": jurisdiction, "leader": leader, "unit": unit, "mail": mail, "phone": phone}
    raise typer.Exit(command.grant(role, told, head=head, username=username, as_json=as_json))


Id = Annotated[str, typer.Argument(metavar="ID", help="人员编号 · the person's id")]


@app.command("disable")
def people_disable(id_: Id, as_json: AsJson = False) -> None:
    """停用：不能登录，不再收到通知，即刻退出 · can't sign in, is told nothing, is signed out at once."""
    _do("disable", id_, as_json=as_json)


@app.command("enable")
def people_enable(id_: Id, as_json: AsJson = False) -> None:
    """恢复 · is back."""
    _do("enable", id_, as_json=as_json)


@app.command("revoke")
def people_revoke(id_: Id, as_json: AsJson = False) -> None:
    """收回身份：停用并删除登录账号 · takes the role away: disabled, and the account is gone."""
    _do("revoke", id_, as_json=as_json)


@app.command("reset")
def people_reset(id_: Id, as_json: AsJson = False) -> None:
    """重置密码（和动态口令），只显示一次 · new credentials, shown once; a second factor is set up again."""
    _do("reset", id_, as_json=as_json)


@app.command("erase")
def people_erase(
    id_: Id,
    yes: Annotated[bool, typer.Option("--yes", prompt="不能恢复，确认删除 · for good, erase", help="确认 · sure")],
    as_json: AsJson = False,
) -> None:
    """删除个人信息，日志中的编号不变 · name, addresses and account are gone for good; the id on the log stays."""
    if not yes:
        raise typer.Exit(1)
    _do("erase", id_, as_json=as_json)


def _do(command: str, id_: str, *, as_json: bool) -> None:
    from cli import people_grants

    raise typer.Exit(people_grants.do(command, id_, as_json=as_json))
