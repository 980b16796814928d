"""The JSON API: publish, submit, upload evidence; handlers decode, call and return."""

from __future__ import annotations

from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.api.answers import JSON, document, received, received_all
from services.intake.api.bulk import submit_many
from services.intake.api.prepared import all_prepared, prepared
from services.intake.api.programme_body import posted_policy, posted_programme
from services.intake.dependencies import Dependencies
from services.intake.evidence.opening import download, on_record, opened_evidence, require_hash
from services.intake.evidence.rights import uploaders
from services.intake.receipts import receipt_for
from services.intake.submitting.body import (
    declared_length,
    idempotency_key,
    item_named,
    limited,
    posted_data,
    preferred_wait,
    read_object,
)
from services.intake.submitting.receiver import Received
from web.gate import GuardedRoute, PlainGuardedRoute, does
from web.identity import Identity, Unauthenticated
from web.visitor import known_visitor

api_router = APIRouter(prefix="/v1", route_class=GuardedRoute)
_READING: Final = ("GET", "HEAD")


@api_router.post("/programmes")
@does("programme.publish")
async def publish(request: Request) -> Response:
    """Publish a programme file (YAML or JSON); `?simulated=true` marks it as simulated, whatever it says."""
    dependencies, identity = _acting(request)
    key, settings = idempotency_key(request), dependencies.settings
    programme = await posted_programme(request, settings.programme_limit, dependencies.programme_reader)
    receipts = await dependencies.publisher.publish(identity, programme, key)
    return await received_all(receipts, dependencies, provisional=programme.provisional)


@api_router.post("/programmes/{programme}/policies")
@does("policy.adopt")
async def adopt_policy(request: Request, programme: str) -> Response:
    """Adopt a policy for all items of a programme; the body is the policy."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("policy.adopt", identity, programme)
    key, policy = idempotency_key(request), await posted_policy(request)
    return await received_all(await dependencies.publisher.adopt(identity, programme, policy, key), dependencies)


@api_router.post("/programmes/{programme}/units-and-leaders")
@does("programme.extend")
async def extend_programme(request: Request, programme: str) -> Response:
    """Add units and leaders to a programme and every item of it: the data of a `programme.extended`."""
    return await _spread(request, programme, "programme.extend", "programme.extended")


@api_router.post("/programmes/{programme}/calendar")
@does("calendar.extend")
async def extend_calendar(request: Request, programme: str) -> Response:
    """Name days that the calendar did not know, for every item: the data of a `calendar.extended`."""
    return await _spread(request, programme, "calendar.extend", "calendar.extended")


@api_router.post("/programmes/{programme}/deputies")
@does("deputy.name")
async def name_deputy(request: Request, programme: str) -> Response:
    """Name a deputy for every item that it concerns: the data of a `deputy.named`."""
    return await _spread(request, programme, "deputy.name", "deputy.named")


@api_router.post("/programmes/{programme}/deputies/end")
@does("deputy.end")
async def end_deputy(request: Request, programme: str) -> Response:
    """End a naming before its last day: the data of a `deputy.ended`."""
    return await _spread(request, programme, "deputy.end", "deputy.ended")


@api_router.post("/programmes/{programme}/items/{item}")
@does("item.assign")
async def assign_item(request: Request, programme: str, item: str) -> Response:
    """Add an item to a published programme: the data of an `item.assigned`."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("item.assign", identity, programme)
    item = item_named(item)
    key, data = idempotency_key(request), posted_data("item.assigned", await read_object(request))
    return await received_all(await dependencies.publisher.assign(identity, programme, item, data, key), dependencies)


async def _spread(request: Request, programme: str, operation: str, name: str) -> Response:
    dependencies, identity = _acting(request)
    dependencies.receiver.permit(operation, identity, programme)
    key, data = idempotency_key(request), posted_data(name, await read_object(request))
    return await received_all(
        await dependencies.publisher.spread(operation, identity, programme, data, key), dependencies
    )


@does("submission.send")
async def submit(request: Request) -> Response:
    """Submit something about an item: `{"type": "progress.reported", "data": {…}}`."""
    dependencies, identity = _acting(request)
    programme, item = request.path_params["programme"], request.path_params["item"]
    dependencies.receiver.permit("submission.send", identity, programme, item)
    key, body = idempotency_key(request), await read_object(request)
    wait = preferred_wait(request, dependencies.settings.max_wait)
    return received(await dependencies.receiver.receive(identity, programme, item, body, key, wait), dependencies, wait)


@api_router.post("/programmes/{programme}/submissions/bulk")
@does("submission.send")
async def submit_bulk(request: Request, programme: str) -> Response:
    """Submit about many items at once: `{"submissions": [{"item": …, "key": …, "type": …, "data": …}]}`."""
    dependencies, identity = _acting(request)
    dependencies.receiver.require_seen("submission.send", identity, programme)
    wait = preferred_wait(request, dependencies.settings.max_wait)
    return await submit_many(request, dependencies, identity, programme, wait)


