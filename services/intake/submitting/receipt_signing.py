"""Receipts are signed (Ed25519, a compact JWS), so that a unit can prove years later what it sent and when."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import KeySet, OKPKey

from services.intake.submitting.receipt import Receipt

TYPE: Final = "liangdeng-receipt"
ALGORITHM: Final = "Ed25519"


class ReceiptSigner:
    """Signs with the key that is made from a secret; publishes that key and those that signed before it."""

    def __init__(self, secret: str, former_keys: Path | None = None) -> None:
        """`former_keys` is a JSON Web Key Set with the public keys of before. Raises OSError, ValueError, JoseError."""
        self._key = Ed25519PrivateKey.from_private_bytes(
            hashlib.sha256(b"liangdeng receipt key\0" + secret.encode()).digest()
        )
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        public = OKPKey.import_key(pem, {"alg": ALGORITHM, "use": "sig"})
        public.ensure_kid()
        former = KeySet.import_key_set(orjson.loads(former_keys.read_bytes())).keys if former_keys else []
        self.keys: Final[dict[str, Any]] = {"keys": [key.as_dict(private=False) for key in (public, *former)]}
        """The public keys as a JSON Web Key Set, the one that signs now first."""
        # The header is always the same, so nothing but the payload is encoded per receipt.
        self._header = _base64url(orjson.dumps({"alg": ALGORITHM, "kid": public.kid, "typ": TYPE}))

    def signed(self, receipt: Receipt, log: str) -> str:
        """The receipt as a compact JWS (RFC 7515); its payload is canonical JSON and names the log's generation."""
        payload = orjson.dumps({**receipt.document(), "log": log}, option=orjson.OPT_SORT_KEYS)
        told = self._header + b"." + _base64url(payload)
        return (told + b"." + _base64url(self._key.sign(told))).decode()


def _base64url(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
