"""Rates and places of accounts and addresses."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from supervision.words import Word
from web.identity import Identity
from web.request_limits import Allowance, Busy, Places, RateReached, RequestLimits, RequestRate, networks_of
from web.visitor import VISITOR, Visitor


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def asked(host: str, forwarded: str = "", identity: Identity | None = None) -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "client": (host, 1), "headers": headers, "state": {}})
    request.scope[VISITOR] = Visitor(identity)
    return request


def limits(proxies: str = "") -> RequestLimits:
    return RequestLimits(Allowance(60, 60, 2, 3, networks_of(proxies)))


def test_the_whole_allowance_may_be_used_at_once_and_comes_back_evenly() -> None:
    clock = Clock()
    rate = RequestRate(60, clock)
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") == pytest.approx(1.0)
    assert rate.wait("b") == 0.0, "another's is untouched"
    clock.now += 1.0
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0
    clock.now += 60
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60


def test_one_may_hold_some_places_and_all_together_no_more_than_there_are() -> None:
    places = Places(Word("某物", "something"), each=2, most=3)
    with places.place("a"), places.place("a"):
        with pytest.raises(RateReached) as own, places.place("a"):
            pass
        with places.place("b"), pytest.raises(Busy) as full, places.place("c"):
            pass
    assert (own.value.status, full.value.status) == (429, 503)
    assert int(own.value.headers["Retry-After"]) >= 1
    assert int(full.value.headers["Retry-After"]) >= 1
    assert places.held == 0


def test_an_account_is_counted_wherever_it_comes_from_and_the_public_by_address() -> None:
    unit = Identity("u-1", "unit", "fagai", ("441602",))
    assert limits().asker(asked("10.0.0.1", identity=unit)) == limits().asker(asked("10.0.0.2", identity=unit))
    assert limits().asker(asked("10.0.0.1")) != limits().asker(asked("10.0.0.2"))
    assert limits().asker(asked("2001:db8::1")) == limits().asker(asked("2001:db8::ffff:2"))


def test_what_is_said_of_the_way_is_believed_of_the_front_alone() -> None:
    behind = limits("127.0.0.1, 10.1.0.0/16")
    assert behind.asker(asked("127.0.0.1", "203.0.113.7")) == "address 203.0.113.7"
    assert behind.asker(asked("10.1.2.3", "forged, 203.0.113.7")) == "address 203.0.113.7"
    assert behind.asker(asked("127.0.0.1", "nonsense")) == "address 127.0.0.1"
    assert behind.asker(asked("198.51.100.1", "203.0.113.7")) == "address 198.51.100.1"
    assert limits().asker(asked("127.0.0.1", "203.0.113.7")) == "address 127.0.0.1"


def test_whoever_asks_too_often_is_told_when_to_come_again() -> None:
    some = limits()
    for _ in range(60):
        some.count(asked("10.0.0.1"))
    with pytest.raises(RateReached) as told:
        some.count(asked("10.0.0.1"))
    document = told.value.document("an id")
    assert (document["status"], document["type"]) == (429, "urn:liangdeng:problem:rate")
    assert document["detail"]
    assert document["detail_en"]
    assert told.value.headers["Retry-After"] == "1"
    some.count(asked("10.0.0.2"))