@api_router.post("/programmes/{programme}/items/{item}/prepared")
@does("submission.prepare")
async def prepare(request: Request, programme: str, item: str) -> Response:
    """Prepare a submission for the head of one's unit to sign: the same body as for submitting it."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("submission.prepare", identity, programme, item)
    key, body = idempotency_key(request), await read_object(request)
    return prepared(await dependencies.sign_off.prepare(identity, programme, item, body, key))


@api_router.get("/prepared")
@does("submission.sign")
async def list_prepared(request: Request) -> Response:
    """What of one's unit waits for a signature, or was returned."""
    dependencies, identity = _acting(request)
    return all_prepared(await dependencies.sign_off.open(identity))


@api_router.get("/receipt-keys")
@does("receipt_keys.read")
async def receipt_keys(request: Request) -> Response:
    """The public keys that receipts are signed with, as a JSON Web Key Set."""
    dependencies: Dependencies = request.app.state.dependencies
    return Response(orjson.dumps(dependencies.receipt_signer.keys), media_type="application/jwk-set+json")


@api_router.get("/receipts/{submission_id}")
@does("receipt.read")
async def read_receipt(request: Request, submission_id: str) -> Response:
    """The receipt of a submission that was ruled on, signed; `liangdeng receipt verify` checks it."""
    dependencies, identity = _acting(request)
    receipt = await receipt_for(dependencies, identity, submission_id)
    return Response(orjson.dumps(document(Received(receipt), dependencies)), media_type=JSON)


@api_router.post("/programmes/{programme}/submissions")
@does("programme_submission.send")
async def submit_about_programme(request: Request, programme: str) -> Response:
    """Submit something about a programme as a whole (bulletins)."""
    dependencies, identity = _acting(request)
    dependencies.receiver.permit("programme_submission.send", identity, programme)
    key, body = idempotency_key(request), await read_object(request)
    wait = preferred_wait(request, dependencies.settings.max_wait)
    return received(await dependencies.receiver.receive(identity, programme, None, body, key, wait), dependencies, wait)


@api_router.put("/evidence/{sha256}")
@does("evidence.upload")
async def upload(request: Request, sha256: str) -> Response:
    """Upload a file under its SHA-256; 201 if it is new to whoever uploads it, 200 if they know of it."""
    dependencies, identity = _acting(request)
    require_hash(sha256)
    known = (await dependencies.evidence_rights.to("evidence.ask", identity, sha256)).said.allowed
    stream = Request(request.scope, limited(request, dependencies.settings.evidence_limit)).stream()
    declared = declared_length(request)
    dependencies.quotas.require_evidence(identity.actor, declared)
    file = await dependencies.evidence.keep(stream, uploaders(identity), sha256, declared or None)
    dependencies.quotas.use_evidence(identity.actor, file.size)
    dependencies.metrics.evidence_bytes.inc(0 if known else file.size)
    return Response(orjson.dumps({"sha256": sha256, "size": file.size}), 200 if known else 201, media_type=JSON)


@api_router.head("/evidence/{sha256}")
@does("evidence.ask")
async def ask_for_evidence(request: Request, sha256: str) -> Response:
    """Whether a file was uploaded, by oneself or to an item that one sees in full; its size in Content-Length."""
    dependencies, identity = _acting(request)
    opened = await opened_evidence(dependencies, identity, "evidence.ask", sha256)
    return Response(headers={"content-length": str(opened.file.size)})


@api_router.get("/evidence/{sha256}")
@does("evidence.read")
async def read_evidence(request: Request, sha256: str) -> Response:
    """A file, for whoever uploaded it or sees its item in full; always as a download, under its name as cited."""
    dependencies, identity = _acting(request)
    opened = await opened_evidence(dependencies, identity, "evidence.read", sha256)
    on_record(request, opened)
    return await download(dependencies.evidence_objects, opened)


busiest: Final = PlainGuardedRoute("/v1/programmes/{programme}/items/{item}/submissions", submit, methods=["POST"])
"""A plain one: it asks for nothing that FastAPI would have to solve on every request. It is looked for first."""


def _acting(request: Request) -> tuple[Dependencies, Identity]:
    """What the handler needs and who asks; whoever changes something shows a bearer token, never a cookie.

    Raises Unauthenticated.
    """
    dependencies: Dependencies = request.app.state.dependencies
    visitor = known_visitor(request)
    if visitor.identity is None or (visitor.secret and request.method not in _READING):
        raise Unauthenticated("no token")
    return dependencies, visitor.identity
