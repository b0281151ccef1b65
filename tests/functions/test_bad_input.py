"""Whatever a client sends, every route answers with a problem it can act on, and nothing reaches a use case."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from marketplace.kit.errors import Missing, Unauthenticated
from marketplace.kit.principal import STAFF_ROLES, Principal
from marketplace.web import Route
from marketplace.web.access import REQUIRED
from marketplace.web.examples import example_of
from marketplace.web.openapi import SCHEMAS
from tests.fakes.http import Api, Context, Reply, event

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "good"
PROBLEM = "application/problem+json"
ROUTES = [route for routes in app.ROUTES.values() for route in routes]
BODY_ROUTES = [route for route in ROUTES if route.body is not None]
SESSION_ROUTES = [route for route in ROUTES if route.access.session == REQUIRED]


class Refusing:
    """Any use case of any service, which finds nothing."""

    def __getattr__(self, name: str) -> "Refusing":
        if name.startswith("__"):
            raise AttributeError(name)
        return Refusing()

    def __call__(self, *_args: Any, **_options: Any) -> Any:
        raise Missing


class Sessions(Refusing):
    """Knows one token, whose account may do everything."""

    def authenticate(self, token: str, *, even_suspended: bool = False) -> Principal:
        if token != TOKEN:
            raise Unauthenticated
        return Principal(
            account_id="acc_1",
            session_id="ses_1",
            email_verified=True,
            locale="en",
            roles=STAFF_ROLES,
            has_applied=True,
            seller_active=True,
            factor_at=NOW,
            proved_at=NOW,
        )


class Services(Refusing):
    """Sessions that work, and nothing else that does."""

    sessions = Sessions()
    clock = SimpleNamespace(now=lambda: NOW)


# Behind CLOSED no use case may be reached: an attribute that is not there is an unexpected error, and those are 500.
CLOSED = Api(SimpleNamespace(sessions=Sessions(), clock=Services.clock), app.ROUTES)
OPEN = Api(Services(), app.ROUTES)


def _path(route: Route) -> str:
    return route.path.format(**dict.fromkeys(route.parameters, "id_01"))


def _send(route: Route, body: Any = None, *, api: Api = CLOSED, **options: Any) -> Reply:
    given_headers = {"Content-Type": "application/json"} if route.body is not None else {}
    headers = given_headers | options.pop("headers", {})
    token = options.pop("token", TOKEN)
    key = options.pop("key", "attempt-1" if route.idempotent else None)
    return api.call(route.method, _path(route), body, token=token, key=key, headers=headers, **options)


def _refusal(reply: Reply) -> tuple[int, str]:
    """Return the status and code of a refusal, which is a whole problem document."""
    assert reply.headers["content-type"] == PROBLEM
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(reply.json)
    assert reply.json["status"] == reply.status
    return reply.status, reply.json["code"]


def _example(route: Route) -> dict[str, Any]:
    (schema,), schemas = msgspec.json.schema_components([route.body], ref_template=SCHEMAS)
    return example_of(schema, schemas)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path, value


def _with(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = _with(copied[path[0]], path[1:], leaf)
    return copied


def _integers(route: Route) -> list[tuple[Any, ...]]:
    return [path for path, leaf in _leaves(_example(route)) if type(leaf) is int]


def _texts(route: Route) -> list[tuple[Any, ...]]:
    return [path for path, leaf in _leaves(_example(route)) if type(leaf) is str]


UNREADABLE = {
    "no body": (None, 400, "body_required"),
    "an empty body": ("", 400, "body_required"),
    "white space": (" \n\t", 400, "body_required"),
    "broken JSON": ('{"a": ', 400, "malformed_json"),
    "two values": ("{} {}", 400, "malformed_json"),
    "a byte order mark": ("\ufeff{}", 400, "malformed_json"),
    "a NUL byte": ("\x00{}", 400, "malformed_json"),
    "single quotes": ("{'a': 1}", 400, "malformed_json"),
    "not a number": ('{"a": NaN}', 400, "malformed_json"),
    "text": ('"text"', 422, "invalid"),
    "a list": ("[]", 422, "invalid"),
    "null": ("null", 422, "invalid"),
    "a number": ("12", 422, "invalid"),
    "nesting without end": ("[" * 30_000 + "]" * 30_000, 400, "malformed_json"),
    "1 MB": (json.dumps({"a": "x" * 1_000_000}), 413, "body_too_large"),
    "one byte too many": ('{"a": "' + "x" * (64 * 1024 - 8) + '"}', 413, "body_too_large"),
}


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
def test_a_body_that_cannot_be_read_is_refused(route: Route, case: str) -> None:
    body, status, code = UNREADABLE[case]

    reply = _send(route, body)

    assert (status, code) == _refusal(reply)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ";", ""]
)
@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
def test_a_body_that_is_not_declared_as_json_is_refused(route: Route, content_type: str) -> None:
    reply = _send(route, _example(route), headers={"Content-Type": content_type})

    if content_type:
        assert (415, "unsupported_media_type") == _refusal(reply)
    else:
        assert reply.status != 415  # an absent type is taken for JSON


@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
def test_an_unknown_field_is_refused_by_name(route: Route) -> None:
    reply = _send(route, _example(route) | {"surprise": 1})

    assert (422, "invalid") == _refusal(reply)
    assert {"surprise": "unknown"} == reply.json["fields"]


@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
def test_a_field_that_is_there_twice_is_refused(route: Route) -> None:
    name, value = next(iter(_example(route).items()))
    once = json.dumps(_example(route))
    twice = once[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}"

    reply = _send(route, twice)

    assert (422, "invalid") == _refusal(reply)
    assert {name: "repeated"} == reply.json["fields"]


@pytest.mark.parametrize("route", BODY_ROUTES, ids=str)
@pytest.mark.parametrize("wrong", [{}, [], {"a": {"b": []}}], ids=str)
def test_a_field_of_a_wrong_type_is_refused_by_name(route: Route, wrong: Any) -> None:
    for path, _ in _leaves(_example(route)):
        reply = _send(route, _with(_example(route), path, wrong))

        assert (422, "invalid") == _refusal(reply)
        assert [field for field in reply.json["fields"] if field.startswith(str(path[0]))], path


@pytest.mark.parametrize("wrong", [1.5, 2.0, True, "1", 10**30, -(10**30), 2**63, 2**53], ids=str)
@pytest.mark.parametrize("route", [route for route in BODY_ROUTES if _integers(route)], ids=str)
def test_only_a_whole_number_in_range_is_an_integer(route: Route, wrong: Any) -> None:
    for path in _integers(route):
        reply = _send(route, _with(_example(route), path, wrong))

        assert (422, "invalid") == _refusal(reply)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000, "1e5", "0x10", "01", "-"])
@pytest.mark.parametrize("route", [route for route in BODY_ROUTES if _integers(route)], ids=str)
def test_a_number_that_is_no_integer_is_refused_as_such(route: Route, number: str) -> None:
    marked = json.dumps(_with(_example(route), _integers(route)[0], "MARK"))

    reply = _send(route, marked.replace('"MARK"', number))

    assert (reply.status, reply.json["code"]) in {(422, "invalid"), (400, "malformed_json")}


@pytest.mark.parametrize("control", ["\x00", "a\x00b", "\x1b[31m", "\x7f"], ids=repr)
@pytest.mark.parametrize("route", [route for route in BODY_ROUTES if _texts(route)], ids=str)
def test_text_with_control_characters_is_refused(route: Route, control: str) -> None:
    for path in _texts(route):
        reply = _send(route, _with(_example(route), path, control))

        assert (422, "invalid") == _refusal(reply)


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ud800\\u0041", "\\udc00\\ud800"])
@pytest.mark.parametrize("route", [route for route in BODY_ROUTES if _texts(route)], ids=str)
def test_half_a_character_is_refused(route: Route, escape: str) -> None:
    marked = json.dumps(_with(_example(route), _texts(route)[0], "MARK"))

    reply = _send(route, marked.replace("MARK", escape))

    assert (reply.status, reply.json["code"]) in {(400, "malformed_json"), (422, "invalid")}


BAD_TOKENS = {
    "no header": ("", "unauthenticated"),
    "no token": ("Bearer", "token_malformed"),
    "another scheme": ("Basic YTpi", "token_malformed"),
    "two tokens": ("Bearer good good", "token_malformed"),
    "a token that is too long": ("Bearer " + "a" * 10_000, "token_malformed"),
    "a token that is not ASCII": ("Bearer gööd", "token_malformed"),
    "a NUL byte": ("Bearer good\x00", "token_malformed"),
    "an unknown token": ("Bearer forged", "unauthenticated"),
}


@pytest.mark.parametrize("case", BAD_TOKENS)
@pytest.mark.parametrize("route", SESSION_ROUTES, ids=str)
def test_a_bad_session_token_is_refused_before_anything_is_read(route: Route, case: str) -> None:
    header, code = BAD_TOKENS[case]

    reply = _send(route, "{broken", token=None, headers={"Authorization": header})

    assert (401, code) == _refusal(reply)
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_required"),
        ("", "idempotency_key_required"),
        ("   ", "idempotency_key_required"),
        ("two words", "idempotency_key_malformed"),
        ("clé", "idempotency_key_malformed"),
        ("a" * 256, "idempotency_key_malformed"),
    ],
)
@pytest.mark.parametrize("route", [route for route in ROUTES if route.idempotent], ids=str)
def test_a_route_that_must_be_safe_to_repeat_insists_on_a_good_key(route: Route, key: str | None, code: str) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}

    reply = OPEN.call(route.method, _path(route), _body(route), token=TOKEN, headers=headers)

    assert (400, code) == _refusal(reply)


def _body(route: Route) -> Any:
    return _example(route) if route.body is not None else None


@pytest.mark.parametrize("value", ["%00", "%ff", "..%2F..%2Fetc", "%F0%9F%92%A9", "a%20b", "x" * 129, "%7B%7D", "'--"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route.parameters], ids=str)
def test_an_id_that_none_of_ours_can_be_is_not_found(route: Route, value: str) -> None:
    path = route.path.format(**dict.fromkeys(route.parameters, value))

    reply = CLOSED.call(route.method, path, _body(route), token=TOKEN, key="attempt-1")

    assert 404 == reply.status
    assert PROBLEM == reply.headers["content-type"]


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.raw], ids=str)
def test_a_query_parameter_that_nobody_reads_is_refused_by_name(route: Route) -> None:
    reply = _send(route, _body(route), query={"surprise": "1"})

    assert (422, "invalid") == _refusal(reply)
    assert "unknown" == reply.json["fields"]["surprise"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "1.5"},
        {"limit": "many"},
        {"limit": "9" * 5_000},
        {"limit": ["1", "2"]},
        {"cursor": ""},
        {"cursor": "x" * 1_025},
        {"cursor": "a\x00b"},
        {"cursor": "\ud800"},
        {"cursor": ["a", "b"]},
    ],
    ids=lambda query: str(query)[:40],
)
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.query and "cursor" in route.query.__struct_fields__], ids=str
)
def test_a_page_that_cannot_be_is_refused(route: Route, query: Mapping[str, Any]) -> None:
    reply = _send(route, query=query)

    assert (422, "invalid") == _refusal(reply)
    assert [*query] == [*reply.json["fields"]]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
HEADER_NAMES = st.sampled_from(
    ["Authorization", "Content-Type", "Idempotency-Key", "Accept-Language", "Origin", "Accept", "X-Request-Id"]
)
FUZZ = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _mutations(route: Route) -> st.SearchStrategy[Any]:
    """Bodies that are nearly right, so that some get past the decoder to the view."""
    leaves = [path for path, _ in _leaves(_example(route))]
    changed = st.builds(lambda path, leaf: _with(_example(route), path, leaf), st.sampled_from(leaves), JSON_VALUES)
    return changed | JSON_VALUES


def _is_no_fault_of_ours(reply: Reply) -> bool:
    """Say whether this is an answer, or a refusal that a client can act on."""
    explained = reply.status < 400 or (PROBLEM == reply.headers["content-type"] and bool(reply.json["code"]))
    return reply.status < 500 and explained


@FUZZ
@given(data=st.data())
def test_no_body_breaks_a_route(data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(BODY_ROUTES or ROUTES))
    bodies = _mutations(route) if route.body is not None else JSON_VALUES
    body = data.draw(bodies.map(json.dumps) | st.text())

    reply = _send(route, body, api=OPEN)

    assert _is_no_fault_of_ours(reply), reply.text


@FUZZ
@given(data=st.data())
def test_no_header_query_or_id_breaks_a_route(data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ROUTES))
    headers = data.draw(st.dictionaries(HEADER_NAMES, st.text(), max_size=4))
    names = [*(route.query.__struct_fields__ if route.query else ()), "other"]
    query = data.draw(st.dictionaries(st.sampled_from(names), st.text() | st.lists(st.text(), min_size=1), max_size=3))
    values = {name: data.draw(st.text(min_size=1)) for name in route.parameters}
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "k", **headers}
    whole = event(
        route.method,
        "/x",
        _body(route),
        headers=sent,
        query=query,
        resource=route.path,
        parameters=values,
    )

    reply = _invoke(route, whole)

    assert _is_no_fault_of_ours(reply), reply.text


JUNK = (
    st.none() | st.text() | st.integers() | st.lists(JSON_VALUES, max_size=2) | st.dictionaries(st.text(), JSON_VALUES)
)


@FUZZ
@given(data=st.data())
def test_an_event_that_lacks_parts_breaks_nothing(data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(ROUTES))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "k"}
    whole = event(route.method, _path(route), _body(route), headers=headers, resource=route.path)
    places = [(name,) for name in whole] + [("requestContext", name) for name in whole["requestContext"]]
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True)):
        holder = whole if len(place) == 1 else whole.get("requestContext")
        if not isinstance(holder, dict) or place[-1] not in holder:
            continue
        if data.draw(st.booleans()):
            del holder[place[-1]]
        else:
            holder[place[-1]] = data.draw(JUNK)

    reply = _invoke(route, whole)

    assert _is_no_fault_of_ours(reply), reply.text


def _invoke(route: Route, whole: Mapping[str, Any]) -> Reply:
    name = next(name for name, routes in app.ROUTES.items() if route in routes)
    answer = OPEN.apps[name](dict(whole), Context())
    headers = {key.lower(): value for key, value in answer["headers"].items()}
    is_problem = headers.get("content-type") == PROBLEM
    return Reply(answer["statusCode"], json.loads(answer["body"]) if is_problem else None, headers, answer["body"])
