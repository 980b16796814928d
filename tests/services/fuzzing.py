"""Schemathesis against a running application: all checks, and the same requests each time."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from embedded.child_process import free_port
from web.doors import beside

SHORT = "examples,fuzzing,stateful"
LONG = "examples,coverage,fuzzing,stateful"
"""Phases of a run; that of coverage asks each operation with everything that its schema forbids, one by one."""
_SETTINGS = Path(__file__).with_name("schemathesis.toml")
_RUN = Path(sys.executable).with_name("schemathesis")
_ENDLESS = "/v1/changes"
"""A stream that has no end of its own; tests/services/query/test_changes.py follows it."""


async def fuzzed(
    app: ASGIApp,
    document: dict[str, Any],
    folder: Path,
    headers: dict[str, str],
    known: dict[str, str],
    phases: str,
    examples: int,
) -> None:
    """Have it ask an application that has started with `headers`, up to so many examples an operation.

    `known` are parts of paths that exist, by the name of the parameter: they are asked for as often as made-up ones.
    Fails unless every operation was asked, every answer is documented, and none is a failure of the service.
    """
    asked = _about(document, known)
    (folder / "document.json").write_text(json.dumps(asked), encoding="utf-8")
    port = free_port()
    options = {
        "--url": f"http://127.0.0.1:{port}",
        "--phases": phases,
        "--max-examples": str(examples),
        "--request-timeout": "60",
        "--max-response-time": "60",
    }
    command = [str(_RUN), "--config-file", str(_SETTINGS), "run", str(folder / "document.json")]
    command += [part for option in options.items() for part in option]
    command += [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    command += ["--generation-deterministic", "--continue-on-failure", "--no-color", "--no-shrink"]
    async with beside(app, "127.0.0.1", port, lifespan="off"):
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        told = (await process.communicate())[0].decode()
    assert process.returncode == 0, told[-40_000:]
    assert f"Tested: {sum(len(methods) for methods in asked['paths'].values())}\n" in told, told[-40_000:]


def _about(document: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """The document without the stream, in which what exists is named."""
    made: dict[str, Any] = json.loads(json.dumps(document))
    made["paths"].pop(_ENDLESS, None)
    for operation in (one for methods in made["paths"].values() for one in methods.values()):
        # No value of this header is refused (RFC 7240), and none may wait for a ruling: nobody rules meanwhile.
        operation["parameters"] = [one for one in operation.get("parameters", ()) if one["name"] != "Prefer"]
        for parameter in operation["parameters"]:
            if (exists := known.get(parameter["name"])) is not None:
                parameter |= {"schema": {"anyOf": [{"const": exists}, parameter["schema"]]}, "example": exists}
    return made
