"""Addresses that pages name: whatever is asked for, and whatever is said of the host, they stay on this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from starlette.requests import Request

from web.addresses import here_of, local_path, path_of
from web.header import in_other_language

TRAPS = (
    "//evil.example/x",
    "///evil.example",
    "/\\evil.example/",
    "//evil.example\\@x",
    "/%2f/evil.example",
    "/.//evil.example",
    "https://evil.example/",
    "/x\r\nSet-Cookie: a=b",
    "/ok",
)


def asked(path: str, host: str = "liangdeng.example", query: bytes = b"") -> Request:
    headers = [(b"host", host.encode())]
    return Request({"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers})


@pytest.mark.parametrize("path", TRAPS)
@pytest.mark.parametrize("host", ["liangdeng.example", "evil.example", "x//evil.example/?", "x/v1"])
def test_a_page_links_to_itself_and_never_to_another_site(path: str, host: str) -> None:
    request = asked(path, host, b"a=//evil.example")
    for address in (path_of(request), here_of(request), in_other_language(request)):
        assert address.isprintable()
        assert "evil.example" not in urlsplit(urljoin("https://liangdeng.example/a/b", address)).netloc, address
        assert urljoin("https://liangdeng.example/a/b", address).startswith("https://liangdeng.example/")
        assert local_path(address) == address, "and one can come back to it after signing in"
