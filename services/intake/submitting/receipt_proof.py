"""Checks a receipt offline: its signature, and that what is printed beside it says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet

from services.intake.submitting.receipt_signing import ALGORITHM, TYPE

_PROOF: Final = "proof"
_NOT_SIGNED: Final = frozenset({_PROOF, "ruling"})
"""What stands beside a receipt and is no part of it."""


class Undecidable(ValueError):
    """It cannot be said whether the receipt is genuine: it is no receipt, or its key is not among those given."""


class NotGenuine(ValueError):
    """The signature is not this key's for this text, or what stands beside it says something else."""


@dataclass(frozen=True, slots=True)
class ProvedReceipt:
    """What a receipt proves, by the key `kid`."""

    fields: Mapping[str, Any]
    kid: str


def proved(text: str, keys: Mapping[str, Any]) -> ProvedReceipt:
    """What `text` proves: a receipt's JSON, or its `proof` alone, as its QR code holds it.

    `keys` is the JSON Web Key Set of `/v1/receipt-keys`. Raises Undecidable, NotGenuine.
    """
    beside = _document(text)
    proof = text.strip() if beside is None else beside.get(_PROOF)
    if not isinstance(proof, str):
        raise Undecidable("there is no proof in it")
    try:
        found = KeySet.import_key_set({"keys": list(keys["keys"])})
        header = jws.extract_compact(proof.encode()).headers()
        kid = header.get("kid")
        if header.get("typ") != TYPE or kid not in {key.kid for key in found.keys}:
            raise Undecidable(f"signed with the key {kid}, which is not among those given")
        payload = jws.deserialize_compact(proof, found, algorithms=[ALGORITHM]).payload
        fields = orjson.loads(payload)
    except BadSignatureError:
        raise NotGenuine("the signature does not belong to this text") from None
    except (JoseError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, Undecidable):
            raise
        raise Undecidable(f"unreadable: {error}"[:200]) from None
    for name in sorted((beside or {}).keys() - _NOT_SIGNED):
        if name not in fields or fields[name] != (beside or {})[name]:
            raise NotGenuine(f"{name}: what is written is not what was signed")
    return ProvedReceipt(fields, str(kid))


def _document(text: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
