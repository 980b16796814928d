"""Writes docs/api: the OpenAPI documents of intake and query, generated from the code.

`python -m cli.api_documents` writes them; `--check` tells which differ and exits 1 (a test does the same).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from services.intake.description import operations as intake
from services.query.description import operations as query

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "api"


def files() -> dict[str, str]:
    """Name and text of every document."""
    made = {"intake.json": intake.description(), "query.json": query.description()}
    return {name: json.dumps(value, ensure_ascii=False, indent=1) + "\n" for name, value in made.items()}


def drift() -> list[str]:
    """Names below docs/api that are missing, left over, or differ from what the code says."""
    wanted = files()
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def main() -> int:
    """Entry point of `python -m cli.api_documents [--check]`."""
    if "--check" in sys.argv[1:]:
        differing = drift()
        sys.stderr.writelines(f"differs: docs/api/{name}\n" for name in differing)
        return 1 if differing else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
