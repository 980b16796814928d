"""The sandbox's sign-in: anybody may be anybody here, for trying out, never for use. `python -m sandbox.issuer`.

It speaks OpenID Connect as far as the services ask for it, so that they know one way of signing in.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from embedded.machine_error import MachineError
from sandbox.mint import DAY_SECONDS, Issuer
from sandbox.people import Account, people, programmes_in
from sandbox.simulated_only import require_simulated

CODE_SECONDS = 60
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_ROLES = ("office", "chief", "leader", "auditor", "unit")


class IssuerSettings(BaseSettings):
    """ISSUER_…; all of it serves the sandbox only."""

    model_config = SettingsConfigDict(env_prefix="ISSUER_", extra="ignore")

    folder: Path
    name: str = "liangdeng-sandbox"
    """What its tokens name as their issuer."""
    host: str = "127.0.0.1"
    port: int = 8089
    address: str = ""
    """Where browsers find it, e.g. http://localhost:8080/choose; empty: at its own port."""
    programmes: Path = Path("programmes")

    @property
    def public(self) -> str:
        """Its address for browsers, without a slash at the end."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"


class TokenRequest(BaseModel):
    """Who to be, and for how long."""

    person: str
    seconds: int = Field(default=DAY_SECONDS, ge=1, le=30 * DAY_SECONDS)


class Code(BaseModel):
    """A code that was given to a browser: for whom, and what the client proves when it comes back with it."""

    person: str
    nonce: str
    challenge: str
    redirect_uri: str
    until: float


def build(settings: IssuerSettings) -> FastAPI:
    """The application."""
    issuer = Issuer(settings.folder, settings.name)
    known = people(programmes_in(settings.programmes))
    pages = Jinja2Templates(Path(__file__).parent / "templates")
    codes: dict[str, Code] = {}
    app = FastAPI(
        title="liangdeng sandbox issuer", docs_url=None, redoc_url=None, root_path=urlsplit(settings.public).path
    )

    @app.get("/healthz")
    @app.get("/readyz")
    async def ready() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/.well-known/openid-configuration")
    async def discovery(request: Request) -> dict[str, Any]:
        own = f"http://{request.headers.get('host', '')}"  # programs ask it directly, browsers at its address
        return {
            "issuer": settings.name,
            "authorization_endpoint": f"{settings.public}/authorize",
            "token_endpoint": f"{own}/token",
            "jwks_uri": f"{own}/jwks.json",
            "end_session_endpoint": f"{settings.public}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["Ed25519"],
            "code_challenge_methods_supported": ["S256"],
        }

    @app.get("/jwks.json")
    async def jwks() -> Response:
        return JSONResponse(issuer.jwks)

    @app.get("/people")
    async def everybody() -> list[Account]:
        return list(known.values())

    @app.get("/authorize")
    async def choose(request: Request) -> Response:
        asked = dict(request.query_params)
        if not _is_local(asked.get("redirect_uri", "")):
            return PlainTextResponse("redirect_uri: 只能是本机地址 / must be of this machine\n", 400)
        language = "en" if asked.get("lang", asked.get("ui_locales", "")).startswith("en") else "zh"
        other = {**asked, "lang": "zh" if language == "en" else "en"}
        groups = {role: [one for one in known.values() if one.role == role] for role in _ROLES}
        context = {"groups": groups, "asked": asked, "lang": language, "other_language": f"?{urlencode(other)}"}
        return pages.TemplateResponse(request, "sign_in.html", context)

    @app.post("/authorize")
    async def chosen(
        person: str = Form(),
        redirect_uri: str = Form(),
        state: str = Form(default=""),
        nonce: str = Form(default=""),
        code_challenge: str = Form(default=""),
    ) -> Response:
        if person not in known:
            return PlainTextResponse("没有这个人 / no such person\n", 404)
        if not _is_local(redirect_uri):
            return PlainTextResponse("redirect_uri: 只能是本机地址 / must be of this machine\n", 400)
        now = time.time()
        for old in [code for code, one in codes.items() if one.until < now]:
            del codes[old]
        code = secrets.token_urlsafe(24)
        codes[code] = Code(
            person=person,
            nonce=nonce,
            challenge=code_challenge,
            redirect_uri=redirect_uri,
            until=now + CODE_SECONDS,
        )
        return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        if request.headers.get("content-type", "").startswith("application/json"):
            return _minted(issuer, known, TokenRequest.model_validate_json(await request.body()))
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("grant_type") == "client_credentials":
            return _for_program(issuer, known.get(_client(request, form)))
        one = codes.pop(form.get("code", ""), None)
        if one is None or one.until < time.time() or one.redirect_uri != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if one.challenge and one.challenge != _challenge(form.get("code_verifier", "")):
            return JSONResponse({"error": "invalid_grant"}, 400)
        person = known[one.person]
        told = {"access_token": issuer.mint(person), "token_type": "Bearer", "expires_in": DAY_SECONDS}
        return JSONResponse({**told, "id_token": issuer.id_token(person, one.nonce, secrets.token_urlsafe(12))})

    @app.get("/end-session")
    async def end(post_logout_redirect_uri: str = "/") -> Response:
        return RedirectResponse(post_logout_redirect_uri if _is_local(post_logout_redirect_uri) else "/", 303)

    return app


def _minted(issuer: Issuer, known: dict[str, Account], wanted: TokenRequest) -> Response:
    person = known.get(wanted.person)
    if person is None:
        return JSONResponse({"detail": f"no such person: {wanted.person[:80]}"}, 404)
    return JSONResponse({"token": issuer.mint(person, wanted.seconds), "expires_in": wanted.seconds})


def _for_program(issuer: Issuer, person: Account | None) -> Response:
    """A program is called like the person in whose place it acts; whatever secret it has is taken."""
    if person is None:
        return JSONResponse({"error": "invalid_client"}, 401)
    told = {"access_token": issuer.mint(person, program=True), "token_type": "Bearer", "expires_in": DAY_SECONDS}
    return JSONResponse(told)


def _client(request: Request, form: dict[str, str]) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", "")
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _is_local(address: str) -> bool:
    """Only addresses of this machine are returned to: anything else could be a trap."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in LOCAL_HOSTS


def main() -> None:
    """Run on ISSUER_HOST and ISSUER_PORT, where nothing real is on the log."""
    settings = IssuerSettings()  # type: ignore[call-arg]  # the environment gives them
    try:
        require_simulated(os.environ)
    except MachineError as refusal:
        sys.exit(str(refusal))
    uvicorn.run(build(settings), host=settings.host, port=settings.port, access_log=False)


if __name__ == "__main__":
    main()
