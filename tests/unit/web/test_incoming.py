"""Reading events that lack parts, and languages that people ask for."""

from typing import Any

import pytest

from marketplace.web.incoming import Incoming
from marketplace.web.problems import Malformed
from tests.fakes.http import event


def _incoming(**changes: Any) -> Incoming:
    return Incoming.of(event("GET", "/things") | changes, None)


def test_a_whole_event_is_read() -> None:
    whole = event(
        "POST",
        "/things/thg_1",
        {"a": 1},
        headers={"X-Thing": "1"},
        query={"limit": "5", "tag": ["a", "b"]},
        resource="/things/{thing_id}",
        parameters={"thing_id": "thg_1"},
    )

    incoming = Incoming.of(whole, None)

    assert (incoming.method, incoming.resource, incoming.path) == ("POST", "/things/{thing_id}", "/things/thg_1")
    assert incoming.parameters == {"thing_id": "thg_1"}
    assert incoming.query == {"limit": ["5"], "tag": ["a", "b"]}
    assert incoming.headers["x-thing"] == "1"
    assert incoming.body == b'{"a": 1}'
    assert (incoming.ip, incoming.request_id) == ("203.0.113.7", "req-000001")


@pytest.mark.parametrize("nothing", [None, {}, [], "text", 7])
def test_an_event_of_any_kind_is_read_as_what_it_lacks(nothing: Any) -> None:
    incoming = Incoming.of(nothing, None)

    assert (incoming.method, incoming.resource, incoming.body) == ("", "", b"")
    assert (incoming.headers, incoming.query, incoming.parameters) == ({}, {}, {})


def test_headers_are_found_in_either_form_and_whatever_their_case() -> None:
    single = _incoming(headers={"CONTENT-type": "a"}, multiValueHeaders=None)
    several = _incoming(headers=None, multiValueHeaders={"Content-Type": ["a", "b"]})

    assert single.headers["content-type"] == "a"
    assert several.headers["content-type"] == "a, b"


def test_a_query_is_found_in_either_form() -> None:
    single = _incoming(queryStringParameters={"a": "1"}, multiValueQueryStringParameters=None)
    both = _incoming(queryStringParameters={"a": "2"}, multiValueQueryStringParameters={"a": ["1", "2"]})

    assert single.query == {"a": ["1"]}
    assert both.query == {"a": ["1", "2"]}


def test_a_base_64_body_is_decoded() -> None:
    assert _incoming(body="/wD+", isBase64Encoded=True).body == b"\xff\x00\xfe"


@pytest.mark.parametrize("body", ["not base 64!", "YQ", "ñ"])
def test_a_body_that_is_not_the_base_64_it_claims_to_be_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        _ = _incoming(body=body, isBase64Encoded=True).body


@pytest.mark.parametrize("body", [{"a": 1}, 7, "\ud800"])
def test_a_body_that_is_no_text_is_malformed(body: Any) -> None:
    with pytest.raises(Malformed):
        _ = _incoming(body=body).body


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("es", "es"),
        ("EN-gb", "en"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("fr, en;q=0.3, es;q=0.8", "es"),
        ("en, es", "en"),
        ("es;q=0, en;q=0.1", "en"),
        ("es;q=0", None),
        ("fr-FR, de", None),
        ("*", None),
        ("", None),
        ("es;q=lots", None),
        (";;,,q=1", None),
    ],
)
def test_the_language_with_the_most_weight_that_we_speak_is_chosen(asked: str, language: str | None) -> None:
    assert _incoming(headers={"Accept-Language": asked}, multiValueHeaders=None).language == language


def test_a_language_code_that_only_begins_like_ours_is_not_ours() -> None:
    assert _incoming(headers={"Accept-Language": "est, enm"}, multiValueHeaders=None).language is None
