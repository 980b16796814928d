"""Files are scanned by a real clamd, where there is one; without an answer none is taken."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.evidence.virus_scan import VirusScan
from services.intake.problem import IntakeProblem

CLAMD = os.environ.get("CLAMD") or shutil.which("clamd")
INFECTED = b"a text that the signature below finds, and nothing else does\n"


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """clamd with one signature, at its socket."""
    if CLAMD is None:
        pytest.skip("clamd is missing: no file was scanned")
    folder = tmp_path / "clamd"
    folder.mkdir()
    (folder / "tests.ndb").write_text(f"Liangdeng.Test:0:*:{INFECTED.hex()}\n")
    socket = folder / "socket"
    lines = {"DatabaseDirectory": folder, "LocalSocket": socket, "Foreground": "yes", "StreamMaxLength": "2M"}
    config = folder / "clamd.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    process = subprocess.Popen([CLAMD, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not socket.exists():
        assert process.poll() is None, "clamd ended"
        assert time.monotonic() < deadline, "clamd is not ready"
        time.sleep(0.05)
    yield str(socket)
    process.terminate()
    process.wait(30)


def _file(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "file"
    file.write_bytes(content)
    return file


async def test_clean_infected_and_too_large_for_the_scanner(clamd: str, tmp_path: Path) -> None:
    scan = VirusScan(clamd, 30)
    await scan.check(_file(tmp_path, bytes(1_000_000)))
    with pytest.raises(IntakeProblem) as refused:
        await scan.check(_file(tmp_path, b"x" * 600_000 + INFECTED))
    assert (refused.value.code, refused.value.status) == ("evidence_infected", 422)
    assert "Liangdeng.Test" in refused.value.zh
    with pytest.raises(IntakeProblem) as refused:
        await scan.check(_file(tmp_path, bytes(3_000_000)))
    assert (refused.value.code, refused.value.status) == ("too_large", 413)


@pytest.mark.parametrize("at", ["socket", "port"])
async def test_a_file_that_is_too_long_for_the_scanner_is_refused_for_good(tmp_path: Path, at: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2_000_000)
        writer.write(b"INSTREAM size limit exceeded. ERROR\0")  # clamd's own words; it reads no further and hangs up
        await writer.drain()
        writer.close()

    if at == "socket":
        address = str(tmp_path / "clamd")
        server = await asyncio.start_unix_server(answer, address)
    else:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    file = _file(tmp_path, bytes(9_000_000))
    async with server:
        for _ in range(100):  # whether the answer or the end of the connection is noticed first is left to chance
            with pytest.raises(IntakeProblem) as refused:
                await VirusScan(address, 30).check(file)
            assert (refused.value.code, refused.value.status) == ("too_large", 413)


async def test_without_the_scanner_nothing_is_taken(tmp_path: Path) -> None:
    for address in (str(tmp_path / "nothing"), "127.0.0.1:1"):
        with pytest.raises(IntakeProblem) as refused:
            await VirusScan(address, 5).check(_file(tmp_path, b"a"))
        assert (refused.value.code, refused.value.headers["Retry-After"]) == ("scanner_unavailable", "30")
    await VirusScan("", 5).check(_file(tmp_path, INFECTED))
