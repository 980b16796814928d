"""The tokens of the sandbox's sign-in: its key, and what a token says of a person."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import OKPKey

from sandbox.people import Account
from web.tokens import AUDIENCE

DAY_SECONDS: Final = 86_400
ID_SECONDS: Final = 300
CLIENT: Final = "liangdeng-web"
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class Issuer:
    """Holds the private key and mints tokens."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._key = _private_key(folder / "key.json")
        self.kid = str(self._key.kid)
        self.jwks = {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": "Ed25519", "kid": self.kid}]}
        fresh = folder / f".jwks.json.{os.getpid()}"
        fresh.write_text(json.dumps(self.jwks))
        fresh.replace(folder / "jwks.json")

    def mint(self, person: Account, seconds: int = DAY_SECONDS, *, program: bool = False, head: bool = True) -> str:
        """A token that says who this is, valid for so many seconds of real time; of a unit its head, unless told."""
        told = {**({"program": True} if program else {}), **({} if head else {"head": False})}
        return self._signed({**_claims(person), **told}, AUDIENCE, seconds)

    def id_token(self, person: Account, nonce: str, session: str) -> str:
        """What the services' own client is told of who signed in."""
        return self._signed({**_claims(person), "nonce": nonce, "sid": session, "typ": "ID"}, CLIENT, ID_SECONDS)

    def logout_token(self, subject: str, session: str | None = None) -> str:
        """What the services' own client is told when a session of a person, or all of them, ended here."""
        told = {"sub": subject, "events": {_LOGOUT_EVENT: {}}, "jti": os.urandom(12).hex()}
        return self._signed({**told, **({"sid": session} if session else {})}, CLIENT, ID_SECONDS)

    def _signed(self, claims: dict[str, Any], audience: str, seconds: int) -> str:
        now = int(time.time())
        told = {"iss": self.name, "aud": audience, "iat": now, "exp": now + seconds, **claims}
        header = {"alg": "Ed25519", "kid": self.kid, "typ": "JWT"}
        return jwt.encode(header, told, self._key, algorithms=["Ed25519"])


def _claims(person: Account) -> dict[str, Any]:
    unit = {} if person.unit is None else {"unit": person.unit, "head": person.head}
    return {"sub": person.id, "role": person.role, "jurisdiction": list(person.jurisdictions), **unit}


def _private_key(path: Path) -> OKPKey:
    if path.exists():
        return OKPKey.import_key(json.loads(path.read_text()))
    made = OKPKey.generate_key("Ed25519", auto_kid=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(made.as_dict(private=True), file)
    return made
