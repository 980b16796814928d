"""Parts are told what follows from where everything is, and start in the order of what they need."""

from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import embedded
from embedded.front import front
from embedded.keycloak_part import keycloak_part
from embedded.parts import INTAKE, NOTIFY, QUERY, SERVERS, SERVICES, Addresses, Part, needs, settings_of
from embedded.secret_files import secret
from sandbox.parts import EVERYTHING

AT = Addresses(Path("/h"), {part.name: f"http://{part.name}" for part in EVERYTHING}, {"smtp": 25})


def waves(*parts: Part) -> list[set[str]]:
    """What starts together, one after the other."""
    order, found = TopologicalSorter(needs(parts, SERVERS)), []
    order.prepare()
    while together := order.get_ready():
        found.append(set(together))
        order.done(*together)
    return found


def test_the_servers_and_what_tells_the_services_something_are_ready_before_the_services() -> None:
    assert waves(*EVERYTHING) == [{*SERVERS, "mail"}, {"issuer", "rating", "notify"}, {"query", "intake"}]


def test_the_services_do_not_wait_for_the_sign_in_server_which_takes_longest() -> None:
    assert waves(*SERVICES, keycloak_part("length(12)", {})) == [
        set(SERVERS),
        {"keycloak", "query", "intake", "rating", "notify"},
    ]


def test_the_front_opens_last_so_that_nobody_finds_half_of_it() -> None:
    sign_in = keycloak_part("length(12)", {})
    assert waves(front(), *SERVICES, sign_in)[-1] == {"front"}
    assert waves(front(), *EVERYTHING)[-1] == {"front"}
    published = {path for part in (*SERVICES, sign_in) for path in part.paths}
    assert published == {"/", "/intake", "/identity/realms/liangdeng", "/identity/resources"}


@pytest.mark.parametrize("part", [INTAKE, QUERY])
def test_the_sign_in_server_tells_its_secret_to_the_one_service_where_people_sign_in(
    part: Part, tmp_path: Path
) -> None:
    urls = {"front": "https://l.example", "keycloak": "http://127.0.0.1:8005", "query": "http://127.0.0.1:8004"}
    told = settings_of(part, [*SERVICES, keycloak_part("length(12)", {})], Addresses(tmp_path, urls, {}))
    assert told["LIANGDENG_ORIGIN"] == "https://l.example"
    assert told["LIANGDENG_ISSUER"] == "https://l.example/identity/realms/liangdeng"
    assert told["LIANGDENG_JWKS"].startswith("http://127.0.0.1:8005/identity/realms/liangdeng/")
    assert told.get("LIANGDENG_OIDC_CLIENT_SECRET") == (secret(tmp_path, "web-client") if part is QUERY else None)


def test_a_need_that_the_stack_does_not_have_holds_nobody_up() -> None:
    assert needs([replace(INTAKE, needs=("kafka", "elsewhere"))], []) == {"intake": set()}


def test_without_a_part_that_pretends_nobody_is_told_of_one() -> None:
    told = {name for part in SERVICES for name in settings_of(part, SERVICES, AT)}
    assert not {"LIANGDENG_JWKS", "LIANGDENG_ORIGIN", "NOTIFY_SMTP_HOST", "NOTIFY_DIRECTORY"} & told


@pytest.mark.parametrize("part", [INTAKE, QUERY])
def test_the_sign_in_that_pretends_tells_where_it_is_and_which_keys_it_signs_with(part: Part) -> None:
    told = settings_of(part, EVERYTHING, AT)
    assert told["LIANGDENG_JWKS"] == "/h/issuer/jwks.json"
    assert told["LIANGDENG_OIDC_DISCOVERY"] == "http://issuer/.well-known/openid-configuration"
    assert told["LIANGDENG_ORIGIN"] == "http://query"


def test_a_second_instance_is_told_what_the_first_one_is() -> None:
    again = replace(NOTIFY, name="notify-2")
    assert settings_of(again, EVERYTHING, AT) == settings_of(NOTIFY, EVERYTHING, AT)


def test_no_two_parts_share_a_name_or_a_module() -> None:
    assert len({part.name for part in EVERYTHING}) == len({part.module for part in EVERYTHING}) == len(EVERYTHING)


def test_no_file_of_the_servers_that_come_along_names_the_sandbox() -> None:
    files = [path for path in Path(embedded.__file__).parent.iterdir() if path.is_file()]
    assert len(files) > 10
    assert [path.name for path in files if "sandbox" in path.read_text(encoding="utf-8").lower()] == []
