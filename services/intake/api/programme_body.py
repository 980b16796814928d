"""What is posted about a whole programme: its file, and a policy; every fault is told at once."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from contracts.policy import Policy
from contracts.values import AS_PUBLISHED
from exact.faults import Fault, faults_of
from exact.texts import completed, differences
from programmes.programme import ProgrammeFile
from services.intake.problem import IntakeProblem, invalid
from services.intake.submitting.body import content_type, read_body, read_object
from services.intake.submitting.programme_reader import ProgrammeReader

_POLICY: Final[TypeAdapter[Policy]] = TypeAdapter(Policy)
_JSON: Final = "application/json"
_FLAG: Final = ("应为 true 或 false，只写一次", "must be true or false, once")
_TYPES: Final = ("application/yaml", "application/x-yaml", "text/yaml", _JSON)


async def posted_programme(request: Request, limit: int, reader: ProgrammeReader) -> ProgrammeFile:
    """A programme file of at most `limit` bytes.

    Raises:
        IntakeProblem: `media_type`, `malformed`, `too_large`, `aborted`, or `invalid` with the faults and their lines.
        Busy: others are being read.
    """
    json, simulated = content_type(request, *_TYPES) == _JSON, _simulated(request)
    body = await read_body(request, limit)
    return await reader.read(body, json=json, simulated=simulated)


def _simulated(request: Request) -> bool:
    """`?simulated=true` or `false`, false where it is not named. Raises IntakeProblem `malformed`."""
    given = request.query_params.getlist("simulated")
    if not set(given) <= {"true", "false"} or len(given) > 1:
        raise IntakeProblem("malformed", faults=[Fault(("simulated",), "bool_parsing", *_FLAG)])
    return given == ["true"]


async def posted_policy(request: Request) -> Policy:
    """A policy as JSON. Raises IntakeProblem."""
    body = await read_object(request)
    try:
        policy = _POLICY.validate_python(body, context=AS_PUBLISHED)
    except ValidationError as error:
        raise invalid(*faults_of(error)) from None
    if faults := list(differences(body, completed(policy, _POLICY.dump_python(policy, mode="json")))):
        raise invalid(*faults)
    return policy
