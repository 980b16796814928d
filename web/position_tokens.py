"""Positions on the log as opaque tokens: who can compare positions can count records, also those hidden from them.

Authenticated (AES-SIV, RFC 5297): nobody makes one up, and all tokens of one kind have the same length, however far the
log has come. One place, such as a record's, is always the same token, so that links find it. How far everything was
read is another token each time: who compares two answers does not learn whether anything moved between them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from starlette.responses import Response

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPICS

MARK: Final = "~"
"""What a token begins with; a position as text never does."""
_PLACES: Final = tuple((topic, partition) for topic in TOPICS for partition in range(PARTITIONS))
_NUMBERS: Final = {place: number for number, place in enumerate(_PLACES)}
_BYTES: Final = 5
"""For an offset: enough for 10^12 records of a partition."""
_TAG_BYTES: Final = 16
_ONE: Final = 1 + _BYTES
_CHANCE: Final = 8
"""Random bytes before the offsets of several places."""
_ALL: Final = _CHANCE + len(_PLACES) * _BYTES
_LONGEST: Final = 400


_ENTRY: Final = rf"(?:{'|'.join(TOPICS)})-\d{{1,2}}@\d{{1,18}}"
_SHOWN: Final = re.compile(rf"{_ENTRY}(?:,{_ENTRY})*")
_ANCHOR: Final = re.compile(r'(?<=["#])([se])-(\d{1,2})-(\d{1,18})(?=")')
"""An entry of a timeline: of a submission, of an event of a ruling."""


class PositionTokens:
    """Makes tokens of positions, and positions of tokens."""

    def __init__(self, secret: str) -> None:
        """`secret` is whatever text the services share; the key is derived from it."""
        self._cipher = AESSIV(hashlib.sha512(b"liangdeng position token\0" + secret.encode()).digest())
        self._key = hashlib.sha256(b"liangdeng event name\0" + secret.encode()).digest()

    def name(self, event_id: str) -> str:
        """An event's name instead of its id, which is made of its place on the log; always the same one."""
        return MARK + hmac.new(self._key, event_id.encode(), hashlib.sha256).hexdigest()[:32]

    def seal(self, position: LastOffsets) -> str:
        """The token of a position; of one place alone it is shorter.

        What was read of the log is never one place alone: a ruling counts together with what it answers.
        """
        if len(position.offsets) == 1:
            ((place, offset),) = position.offsets.items()
            text = bytes([_NUMBERS[place]]) + (offset + 1).to_bytes(_BYTES)
        else:
            read = b"".join((position.offsets.get(place, -1) + 1).to_bytes(_BYTES) for place in _PLACES)
            text = secrets.token_bytes(_CHANCE) + read
        return MARK + base64.urlsafe_b64encode(self._cipher.encrypt(text, None)).decode().rstrip("=")

    def open(self, token: str) -> LastOffsets:
        """The position of a token. Raises MalformedPosition for what this key never sealed."""
        try:
            if not token.startswith(MARK) or len(token) > _LONGEST:
                raise MalformedPosition("no token of a position")
            sealed = base64.urlsafe_b64decode(token[len(MARK) :] + "=" * (-(len(token) - len(MARK)) % 4))
            text = self._cipher.decrypt(sealed, None) if len(sealed) > _TAG_BYTES else b""
        except (binascii.Error, ValueError, InvalidTag):
            raise MalformedPosition("no token of a position") from None
        if len(text) == _ONE:
            return LastOffsets({_PLACES[text[0]]: int.from_bytes(text[1:]) - 1})
        if len(text) == _ALL:
            offsets = (int.from_bytes(text[at : at + _BYTES]) - 1 for at in range(_CHANCE, _ALL, _BYTES))
            return LastOffsets({place: at for place, at in zip(_PLACES, offsets, strict=True) if at >= 0})
        raise MalformedPosition("no token of a position")


def sealed(tokens: PositionTokens, answer: Response) -> Response:
    """An answer with every position that it shows, in headers, texts, links and anchors, as a token instead."""
    known: dict[str, str] = {}

    def shown(found: re.Match[str]) -> str:
        if found[0] not in known:
            known[found[0]] = tokens.seal(LastOffsets.parse(found[0]))
        return known[found[0]]

    def anchor(found: re.Match[str]) -> str:
        place = (SUBMISSIONS if found[1] == "s" else RULINGS, int(found[2]))
        return f"{found[1]}-{tokens.seal(LastOffsets({place: int(found[3])}))}"

    text = bytes(answer.body).decode()
    answer.body = _ANCHOR.sub(anchor, _SHOWN.sub(shown, text)).encode()
    answer.headers["content-length"] = str(len(answer.body))
    for name, value in list(answer.headers.items()):
        if "@" in value:
            answer.headers[name] = _SHOWN.sub(shown, value)
    return answer
