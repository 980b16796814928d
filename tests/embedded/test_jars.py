"""A jar is used only if its bytes are those of the lock, wherever it came from."""

import errno
import gc
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embedded import jars
from embedded.machine_error import MachineError, download_failed

# jgo leaves the answer of a refused request to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

RIGHT, WRONG = b"the right bytes", b"a forgery"
RELATIVE = Path("org/example/lantern/1.0/lantern-1.0.jar")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a mirror that serves on the loopback interface."""
    folder = tmp_path / "mirror"
    (folder / RELATIVE).parent.mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("LIANGDENG_MAVEN_MIRROR", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty Maven repository folder of this test's own."""
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    yield tmp_path / "m2"
    gc.collect()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of one jar."""
    file = tmp_path / "jars.lock"
    file.write_text(f"# head\norg.example:lantern:1.0 {hashlib.sha256(RIGHT).hexdigest()}\n", encoding="utf-8")
    return file


def silent(_: str) -> None:
    """Say nothing."""


def test_a_jar_that_is_missing_is_downloaded_and_verified(mirror: Path, repository: Path, lock: Path) -> None:
    (mirror / RELATIVE).write_bytes(RIGHT)
    assert jars.verified_files(silent, lock) == [repository / RELATIVE]
    assert (repository / RELATIVE).read_bytes() == RIGHT
    assert [path.name for path in repository.iterdir()] == ["org"]


def test_a_forged_download_is_refused_and_leaves_nothing(mirror: Path, repository: Path, lock: Path) -> None:
    (mirror / RELATIVE).write_bytes(WRONG)
    with pytest.raises(MachineError, match=r"(?s)校验失败.*Checksum mismatch: org.example:lantern:1.0"):
        jars.verified_files(silent, lock)
    assert list(repository.iterdir()) == []


def test_a_jar_of_other_bytes_in_the_cache_is_never_used(mirror: Path, repository: Path, lock: Path) -> None:
    (mirror / RELATIVE).write_bytes(RIGHT)
    (repository / RELATIVE).parent.mkdir(parents=True)
    (repository / RELATIVE).write_bytes(WRONG)
    jars.verified_files(silent, lock)
    assert (repository / RELATIVE).read_bytes() == RIGHT


@pytest.mark.usefixtures("mirror", "repository")
def test_a_mirror_that_lacks_a_jar_is_named_as_the_cause(lock: Path) -> None:
    with pytest.raises(MachineError, match="LIANGDENG_MAVEN_MIRROR"):
        jars.verified_files(silent, lock)


@pytest.mark.usefixtures("repository")
def test_without_a_network_proxy_and_mirror_are_named(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGDENG_MAVEN_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(MachineError, match=r"(?s)网络不通.*HTTPS_PROXY.*no network"):
        jars.verified_files(silent, lock)


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ("SSLError: certificate verify failed", "SSL_CERT_FILE"),
        ("ProxyError: Unable to connect to proxy", "HTTPS_PROXY"),
        ("HTTP 407 from the gateway", "HTTPS_PROXY"),
        ("refused by 127.0.0.1:40735", "no network"),
    ],
)
def test_the_cause_of_a_failed_download_is_read_off_the_error(seen: str, word: str) -> None:
    assert word in str(download_failed("lantern", RuntimeError(seen)))


def test_a_full_disk_is_found_behind_other_errors() -> None:
    error = RuntimeError("jgo failed")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "the disk is full" in str(download_failed("lantern", error))
