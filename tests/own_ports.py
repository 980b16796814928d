"""A settings file with ports of a test's own, so that it meets nobody else's installation on this machine."""

from pathlib import Path

from embedded.child_process import free_port
from embedded.ports import PRETENDING_PORTS, SERVER_PORTS, SETTINGS


def write_settings(home: Path, more: str = "") -> str:
    """Write the settings of the installation in `home` with free ports, `more` before the tables; its origin."""
    home.mkdir(parents=True, exist_ok=True)
    origin = f"https://localhost:{free_port()}"
    ports = "\n".join(f"{name} = {free_port()}" for name in (*SERVER_PORTS, *PRETENDING_PORTS))
    text = f'origin = "{origin}"\ndemo_origin = "http://localhost:{free_port()}"\n{more}\n[ports]\n{ports}\n'
    (home / SETTINGS).write_text(text, encoding="utf-8")
    return origin
