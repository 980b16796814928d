"""`make setup`: from a bare Python to the project's virtual environment, synced from the hashed lock.

Run by path with the machine's own Python, so only the standard library, and syntax that an old Python can read.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.lock"
OLDEST = (3, 11)
UV_TIMEOUT_SECONDS = "180"

CAUSES = (
    (
        r"No space left|os error 28|Disk quota",
        "磁盘空间不足：安装需要约 2 GB，请清理磁盘。",
        "The disk is full: the set-up needs about 2 GB. Make room and run it again.",
    ),
    (
        r"hash mismatch|HASHES|do not match the hash|Hash mismatch",
        "下载的文件与 requirements.lock 中的校验和不符：请检查镜像或代理。",
        "A download is not what requirements.lock pins: check your mirror or proxy.",
    ),
    (
        r"certificate|CERTIFICATE|UnknownIssuer|SSLError|TLS",
        "证书校验失败：如果网络使用自己的 CA，请把 SSL_CERT_FILE（和 PIP_CERT）指向其证书文件。",
        "A certificate was not trusted: if your network has its own CA, set SSL_CERT_FILE (and PIP_CERT) to its file.",
    ),
    (
        r"[Pp]roxy|\b407\b|tunnel",
        "代理拒绝或无法连接：请检查 HTTPS_PROXY / HTTP_PROXY / NO_PROXY。",
        "The proxy refused or cannot be reached: check HTTPS_PROXY / HTTP_PROXY / NO_PROXY.",
    ),
    (
        r"ensurepip|python3-venv",
        "这个 Python 没有 venv：Debian/Ubuntu 请运行 apt install python3-venv。",
        "This Python has no venv: on Debian/Ubuntu run `apt install python3-venv`.",
    ),
    (
        r"Permission denied|Read-only file system",
        "没有写权限：请检查项目文件夹和缓存文件夹（UV_CACHE_DIR）的权限。",
        "Writing was refused: check the permissions of the project's folder and of the cache (UV_CACHE_DIR).",
    ),
    (
        r"resolve|dns|DNS|[Cc]onnect|timed out|timeout|[Nn]etwork|unreachable|Could not find a version|error sending",
        "网络不通：请检查网络；需要代理时设置 HTTPS_PROXY，使用镜像时设置 PIP_INDEX_URL。",
        "No network: check the connection; set HTTPS_PROXY for a proxy, PIP_INDEX_URL for a mirror.",
    ),
)


def say(text: str) -> None:
    """Tell the reader on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def advice(output: str) -> tuple[str, str]:
    """Return (Chinese, English): what was missing and what to do, read from a tool's output."""
    for pattern, chinese, english in CAUSES:
        if re.search(pattern, output):
            return chinese, english
    return "原因见上面的输出。", "The output above says why."


def run(step: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> str:
    """Run one step; on failure show its output, say what was missing and end with 1."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=str(PROJECT),
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output, code = done.stdout.decode("utf-8", "replace"), done.returncode
    except OSError as error:
        output, code = str(error), 1
    if code:
        say(output.rstrip()[-4000:])
        chinese, english = advice(output)
        say(f"\n安装未完成（{step}）。{chinese}\nSet-up failed ({step}). {english}")
        sys.exit(1)
    return output


def fingerprint() -> str:
    """Return what the environment depends on, as one hash: how it is set up, too."""
    files = [LOCK, PROJECT / "pyproject.toml", Path(__file__)]
    parts = [*(file.read_bytes() for file in files), sys.version.encode(), str(PROJECT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def pinned(name: str) -> str:
    """Return the lines of one package in the lock: its version and hashes."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(name + "=="))
    block = [lines[start]]
    for line in lines[start + 1 :]:
        if not line.startswith("    --hash"):
            break
        block.append(line)
    return "\n".join(block).rstrip(" \\") + "\n"


def tool_environment(venv: Path) -> dict[str, str]:
    """Return the environment for uv: the mirror and CA that pip was told are its too."""
    env = dict(os.environ, VIRTUAL_ENV=str(venv))
    env.setdefault("UV_HTTP_TIMEOUT", UV_TIMEOUT_SECONDS)
    if "UV_DEFAULT_INDEX" not in env and "UV_INDEX_URL" not in env:
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        mirror = env.get("PIP_INDEX_URL") or asked.stdout.decode().strip()
        if mirror:
            env["UV_DEFAULT_INDEX"] = mirror
    if env.get("PIP_CERT"):
        env.setdefault("SSL_CERT_FILE", env["PIP_CERT"])
    return env


def install_uv(venv: Path, python: Path) -> Path:
    """Bring uv, as the lock pins it, into the environment."""
    uv = venv / "bin" / "uv"
    wanted = pinned("uv").split()[0].split("==")[1]
    if uv.exists():
        said = subprocess.run([str(uv), "--version"], stdout=subprocess.PIPE, check=False).stdout.decode()
        if wanted in said.split():
            return uv
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(pinned("uv"), encoding="utf-8")
        command: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps"]
        run("uv", [*command, "--require-hashes", "-r", only_uv])
    return uv


def main() -> int:
    """Make the environment what the lock says, unless it is that already."""
    if sys.version_info < OLDEST:
        found = "{}.{}".format(*sys.version_info)
        say(f"需要 Python ≥ 3.11（现为 {found}）。请用 make PYTHON=python3.12 指定。")
        say(f"Python >= 3.11 is needed, this is {found}. Name one: make PYTHON=python3.12")
        return 1
    venv = Path(os.environ.get("LIANGDENG_VENV") or PROJECT / ".venv")
    stamp = venv / "liangdeng-stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint():
        return 0
    started = time.monotonic()
    say("安装中：首次约下载 250 MB，首次启动另需 45 MB")
    say("setting up: about 250 MB to download the first time, 45 MB more at the first start")
    python = venv / "bin" / "python"
    if not (python.exists() and (venv / "bin" / "pip").exists()):
        run("venv", [sys.executable, "-m", "venv", "--clear", venv])
    stamp.unlink(missing_ok=True)
    uv = install_uv(venv, python)
    env = tool_environment(venv)
    # Compiled once: where PYTHONDONTWRITEBYTECODE is set, every process would do it anew, a second of CPU each.
    run("requirements.lock", [uv, "pip", "sync", "-q", "--require-hashes", "--compile-bytecode", LOCK], env)
    # uv brings the build backend along: the project itself needs no network.
    run("liangdeng", [uv, "pip", "install", "-q", "--offline", "--no-index", "--no-deps", "-e", PROJECT], env)
    stamp.write_text(fingerprint(), encoding="ascii")
    say("安装完成，用时 {:.0f} 秒 · set up in {:.0f} s".format(*[time.monotonic() - started] * 2))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("安装被中断，下次从这里继续 · interrupted; the next set-up goes on from here")
        sys.exit(130)
