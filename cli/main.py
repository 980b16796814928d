"""The command `liangdeng`: what it can be asked; each answer lives in a module of its own, imported when asked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import people_commands, programme_commands
from cli.output import errors_reported
from programmes import FOLDER

POLICIES = FOLDER / "policies"
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Replicas = Annotated[int, typer.Option(min=1, help="每个分区的副本数 · copies of each partition")]

app = typer.Typer(
    help="亮灯：重点工作亮灯督办，每一盏灯都可由日志证明。\n\nTraffic-light supervision; the log proves every light.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
topics = typer.Typer(help="Kafka 主题 · the topics", no_args_is_help=True)
audit = typer.Typer(help="由日志证明 · proofs from the log", no_args_is_help=True)
policy = typer.Typer(help="政策 · policies", no_args_is_help=True)
receipt = typer.Typer(help="回执 · receipts", no_args_is_help=True)
realm = typer.Typer(help="登录服务的域 · the realm of a sign-in server", no_args_is_help=True)
app.add_typer(topics, name="topics")
app.add_typer(realm, name="realm")
app.add_typer(audit, name="audit")
app.add_typer(programme_commands.app, name="programme")
app.add_typer(policy, name="policy")
app.add_typer(receipt, name="receipt")
app.add_typer(people_commands.app, name="people")


class ServiceName(StrEnum):
    """The services that can be run alone."""

    INTAKE = "intake"
    RATING = "rating"
    NOTIFY = "notify"
    QUERY = "query"


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from services.rating.rules.version import RULES

        typer.echo(f"liangdeng {version('liangdeng')} · 规则版本 rules {RULES}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="版本 · the version, and that of the rules"),
    ] = False,
) -> None:
    pass


@app.command()
def up(
    as_json: AsJson = False,
    sandbox: Annotated[
        bool,
        typer.Option("--sandbox", help="试用：可任选用户登录，邮件不外发 · to try out: be anybody, mails go nowhere"),
    ] = False,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="试用时时钟所在的日期，如 2024-03-20 · with --sandbox: the day that its clock stands at",
        ),
    ] = None,
) -> None:
    """启动 Kafka、PostgreSQL、登录服务和全部服务，直到 Ctrl-C。设置见状态文件夹中的 liangdeng.toml。

    Start Kafka, PostgreSQL, the sign-in server and every service at one address, serve until Ctrl-C. A part that
    crashes is reported and started again. Ports, address and certificate stand in liangdeng.toml in the state folder.
    """
    from cli import up as command

    if day is not None and not sandbox:
        raise typer.BadParameter("只用于 --sandbox / serves --sandbox alone", param_hint="--day")
    raise typer.Exit(command.run(as_json=as_json, sandbox=sandbox, day=None if day is None else day.date()))


@app.command()
def demo(
    end: Annotated[bool, typer.Option("--exit", help="汇总后结束 · end after the summary")] = False,
    seed: Annotated[str, typer.Option(help="同一种子，同一日志 · the same seed, the same log")] = "2024",
    share: Annotated[float, typer.Option(min=0.05, max=1.0, help="参与单位比例 · share of the units")] = 1.0,
) -> None:
    """一键演示：108 项任务的 2024 年全年（模拟数据），从台账到最后一份报告，人人走自己的页面，有的单位用系统报送。

    Live through the year 2024 of 108 items (simulated data), from the office's ledger to the last report, each person
    at their own pages, some units by their systems; print a summary, serve until Ctrl-C.
    With --exit: 0 only if the replay proved the log and a rebuilt read model equals the live one.
    """
    from cli import demo as command

    raise typer.Exit(command.run(end=end, seed=seed, share=share))


@app.command()
def serve(service: Annotated[ServiceName, typer.Argument(help="服务名 · the service")]) -> None:
    """只运行一个服务，配置取自环境变量 · run one service, configured by its environment."""
    import runpy

    runpy.run_module(f"services.{service}", run_name="__main__")


@topics.command("apply")
def topics_apply(as_json: AsJson = False, replication_factor: Replicas = 1) -> None:
    """创建缺少的主题并修正配置 · create missing topics, put their settings right."""
    from cli import topics as command

    raise typer.Exit(command.apply(as_json=as_json, replication_factor=replication_factor))


@topics.command("check")
def topics_check(as_json: AsJson = False, replication_factor: Replicas = 1) -> None:
    """核对主题，有差异时退出码为 1 · compare the topics with the contract, exit 1 on any drift."""
    from cli import topics as command

    raise typer.Exit(command.check(as_json=as_json, replication_factor=replication_factor))


@realm.command("apply")
def realm_apply() -> None:
    """把登录域应用到自备的 Keycloak（地址和密钥取自环境变量）· bring a Keycloak of one's own to the realm."""
    from cli import realm as command

    raise typer.Exit(command.apply())


