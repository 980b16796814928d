"""What is posted about a whole programme: its file, and a policy; every fault is told at once."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from contracts.policy import Policy
from exact.faults import faults_of
from exact.texts import completed, differences
from programmes.programme import ProgrammeFile
from services.intake.problem import invalid
from services.intake.submitting.body import content_type, read_body, read_object
from services.intake.submitting.programme_reader import ProgrammeReader

_POLICY: Final[TypeAdapter[Policy]] = TypeAdapter(Policy)
_JSON: Final = "application/json"
_TYPES: Final = ("application/yaml", "application/x-yaml", "text/yaml", _JSON)


async def posted_programme(request: Request, limit: int, reader: ProgrammeReader) -> ProgrammeFile:
    """A programme file of at most `limit` bytes.

    Raises:
        IntakeProblem: `media_type`, `too_large`, `aborted`, or `invalid` with the faults and their lines.
        Busy: others are being read.
    """
    json = content_type(request, *_TYPES) == _JSON
    body = await read_body(request, limit)
    simulated = request.query_params.get("simulated") == "true"
    return await reader.read(body, json=json, simulated=simulated)


async def posted_policy(request: Request) -> Policy:
    """A policy as JSON. Raises IntakeProblem."""
    body = await read_object(request)
    try:
        policy = _POLICY.validate_python(body)
    except ValidationError as error:
        raise invalid(*faults_of(error)) from None
    if faults := list(differences(body, completed(policy, _POLICY.dump_python(policy, mode="json")))):
        raise invalid(*faults)
    return policy
