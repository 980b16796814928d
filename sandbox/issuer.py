"""The sandbox issues tokens: `python -m sandbox.issuer`. Anybody may be anybody here: for trying out, never for use."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from fastapi import FastAPI, Form, Request
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from sandbox.people import Person, people, programmes_in
from web.tokens import ALGORITHM, AUDIENCE, COOKIE

DAY_SECONDS = 86_400
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class IssuerSettings(BaseSettings):
    """ISSUER_…; all of it serves the sandbox only."""

    model_config = SettingsConfigDict(env_prefix="ISSUER_", extra="ignore")

    folder: Path
    name: str = "liangdeng-sandbox"
    host: str = "127.0.0.1"
    port: int = 8089
    programmes: Path = Path("programmes")
    query_url: str = ""
    """Where a browser goes after signing in when it came from nowhere."""


class TokenRequest(BaseModel):
    """Who to be, and for how long."""

    person: str
    seconds: int = Field(default=DAY_SECONDS, ge=1, le=30 * DAY_SECONDS)


class Issuer:
    """Holds the private key and mints tokens."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._name = name
        self._key = _private_key(folder / "key.pem")
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = hashlib.sha256(public).hexdigest()[:16]
        self.jwks = {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "use": "sig",
                    "alg": ALGORITHM,
                    "kid": self.kid,
                    "x": base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
                }
            ]
        }
        fresh = folder / f".jwks.json.{os.getpid()}"
        fresh.write_text(json.dumps(self.jwks))
        fresh.replace(folder / "jwks.json")

    def mint(self, person: Person, seconds: int = DAY_SECONDS) -> str:
        """A token that says who this is, valid for so many seconds of real time."""
        now = int(time.time())
        claims = {"iss": self._name, "aud": AUDIENCE, "sub": person.id, "role": person.role}
        times = {"iat": now, "exp": now + seconds}
        unit = {} if person.unit is None else {"unit": person.unit}
        return jwt.encode({**claims, **times, **unit}, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})


def build(settings: IssuerSettings) -> FastAPI:
    """The application."""
    issuer = Issuer(settings.folder, settings.name)
    known = people(programmes_in(settings.programmes))
    pages = Jinja2Templates(Path(__file__).parent / "templates")
    app = FastAPI(title="liangdeng sandbox issuer", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    @app.get("/readyz")
    async def ready() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/jwks.json")
    async def jwks() -> Response:
        return JSONResponse(issuer.jwks)

    @app.get("/people")
    async def everybody() -> list[Person]:
        return list(known.values())

    @app.post("/token")
    async def token(wanted: TokenRequest) -> Response:
        person = known.get(wanted.person)
        if person is None:
            return JSONResponse({"detail": f"no such person: {wanted.person[:80]}"}, 404)
        return JSONResponse({"token": issuer.mint(person, wanted.seconds), "expires_in": wanted.seconds})

    @app.get("/")
    @app.get("/sign-in")
    async def choose(request: Request, lang: str = "zh") -> Response:
        groups = {role: [one for one in known.values() if one.role == role] for role in _ROLES}
        came_from = _came_from(request, settings.query_url)
        context = {"groups": groups, "came_from": came_from, "lang": "en" if lang == "en" else "zh"}
        return pages.TemplateResponse(request, "sign_in.html", context)

    @app.post("/sign-in")
    async def sign_in(person: str = Form(), came_from: str = Form(default="")) -> Response:
        chosen = known.get(person)
        if chosen is None:
            return PlainTextResponse("没有这个人 / no such person\n", 404)
        answer = RedirectResponse(came_from if _is_local(came_from) else "/", 303)
        answer.set_cookie(COOKIE, issuer.mint(chosen), max_age=DAY_SECONDS, httponly=True, samesite="strict")
        return answer

    @app.get("/sign-out")
    @app.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        answer = RedirectResponse(_came_from(request, "/") or "/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return app


_ROLES = ("office", "chief", "leader", "auditor", "unit")


def _private_key(path: Path) -> Ed25519PrivateKey:
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return key
    made = Ed25519PrivateKey.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _came_from(request: Request, otherwise: str) -> str:
    for name in ("return", "return_to", "next"):
        if _is_local(given := request.query_params.get(name, "")):
            return given
    return otherwise


def _is_local(address: str) -> bool:
    """Only addresses of this machine are returned to: anything else could be a trap."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in LOCAL_HOSTS


def main() -> None:
    """Run on ISSUER_HOST and ISSUER_PORT."""
    settings = IssuerSettings()  # type: ignore[call-arg]  # the environment gives them
    uvicorn.run(build(settings), host=settings.host, port=settings.port, access_log=False)


if __name__ == "__main__":
    main()
