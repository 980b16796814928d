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
