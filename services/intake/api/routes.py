"""The JSON doors: publish, submit, upload evidence; handlers decode, call and return."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import FileResponse, Response

from contracts.policy import Policy
from exact.faults import faults_of, unknown_fields
from programmes.programme_file import FaultyProgramme, read_programme
from services.intake.dependencies import Desk, desk_of
from services.intake.problem import IntakeProblem, forbidden, invalid
from services.intake.submitting.body import content_type, evidence_stream, idempotency_key, read_body, read_object
from services.intake.submitting.evidence import SHA256
from services.intake.submitting.receipt import Receipt
from web.tokens import Identity, token_from

router = APIRouter(prefix="/v1")
_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)
_JSON = "application/json"
_PROGRAMME_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", _JSON)
_READERS = frozenset({"office", "leader", "chief", "auditor"})


@router.post("/programmes")
async def publish(request: Request) -> Response:
    """Publish a programme file (YAML or JSON); `?simulated=true` marks it as simulated, whatever it says."""
    desk, identity = _signed_in(request)
    key, media_type = idempotency_key(request), content_type(request, *_PROGRAMME_TYPES)
    body = await read_body(request, desk.settings.programme_limit)
    simulated = request.query_params.get("simulated") == "true"
    try:
        programme = read_programme(body, desk.settings.library, json=media_type == _JSON, simulated=simulated)
    except FaultyProgramme as error:
        raise invalid(*error.faults) from None
    return _receipts(await desk.publication.publish(identity, programme, key), desk)


@router.post("/programmes/{programme}/policies")
async def adopt_policy(request: Request, programme: str) -> Response:
    """Adopt a policy for all items of a programme; the body is the policy."""
    desk, identity = _signed_in(request)
    key, body = idempotency_key(request), await read_object(request)
    try:
        policy = _POLICY.validate_python(body)
    except ValidationError as error:
        raise invalid(*faults_of(error)) from None
    if faults := list(unknown_fields(body, _POLICY.dump_python(policy, mode="json"))):
        raise invalid(*faults)
    return _receipts(await desk.publication.adopt(identity, programme, policy, key), desk)


async def submit(request: Request) -> Response:
    """Submit something about an item: `{"type": "progress.reported", "data": {…}}`."""
    desk, identity = _signed_in(request)
    key, body = idempotency_key(request), await read_object(request)
    programme, item = request.path_params["programme"], request.path_params["item"]
    return _receipt(await desk.reception.receive(identity, programme, item, body, key), desk)


@router.post("/programmes/{programme}/submissions")
async def submit_about_programme(request: Request, programme: str) -> Response:
    """Submit something about a programme as a whole (bulletins)."""
    desk, identity = _signed_in(request)
    key, body = idempotency_key(request), await read_object(request)
    return _receipt(await desk.reception.receive(identity, programme, None, body, key), desk)


@router.put("/evidence/{sha256}")
async def upload(request: Request, sha256: str) -> Response:
    """Upload a file under its SHA-256; 201 if it is new, 200 if it was there."""
    desk, identity = _signed_in(request)
    if identity.role == "auditor":
        raise forbidden("wrong_role")
    _require_hash(sha256)
    known = desk.evidence.size(sha256) is not None
    _, size = await desk.evidence.keep(evidence_stream(request, desk.settings.evidence_limit), sha256)
    desk.metrics.evidence_bytes.inc(0 if known else size)
    return Response(orjson.dumps({"sha256": sha256, "size": size}), 200 if known else 201, media_type=_JSON)


@router.head("/evidence/{sha256}")
async def ask_for_evidence(request: Request, sha256: str) -> Response:
    """Whether a file was uploaded; its size in Content-Length."""
    desk, _ = _signed_in(request)
    _require_hash(sha256)
    size = desk.evidence.size(sha256)
    return Response(status_code=404) if size is None else Response(headers={"content-length": str(size)})


@router.get("/evidence/{sha256}")
async def read_evidence(request: Request, sha256: str) -> Response:
    """A file, for those who supervise; always as a download, never shown in the page."""
    desk, identity = _signed_in(request)
    if identity.role not in _READERS:
        raise forbidden("wrong_role")
    _require_hash(sha256)
    if desk.evidence.size(sha256) is None:
        raise IntakeProblem("not_found")
    headers = {"content-disposition": f'attachment; filename="{sha256}"', "x-content-type-options": "nosniff"}
    return FileResponse(desk.evidence.path(sha256), media_type="application/octet-stream", headers=headers)


# The busiest door is a plain route: it asks for nothing that FastAPI would have to solve on every request.
router.add_route("/v1/programmes/{programme}/items/{item}/submissions", submit, methods=["POST"])


def _signed_in(request: Request) -> tuple[Desk, Identity]:
    """The desk and who stands before it; programs show a bearer token, never a cookie."""
    desk = desk_of(request)
    return desk, desk.tokens.identity(token_from(request.headers.get("authorization"), None))


def _require_hash(sha256: str) -> None:
    if not SHA256.fullmatch(sha256):
        raise IntakeProblem("not_found", "地址须为小写十六进制 SHA-256", "the address is a SHA-256 in lower-case hex")


def _receipt(receipt: Receipt, desk: Desk) -> Response:
    location = receipt.location(desk.settings.query_url)
    return Response(orjson.dumps(receipt.document()), 202, headers={"location": location}, media_type=_JSON)


def _receipts(receipts: Sequence[Receipt], desk: Desk) -> Response:
    body = orjson.dumps({"receipts": [receipt.document() for receipt in receipts]})
    location = receipts[0].location(desk.settings.query_url) if receipts else ""
    return Response(body, 202, headers={"location": location} if location else {}, media_type=_JSON)
