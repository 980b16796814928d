"""Who is let in: the person and the program that the service's directory admits."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from sandbox.mint import Issuer
from sandbox.people import Account
from web.identity import Unauthenticated
from web.keys import Keys
from web.security_events import SecurityLog
from web.tokens import TokenVerifier
from web.visitor import Visitors

CLERK = Account("u-nongye-1", "unit", "nongye", "", "")


def _asking(token: str) -> Request:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers})


@pytest.mark.parametrize("program", [False, True], ids=["a person", "a unit's system"])
async def test_whom_the_directory_no_longer_admits_is_refused(tmp_path: Path, program: bool) -> None:
    issuer, security = Issuer(tmp_path, "issuer"), SecurityLog("test", CollectorRegistry())
    tokens = TokenVerifier(Keys(tmp_path / "jwks.json", security), issuer="issuer")
    visitors = Visitors(tokens, None, None, security)
    known = (await visitors.of(_asking(issuer.mint(CLERK, program=program)))).identity
    assert known is not None
    assert known.program is program
    visitors.admits = lambda one: one.program is not program
    with pytest.raises(Unauthenticated, match="disabled"):
        await visitors.of(_asking(issuer.mint(CLERK, program=program)))
