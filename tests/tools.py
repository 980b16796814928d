"""Brings what the tests need beyond the lock: Chromium and Chinese fonts, from Debian, in CI and as root only.

Elsewhere it says what is missing; the tests that need it are skipped aloud.
"""

import os
import shutil
import subprocess
import sys


def missing() -> list[str]:
    """Return the Debian packages whose program or files are not there."""
    lacking = [] if shutil.which("chromium") else ["chromium"]
    known = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    return lacking if known else [*lacking, "fonts-noto-cjk"]


def main() -> int:
    """Install in CI, otherwise tell."""
    lacking = missing()
    if not lacking:
        return 0
    names = " ".join(lacking)
    if os.environ.get("CI") != "true" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.stderr.write(f"缺少 {names}：浏览器测试将跳过 · {names} missing: browser tests are skipped\n")
        return 0
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-yq", "--no-install-recommends", *lacking]):
        if subprocess.run(command, check=False, env=env, stdout=subprocess.DEVNULL).returncode:
            sys.stderr.write(f"安装 {names} 失败 · installing {names} failed\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