@realm.command("refused-passwords")
def realm_refused_passwords(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="写入的文件 · the file to write")],
) -> None:
    """写出不得使用的口令名单，供自备的 Keycloak · write the list of refused passwords, for a Keycloak of one's own."""
    from cli import realm as command

    raise typer.Exit(command.write_refused(file))


@app.command()
def rebuild(
    as_json: AsJson = False,
    swap: Annotated[bool, typer.Option(help="相同则切换 · swap it in if it is equal")] = True,
    accept: Annotated[bool, typer.Option("--accept-difference", help="不同也切换 · swap it in all the same")] = False,
) -> None:
    """从日志重建读模型，与现有的比对后切换 · rebuild the read model from the log, compare it, swap it in.

    退出码 exit code: 0 相同 equal, 1 不同 different, 2 无法判定 cannot be decided.
    """
    from cli import rebuild as command

    raise typer.Exit(command.run(as_json=as_json, swap=swap, accept=accept))


@audit.command("replay")
def audit_replay(
    as_json: AsJson = False,
    wait: Annotated[float, typer.Option(help="等待未裁定提交的秒数 · seconds for what is not ruled yet")] = 10.0,
) -> None:
    """重放全部提交，与裁定逐条双向比对 · rule on every submission again and compare both ways.

    退出码 exit code: 0 证实 proved, 1 矛盾 contradicted, 2 无法判定 cannot be decided.
    """
    from cli import audit as command

    raise typer.Exit(command.replay(as_json=as_json, wait=wait))


@audit.command("evaluation")
def audit_evaluation(
    programme: Annotated[str, typer.Argument(help="方案编号 · id of the programme, e.g. 441602-2024")],
    unit: Annotated[str | None, typer.Option(help="只看一个单位，含扣分明细 · one unit, with every deduction")] = None,
    against: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="核对接口导出的计分表 · an export of the API to be proved"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """由日志推出年度考核计分表，或核对已导出的计分表 · derive the evaluation's sheets, or prove exported ones.

    退出码 exit code: 0 已推出或证实 derived or proved, 1 矛盾 contradicted, 2 无法判定 cannot be decided.
    """
    from cli import evaluation as command

    raise typer.Exit(command.evaluation(programme, unit=unit, against=against, as_json=as_json))


@app.command()
def scenarios(
    book: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="情景册（YAML）· a book of scenarios")],
    as_json: AsJson = False,
) -> None:
    """用规则验证情景册，有失败时退出码为 1 · run a book of scenarios through the pure rules, exit 1 on a failure."""
    from cli import scenarios as command

    raise typer.Exit(command.run(book, as_json=as_json))


@policy.command("compare")
def policy_compare(
    a: Annotated[str, typer.Argument(metavar="A", help="政策名称或文件 · a policy: its name or file")],
    b: Annotated[str, typer.Argument(metavar="B", help="另一政策 · another one")],
    programme: Annotated[str, typer.Option(help="方案编号 · id of the programme, e.g. 441602-2024")],
    file: Annotated[
        Path | None,
        typer.Option("--from", exists=True, dir_okay=False, help="提交记录（JSONL）· submissions in a file"),
    ] = None,
    policies: Annotated[Path, typer.Option(file_okay=False, help="政策文件夹 · folder of policies")] = POLICIES,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="截至 · up to")] = None,
    as_json: AsJson = False,
) -> None:
    """若用另一政策：用两个政策重放已记录的一年，列出不同的灯和督办及原因。

    What if: live a recorded year again under two policies, tell which lights and escalations differ, and why.
    退出码 exit code: 0 已比较 compared, 2 无法比较 cannot be compared.
    """
    from cli import policy as command

    raise typer.Exit(
        command.compare_policies(a, b, programme=programme, file=file, policies=policies, until=until, as_json=as_json)
    )


@receipt.command("verify")
def receipt_verify(
    file: Annotated[
        Path,
        typer.Argument(help="回执 JSON 或二维码中的文本，- 为标准输入 · a receipt as JSON, or the text of its QR code"),
    ],
    keys: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="公钥，取自 /v1/receipt-keys · the public keys")
    ],
    as_json: AsJson = False,
) -> None:
    """离线核验回执，无需服务器 · check a receipt offline, without any server.

    退出码 exit code: 0 属实 genuine, 1 不实 not genuine, 2 无法判定 cannot be decided.
    """
    from cli import receipt as command

    raise typer.Exit(command.verify(file, keys, as_json=as_json))


@app.command()
def clean(
    real: Annotated[
        str,
        typer.Option("--real", metavar="PATH", help="正式安装须写出其完整路径 · the path of an installation in use"),
    ] = "",
) -> None:
    """删除本机状态文件夹；正式使用的须写出或输入其路径 · remove the state folder; one in real use only by its path."""
    from cli import clean as command

    raise typer.Exit(command.run(real=real))


def main() -> None:
    """Run the command line; errors of the machine are reported in two languages, without a traceback."""
    with errors_reported():
        app()
