"""What can go wrong on somebody's machine, in Chinese and English, with what to do about it."""

import errno
import re
import shutil
from pathlib import Path

FREE_BYTES_NEEDED = 500_000_000


class MachineError(Exception):
    """Something about the machine that its user can put right; the text says what and how, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def disk_full(folder: Path) -> MachineError:
    """Say that there is no room in `folder`."""
    return MachineError(
        f"磁盘空间不足：{folder} 所在的磁盘需要至少 500 MB 可用空间。请清理磁盘，或用 LIANGDENG_HOME 指定其他位置。",
        f"Disk full: the disk of {folder} needs at least 500 MB free. Make room, or point LIANGDENG_HOME elsewhere.",
    )


def require_room(folder: Path) -> None:
    """Raise `MachineError` when less than 500 MB are free where `folder` lies."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if shutil.disk_usage(existing).free < FREE_BYTES_NEEDED:
        raise disk_full(folder)


def log_unreachable(servers: str, error: Exception) -> MachineError:
    """Say that the Kafka named by `servers` does not answer."""
    return MachineError(
        f"无法连接 Kafka：{servers}。请检查 KAFKA_BOOTSTRAP_SERVERS，或不设置它以使用内置的 Kafka。",
        f"Kafka at {servers} cannot be reached: check KAFKA_BOOTSTRAP_SERVERS, or unset it for the embedded one.\n"
        f"  {error}",
    )


def download_failed(what: str, error: Exception) -> MachineError:
    """Turn the error of a failed download into what was missing: proxy, CA, disk or network."""
    seen = f"{type(error).__name__}: {error}"[:400]
    if any(isinstance(link, OSError) and link.errno in (errno.ENOSPC, errno.EDQUOT) for link in _chain(error)):
        cause = ("磁盘空间不足，请清理磁盘", "the disk is full: make room")
    elif "SSL" in seen or "certificate" in seen.lower():
        cause = (
            "证书校验失败：如果网络使用自己的 CA，请设置 REQUESTS_CA_BUNDLE 和 SSL_CERT_FILE 指向其证书文件",
            "certificate not trusted: for a CA of your network set REQUESTS_CA_BUNDLE and SSL_CERT_FILE to its file",
        )
    elif re.search(r"Proxy|\b407\b", seen):
        cause = (
            "代理拒绝或无法连接，请检查 HTTPS_PROXY / HTTP_PROXY / NO_PROXY",
            "the proxy refused or cannot be reached: check HTTPS_PROXY / HTTP_PROXY / NO_PROXY",
        )
    elif "not found in remote repositories" in seen:
        cause = (
            "Maven 仓库中没有该文件，请检查 LIANGDENG_MAVEN_MIRROR 或 jgo.conf 中的镜像",
            "the Maven repository does not have it: check LIANGDENG_MAVEN_MIRROR or the mirror in jgo.conf",
        )
    else:
        cause = (
            "网络不通：请检查网络连接；需要代理时设置 HTTPS_PROXY，使用镜像时设置 LIANGDENG_MAVEN_MIRROR",
            "no network: check the connection; set HTTPS_PROXY for a proxy, LIANGDENG_MAVEN_MIRROR for a mirror",
        )
    return MachineError(f"下载失败（{what}）：{cause[0]}。", f"Download failed ({what}): {cause[1]}.\n  {seen}")


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links
