"""`liangdeng programme …`: what can be asked about programmes; the answers are in `cli/programme*.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="督查方案 · programmes", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
LedgerFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="台账（.xlsx）· a ledger")]
ProgrammePath = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="督查方案（YAML）· a programme file")]
Known = Annotated[
    Path | None,
    typer.Option(
        "--known", exists=True, dir_okay=False, help="已有方案，单位、领导依其编号 · a programme whose ids hold"
    ),
]
Written = Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="写入的文件 · the file to write")]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite a file that is there")]
Day = typer.Option(formats=["%Y-%m-%d"], help="印发日期，缺省为今天 · when it is issued, today by default")


@app.command("compose")
def programme_compose(
    file: ProgrammePath,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日历止于 · the last day")] = None,
    write: Annotated[bool, typer.Option("--write", help="写入文件 · write it to where the programme has it")] = False,
) -> None:
    """把节假日和调休填入方案的日历，供复核后发布 · fill the announced holidays into the calendar, to be reviewed.

    退出码 exit code: 0 已编制 composed, 2 无法编制 cannot be composed (such as a year that is not announced).
    """
    from cli import programme as command

    raise typer.Exit(command.compose_calendar(file, until=until.date() if until else None, write=write))


@app.command("check")
def programme_check(ledger: LedgerFile, as_json: AsJson = False) -> None:
    """检查台账：逐格列出问题，不写任何文件 · check a ledger: every problem at its cell; nothing is written.

    退出码 exit code: 0 没有问题 no problem, 1 有问题 problems.
    """
    from cli import programme_drafts as command

    raise typer.Exit(command.check_ledger(ledger, as_json=as_json))


@app.command("template")
def programme_template(output: Written, force: Force = False) -> None:
    """空白台账，附填写说明 · an empty ledger to fill in, with explanations."""
    from cli import programme_drafts as command

    raise typer.Exit(command.write_template(output, force=force))


@app.command("import")
def programme_import(
    ledger: LedgerFile,
    output: Written,
    year: Annotated[int, typer.Option(min=2000, max=2100, help="年份 · the year")],
    jurisdiction: Annotated[str, typer.Option(help="行政区划代码 · the six digits of the jurisdiction")],
    policy: Annotated[str, typer.Option(help="政策名称或文件 · a policy: its name or file")] = "template",
    known: Known = None,
    name: Annotated[str, typer.Option(help="行政区划名称 · the jurisdiction's name")] = "",
    title: Annotated[str, typer.Option(help="方案标题 · the programme's title")] = "",
    document: Annotated[str, typer.Option(help="文号 · the number of its paper")] = "",
    issued_on: Annotated[datetime | None, Day] = None,
    force: Force = False,
) -> None:
    """由台账制作方案草稿，供复核后发布 · make a draft of a ledger, to be reviewed, then published.

    有一处问题就不写 · nothing is written while anything is wrong.
    退出码 exit code: 0 已写 written, 1 有问题 problems, 2 无法读取 cannot be read.
    """
    from cli import programme_drafts as command

    asked = command.Asked(
        year=year, jurisdiction=jurisdiction, policy=policy, name=name, title=title, document=document,
        issued_on=issued_on.date() if issued_on else None,
    )  # fmt: skip
    raise typer.Exit(command.import_ledger(ledger, output, asked, known=known, force=force))


@app.command("export")
def programme_export(programme: ProgrammePath, output: Written, force: Force = False) -> None:
    """把方案导出为台账，可再导入 · write a programme as a ledger that can be imported again."""
    from cli import programme_drafts as command

    raise typer.Exit(command.export_ledger(programme, output, force=force))


@app.command("next")
def programme_next(
    programme: ProgrammePath, output: Written, issued_on: Annotated[datetime | None, Day] = None, force: Force = False
) -> None:
    """由今年的方案制作明年的草稿，每件事项接续上年事项 · make next year's draft, each item with its predecessor."""
    from cli import programme_drafts as command

    raise typer.Exit(
        command.next_year_of(programme, output, issued_on=issued_on.date() if issued_on else None, force=force)
    )


@app.command("publish")
def programme_publish(
    programme: ProgrammePath,
    address: Annotated[
        str, typer.Option(envvar="LIANGDENG_ADDRESS", help="亮灯的地址 · the address of Liangdeng")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · without asking")] = False,
    as_json: AsJson = False,
) -> None:
    """发布方案：先显示摘要，确认后送达；令牌取自 LIANGDENG_TOKEN · publish: a summary to be confirmed, then it is sent.

    同一文件再发一次仍是同一次发布 · the same file sent again is the same publication.
    退出码 exit code: 0 已发布 published, 1 被拒绝 refused, 2 无法送达或未确认 not sent.
    """
    from cli import programme_publication as command

    raise typer.Exit(command.publish_file(programme, address=address, yes=yes, as_json=as_json))
