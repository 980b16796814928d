"""A client for a unit's own system: submit, ask what came of it, bring evidence; needs httpx alone.

client         with blocking calls
async_client   the same with async calls
calls          each operation as a request and how its answer is read; both clients send these
models         what comes back: receipts, rulings, evidence
errors         what can go wrong, and whether asking again helps
sign_in        a program's token by client credentials, fetched again before it ends

Every call that submits has an idempotency key: asked again with the same key, nothing is filed twice. A call is sent
again by itself while the service says that it is not ready (408, 429, 502, 503, 504, 507) or cannot be reached, for
`patience` seconds; after that `OutcomeUnknown` tells the key to ask again with.
"""

from liangdeng_client.async_client import AsyncClient
from liangdeng_client.client import Client
from liangdeng_client.errors import LiangdengError, OutcomeUnknown, Refused
from liangdeng_client.models import BulkResult, Evidence, Fault, LightMove, Prepared, Receipt, Ruling, Submitted, Worded
from liangdeng_client.sign_in import ClientCredentials

__all__ = [
    "AsyncClient",
    "BulkResult",
    "Client",
    "ClientCredentials",
    "Evidence",
    "Fault",
    "LiangdengError",
    "LightMove",
    "OutcomeUnknown",
    "Prepared",
    "Receipt",
    "Refused",
    "Ruling",
    "Submitted",
    "Worded",
]
