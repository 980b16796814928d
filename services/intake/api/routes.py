"""The JSON API: publish, submit, upload evidence; handlers decode, call and return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from services.intake.api.programme_body import posted_policy, posted_programme
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem, forbidden
from services.intake.submitting.body import idempotency_key, limited, read_object
from services.intake.submitting.evidence import SHA256
from services.intake.submitting.receipt import Receipt
from web.identity import Identity, Unauthenticated

api_router = APIRouter(prefix="/v1")
_JSON: Final = "application/json"
_READING: Final = ("GET", "HEAD")
_EVIDENCE_READERS: Final = frozenset({"office", "leader", "chief", "auditor"})


@api_router.post("/programmes")
async def publish(request: Request) -> Response:
    """Publish a programme file (YAML or JSON); `?simulated=true` marks it as simulated, whatever it says."""
    dependencies, identity = await _signed_in(request)
    key, settings = idempotency_key(request), dependencies.settings
    programme = await posted_programme(request, settings.programme_limit, settings.library)
    return _receipts(await dependencies.publisher.publish(identity, programme, key), dependencies)


@api_router.post("/programmes/{programme}/policies")
async def adopt_policy(request: Request, programme: str) -> Response:
    """Adopt a policy for all items of a programme; the body is the policy."""
    dependencies, identity = await _signed_in(request)
    key, policy = idempotency_key(request), await posted_policy(request)
    return _receipts(await dependencies.publisher.adopt(identity, programme, policy, key), dependencies)


async def submit(request: Request) -> Response:
    """Submit something about an item: `{"type": "progress.reported", "data": {…}}`."""
    dependencies, identity = await _signed_in(request)
    key, body = idempotency_key(request), await read_object(request)
    programme, item = request.path_params["programme"], request.path_params["item"]
    return _receipt(await dependencies.receiver.receive(identity, programme, item, body, key), dependencies)


@api_router.post("/programmes/{programme}/submissions")
async def submit_about_programme(request: Request, programme: str) -> Response:
    """Submit something about a programme as a whole (bulletins)."""
    dependencies, identity = await _signed_in(request)
    key, body = idempotency_key(request), await read_object(request)
    return _receipt(await dependencies.receiver.receive(identity, programme, None, body, key), dependencies)


@api_router.put("/evidence/{sha256}")
async def upload(request: Request, sha256: str) -> Response:
    """Upload a file under its SHA-256; 201 if it is new, 200 if it was there."""
    dependencies, identity = await _signed_in(request)
    if identity.role == "auditor":
        raise forbidden("wrong_role")
    _require_hash(sha256)
    known = dependencies.evidence.size(sha256) is not None
    receive = limited(request, dependencies.settings.evidence_limit)
    _, size = await dependencies.evidence.keep(Request(request.scope, receive).stream(), sha256)
    dependencies.metrics.evidence_bytes.inc(0 if known else size)
    return Response(orjson.dumps({"sha256": sha256, "size": size}), 200 if known else 201, media_type=_JSON)


@api_router.head("/evidence/{sha256}")
async def ask_for_evidence(request: Request, sha256: str) -> Response:
    """Whether a file was uploaded; its size in Content-Length."""
    dependencies, _ = await _signed_in(request)
    _require_hash(sha256)
    size = dependencies.evidence.size(sha256)
    return Response(status_code=404) if size is None else Response(headers={"content-length": str(size)})


@api_router.get("/evidence/{sha256}")
async def read_evidence(request: Request, sha256: str) -> Response:
    """A file, for those who supervise; always as a download, never shown in the page."""
    dependencies, identity = await _signed_in(request)
    if identity.role not in _EVIDENCE_READERS:
        raise forbidden("wrong_role")
    _require_hash(sha256)
    if dependencies.evidence.size(sha256) is None:
        raise IntakeProblem("not_found")
    headers = {"content-disposition": f'attachment; filename="{sha256}"', "x-content-type-options": "nosniff"}
    return FileResponse(dependencies.evidence.path(sha256), media_type="application/octet-stream", headers=headers)


# The busiest route is a plain one: it asks for nothing that FastAPI would have to solve on every request.
api_router.add_route("/v1/programmes/{programme}/items/{item}/submissions", submit, methods=["POST"])


async def _signed_in(request: Request) -> tuple[Dependencies, Identity]:
    """What the handler needs and who asks; whoever changes something shows a bearer token, never a cookie.

    Raises Unauthenticated, SessionsUnavailable.
    """
    dependencies: Dependencies = request.app.state.dependencies
    visitor = await dependencies.who.visitors.of(request)
    if visitor.identity is None or (visitor.secret and request.method not in _READING):
        raise Unauthenticated("no token / 没有令牌")
    return dependencies, visitor.identity


def _require_hash(sha256: str) -> None:
    if not SHA256.fullmatch(sha256):
        raise IntakeProblem("not_found", "地址须为小写十六进制 SHA-256", "the address is a SHA-256 in lower-case hex")


def _receipt(receipt: Receipt, dependencies: Dependencies) -> Response:
    location = receipt.location(dependencies.settings.origin)
    return Response(orjson.dumps(receipt.document()), 202, headers={"location": location}, media_type=_JSON)


def _receipts(receipts: Sequence[Receipt], dependencies: Dependencies) -> Response:
    body = orjson.dumps({"receipts": [receipt.document() for receipt in receipts]})
    location = receipts[0].location(dependencies.settings.origin) if receipts else ""
    return Response(body, 202, headers={"location": location} if location else {}, media_type=_JSON)
