"""What can go wrong, and whether asking again helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liangdeng_client.models import Fault, code_of, faults_of


class LiangdengError(Exception):
    """The base of everything that these clients raise."""


class Refused(LiangdengError):
    """The service said no; asking again with the same body does not help, or (429) not yet: see `retry_after`.

    `status` is HTTP's, `code` the problem's (`invalid`, `forbidden`, `not_found`, `key_reused` …), `reason` which right
    or what is missing, where that is told, `faults` the fields that are wrong, `document` all that was said;
    `retry_after` in how many seconds it may be sent again, 0 where that would not help.
    """

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: int = 0) -> None:
        self.status = status
        self.retry_after = retry_after
        self.document = document
        self.code = code_of(document)
        self.reason: str = document.get("reason", "")
        self.faults: tuple[Fault, ...] = faults_of(document)
        said = document.get("detail") or document.get("title") or ""
        fields = "; ".join(f"{fault.field}: {fault.en}" for fault in self.faults)
        super().__init__(f"{status} {self.code}: {said}" + (f" ({fields})" if fields else ""))


class OutcomeUnknown(LiangdengError):
    """Nothing was answered in time: it may have been filed. Ask again with the same `key`, which files it once."""

    def __init__(self, why: str, key: str | None) -> None:
        self.key = key
        super().__init__(f"{why}; ask again" + (f" with the key {key}" if key else ""))
