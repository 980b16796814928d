"""The JSON API: publish, submit, upload evidence; handlers decode, call and return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from contracts.topics import split_subject
from services.intake.api.programme_body import posted_policy, posted_programme
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import idempotency_key, limited, read_object
from services.intake.submitting.evidence import SHA256
from services.intake.submitting.evidence_rights import uploaders
from services.intake.submitting.receipt import Receipt
from web.gate import GuardedRoute, PlainGuardedRoute, does
from web.identity import Identity, Unauthenticated
from web.rights import require
from web.visitor import known_visitor

api_router = APIRouter(prefix="/v1", route_class=GuardedRoute)
_JSON: Final = "application/json"
_READING: Final = ("GET", "HEAD")


@api_router.post("/programmes")
@does("programme.publish")
async def publish(request: Request) -> Response:
    """Publish a programme file (YAML or JSON); `?simulated=true` marks it as simulated, whatever it says."""
    dependencies, identity = _acting(request)
    key, settings = idempotency_key(request), dependencies.settings
    programme = await posted_programme(request, settings.programme_limit, settings.library)
    return _receipts(await dependencies.publisher.publish(identity, programme, key), dependencies)


@api_router.post("/programmes/{programme}/policies")
@does("policy.adopt")
async def adopt_policy(request: Request, programme: str) -> Response:
    """Adopt a policy for all items of a programme; the body is the policy."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("policy.adopt", identity, programme)
    key, policy = idempotency_key(request), await posted_policy(request)
    return _receipts(await dependencies.publisher.adopt(identity, programme, policy, key), dependencies)


@does("submission.send")
async def submit(request: Request) -> Response:
    """Submit something about an item: `{"type": "progress.reported", "data": {…}}`."""
    dependencies, identity = _acting(request)
    programme, item = request.path_params["programme"], request.path_params["item"]
    dependencies.receiver.permit("submission.send", identity, programme, item)
    key, body = idempotency_key(request), await read_object(request)
    return _receipt(await dependencies.receiver.receive(identity, programme, item, body, key), dependencies)


@api_router.post("/programmes/{programme}/submissions")
@does("programme_submission.send")
async def submit_about_programme(request: Request, programme: str) -> Response:
    """Submit something about a programme as a whole (bulletins)."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("programme_submission.send", identity, programme)
    key, body = idempotency_key(request), await read_object(request)
    return _receipt(await dependencies.receiver.receive(identity, programme, None, body, key), dependencies)


@api_router.put("/evidence/{sha256}")
@does("evidence.upload")
async def upload(request: Request, sha256: str) -> Response:
    """Upload a file under its SHA-256; 201 if it is new to whoever uploads it, 200 if they know of it."""
    dependencies, identity = _acting(request)
    _require_hash(sha256)
    known = dependencies.evidence_rights.to("evidence.ask", identity, sha256)[0].allowed
    receive = limited(request, dependencies.settings.evidence_limit)
    _, size = await dependencies.evidence.keep(Request(request.scope, receive).stream(), uploaders(identity), sha256)
    dependencies.metrics.evidence_bytes.inc(0 if known else size)
    return Response(orjson.dumps({"sha256": sha256, "size": size}), 200 if known else 201, media_type=_JSON)


@api_router.head("/evidence/{sha256}")
@does("evidence.ask")
async def ask_for_evidence(request: Request, sha256: str) -> Response:
    """Whether a file was uploaded, by oneself or to an item that one sees in full; its size in Content-Length."""
    dependencies, _ = _evidence(request, "evidence.ask", sha256)
    return Response(headers={"content-length": str(dependencies.evidence.size(sha256))})


@api_router.get("/evidence/{sha256}")
@does("evidence.read")
async def read_evidence(request: Request, sha256: str) -> Response:
    """A file, for whoever uploaded it or sees its item in full; always as a download, never shown in the page."""
    dependencies, about = _evidence(request, "evidence.read", sha256)
    programme, item = split_subject(about)
    await dependencies.who.privileged_reads.record(
        request,
        _acting(request)[1],
        "evidence.read",
        "evidence",
        programme=programme,
        item=item or "",
        about=sha256,
    )
    headers = {"content-disposition": f'attachment; filename="{sha256}"', "x-content-type-options": "nosniff"}
    return FileResponse(dependencies.evidence.path(sha256), media_type="application/octet-stream", headers=headers)


# The busiest route is a plain one: it asks for nothing that FastAPI would have to solve on every request.
api_router.routes.append(
    PlainGuardedRoute("/v1/programmes/{programme}/items/{item}/submissions", submit, methods=["POST"])
)


def _acting(request: Request) -> tuple[Dependencies, Identity]:
    """What the handler needs and who asks; whoever changes something shows a bearer token, never a cookie.

    Raises Unauthenticated.
    """
    dependencies: Dependencies = request.app.state.dependencies
    visitor = known_visitor(request)
    if visitor.identity is None or (visitor.secret and request.method not in _READING):
        raise Unauthenticated("no token / 没有令牌")
    return dependencies, visitor.identity


def _evidence(request: Request, operation: str, sha256: str) -> tuple[Dependencies, str]:
    """What the handler needs, and the subject for whose sake this person may. Raises IntakeProblem, RightDenied."""
    dependencies, identity = _acting(request)
    _require_hash(sha256)
    dependencies.receiver.ready()
    said, about = dependencies.evidence_rights.to(operation, identity, sha256)
    if not said.allowed and (problems := dependencies.citations_feed.problems):
        raise dependencies.receiver.unavailable("not_ready", "; ".join(problems))
    require(operation, said)
    return dependencies, about


def _require_hash(sha256: str) -> None:
    if not SHA256.fullmatch(sha256):
        raise IntakeProblem("not_found", "地址须为小写十六进制 SHA-256", "the address is a SHA-256 in lower-case hex")


def _receipt(receipt: Receipt, dependencies: Dependencies) -> Response:
    location = receipt.location(dependencies.settings.origin, dependencies.position_tokens)
    return Response(orjson.dumps(receipt.document()), 202, headers={"location": location}, media_type=_JSON)


def _receipts(receipts: Sequence[Receipt], dependencies: Dependencies) -> Response:
    body = orjson.dumps({"receipts": [receipt.document() for receipt in receipts]})
    location = receipts[0].location(dependencies.settings.origin, dependencies.position_tokens) if receipts else ""
    return Response(body, 202, headers={"location": location} if location else {}, media_type=_JSON)
