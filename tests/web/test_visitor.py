"""Who is let in: a person whom the service's directory admits, and a program, which is in no directory."""

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


async def test_whom_the_directory_no_longer_admits_is_refused_and_a_program_is_not_asked_about(tmp_path: Path) -> None:
    issuer, security = Issuer(tmp_path, "issuer"), SecurityLog("test", CollectorRegistry())
    tokens = TokenVerifier(Keys(tmp_path / "jwks.json", security), issuer="issuer")
    visitors = Visitors(tokens, None, None, security)
    assert (await visitors.of(_asking(issuer.mint(CLERK)))).identity is not None
    visitors.admits = lambda _: False
    with pytest.raises(Unauthenticated, match="disabled"):
        await visitors.of(_asking(issuer.mint(CLERK)))
    known = (await visitors.of(_asking(issuer.mint(CLERK, program=True)))).identity
    assert known is not None
    assert known.program
