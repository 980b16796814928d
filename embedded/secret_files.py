"""Secrets of one installation: made at its first start, kept in its state folder, readable for its user alone."""

import os
import secrets
from pathlib import Path
from typing import Final

FOLDER: Final = "secrets"
_BYTES: Final = 32


def secret(home: Path, name: str) -> str:
    """The secret `name` of the installation in `home`, made where it is missing: 256 bits, as base64url."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    while True:
        try:
            return file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            _write(file, secrets.token_urlsafe(_BYTES))


def _write(file: Path, text: str) -> None:
    """Write a file that is whole when it is there; one that is there already stays."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    try:
        file.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
