"""A set-up that fails says what was missing and what to do; one that is done does nothing."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import bootstrap

SCRIPT = Path(bootstrap.__file__)


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("error: failed to write: No space left on device (os error 28)", "disk"),
        ("Caused by: invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("ProxyError('Unable to connect to proxy', NewConnectionError", "HTTPS_PROXY"),
        ("Caused by: tunnel error: unsuccessful", "HTTPS_PROXY"),
        ("error: Request failed: error sending request; dns error: failed to lookup address", "No network"),
        ("ERROR: Could not find a version that satisfies the requirement uv==0 (from versions: none)", "No network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "requirements.lock pins"),
        ("error: Hash mismatch for `typer==1`", "requirements.lock pins"),
        ("The virtual environment was not created successfully because ensurepip is not available", "python3-venv"),
        ("error: failed to open file: Permission denied (os error 13)", "permissions"),
        ("something never seen", "output above"),
    ],
)
def test_the_cause_is_read_off_the_tools_output(output: str, word: str) -> None:
    chinese, english = bootstrap.advice(output)
    assert word in english
    assert chinese


def test_without_a_network_the_set_up_fails_and_says_so(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/simple"
    env = {**os.environ, "LIANGDENG_VENV": str(tmp_path / "venv"), "PIP_INDEX_URL": nowhere, "PIP_RETRIES": "0"}
    env |= {"PIP_NO_CACHE_DIR": "1", "NO_PROXY": "127.0.0.1", "PIP_FIND_LINKS": ""}
    done = subprocess.run([sys.executable, SCRIPT], env=env, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "安装未完成（uv）。网络不通" in done.stderr
    assert "Set-up failed (uv). No network" in done.stderr


def test_a_package_is_cut_out_of_the_lock_with_its_hashes() -> None:
    version, *hashes = bootstrap.pinned("uv").split(" \\\n")
    assert version.startswith("uv==")
    assert hashes
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)


@pytest.mark.parametrize("package", ["fastapi", "aiokafka", "psycopg", "kafka"])
def test_what_was_installed_is_compiled(package: str) -> None:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.cached is not None
    assert Path(found.cached).exists()


def test_what_is_set_up_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "liangdeng-stamp").write_text(bootstrap.fingerprint(), encoding="ascii")
    env = {**os.environ, "LIANGDENG_VENV": str(tmp_path)}
    done = subprocess.run([sys.executable, SCRIPT], env=env, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_set_up_needs_nothing_but_an_old_pythons_own_modules() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_no_module_beside_the_set_up_takes_the_place_of_one_of_pythons() -> None:
    """Run by path, the script's own folder is searched first."""
    assert {path.stem for path in SCRIPT.parent.iterdir()} & sys.stdlib_module_names == set()


def test_the_set_up_runs_without_site_packages() -> None:
    done = subprocess.run([sys.executable, "-S", "-c", f"import runpy; runpy.run_path({str(SCRIPT)!r})"], check=False)
    assert done.returncode == 0
