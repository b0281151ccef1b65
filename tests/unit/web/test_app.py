"""One function's app: what every answer has, whoever wrote it."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.kit.errors import Missing
from marketplace.web import Content, Public, make_app, route
from tests.fakes.http import Context, Reply, event, invoke
from tests.unit.web.making import DOWN, ROUTES, TOKEN, TOO_OFTEN, SoldOut, api_of, principal, services_of

GOOD = {"title": "Cámara"}


def _make(services: Any, body: Any = GOOD, **options: Any) -> Reply:
    return api_of(services).post("/things", body, **({"token": TOKEN, "key": "attempt-1"} | options))


def test_a_view_gets_everything_checked_and_its_value_goes_out_as_json() -> None:
    services = services_of()

    reply = _make(services)

    (request,) = services.calls
    assert (reply.status, reply.json) == (201, {"said": "Cámara"})
    assert reply.headers["content-type"] == "application/json"
    assert (request.body.title, request.account, request.ip) == ("Cámara", principal(), "203.0.113.7")
    assert request.headers["content-type"] == "application/json"


def test_an_answer_without_content_has_no_body() -> None:
    reply = api_of(services_of()).delete("/things/thg_1", token=TOKEN)

    assert (reply.status, reply.text) == (204, "")


def test_a_page_sets_its_own_headers_over_the_defaults() -> None:
    reply = api_of(services_of()).get("/page")

    assert (reply.text, reply.headers["content-type"]) == ("<p>", "text/html; charset=utf-8")
    assert reply.headers["cache-control"] == "max-age=1"


def test_services_are_made_on_first_use_and_once() -> None:
    made = []

    def services() -> Any:
        made.append(services_of())
        return made[-1]

    app = make_app("things", *ROUTES, services=services)
    assert made == []

    for _ in range(3):
        invoke(app, event("GET", "/things"))

    assert len(made) == 1
    assert len(made[0].calls) == 3


def test_a_factory_that_failed_is_tried_again() -> None:
    attempts = []

    def services() -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError
        return services_of()

    app = make_app("things", *ROUTES, services=services)

    assert invoke(app, event("GET", "/things")).status == 500
    assert invoke(app, event("GET", "/things")).status == 200


ANSWERS: dict[str, Callable[[Any], Reply]] = {
    "success": _make,
    "refusal": lambda services: _make(services, {}),
    "no session": lambda services: _make(services, token=None),
    "unknown path": lambda services: api_of(services).get("/nowhere"),
    "other method": lambda services: api_of(services).delete("/things"),
    "our mistake": lambda services: api_of(services).post("/things/thg_1/fail"),
    "preflight": lambda services: api_of(services).call("OPTIONS", "/things"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_every_answer_carries_the_security_and_cors_headers(case: str) -> None:
    reply = ANSWERS[case](services_of())

    assert reply.headers["strict-transport-security"].startswith("max-age=")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "X-Request-Id" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize("case", [case for case in ANSWERS if case not in {"success", "preflight"}])
def test_every_refusal_is_a_problem_with_the_requests_id(case: str) -> None:
    reply = ANSWERS[case](services_of(failure=RuntimeError()))

    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["request_id"] == reply.headers["x-request-id"] == "req-000001"
    assert reply.json["type"] == f"urn:aval:problem:{reply.json['code']}"


def test_what_chalice_would_answer_by_itself_takes_our_shape() -> None:
    @route("GET", "/picture", access=Public, returns=Content)
    def show_picture(_request: Any, _services: Any) -> Content:
        """Answer what Chalice wants an Accept header for."""
        return Content("bytes", "image/png")

    reply = invoke(make_app("things", show_picture, services=services_of), event("GET", "/picture"))

    assert (reply.status, reply.json["code"]) == (500, "unexpected")
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_half_a_character_in_a_path_can_still_be_answered() -> None:
    reply = invoke(make_app("things", *ROUTES, services=services_of), event("GET", "/things") | {"path": "/\ud800"})
    refused = invoke(make_app("things", *ROUTES, services=services_of), event("GET", "/\ud800"))

    assert (reply.status, refused.status) == (200, 404)
    assert refused.json["instance"] == "/?"


def test_an_unknown_path_is_not_found() -> None:
    reply = api_of(services_of()).get("/nowhere")

    assert (reply.status, reply.json["code"]) == (404, "no_such_route")


def test_another_method_is_refused_and_told_which_there_are() -> None:
    reply = api_of(services_of()).delete("/things")

    assert (reply.status, reply.json["code"]) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, OPTIONS, POST"


def test_asking_for_unknown_paths_leaves_nothing_behind() -> None:
    app = make_app("things", *ROUTES, services=services_of)
    before = dict(app.routes)

    invoke(app, event("GET", "/nowhere"))

    assert dict(app.routes) == before


def test_a_preflight_is_answered_for_every_path_without_a_session() -> None:
    reply = api_of(services_of()).call("OPTIONS", "/things/thg_1", headers={"Origin": "https://shop.example"})

    assert reply.status == 204
    assert {"GET", "DELETE"} <= set(reply.headers["access-control-allow-methods"].split(", "))
    assert "Idempotency-Key" in reply.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://shop.example", "https://shop.example"), ("https://evil.example", None), ("null", None), (None, None)],
)
def test_only_an_allowed_origin_may_read_answers(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, allowed: str | None
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGIN", "https://shop.example, https://other.example")
    app = make_app("things", *ROUTES, services=services_of)
    headers = {} if origin is None else {"Origin": origin}

    replies = [
        invoke(app, event("GET", "/things", headers=headers)),
        invoke(app, event("DELETE", "/things", headers=headers)),
        invoke(app, event("OPTIONS", "/things", headers=headers)),
    ]

    assert [reply.headers.get("access-control-allow-origin") for reply in replies] == [allowed] * 3
    assert [reply.headers["vary"] for reply in replies] == ["Origin"] * 3


def test_a_domain_error_keeps_its_code_facts_and_fields() -> None:
    failure = SoldOut(fields={"lines[0].quantity": "too_many"}, available=2)

    reply = api_of(services_of(failure=failure)).post("/things/thg_1/fail")

    assert (reply.status, reply.json["code"]) == (409, "sold_out")
    assert reply.json["facts"] == {"available": 2}
    assert reply.json["fields"] == {"lines[0].quantity": "too_many"}
    assert reply.json["instance"] == "/things/thg_1/fail"


@pytest.mark.parametrize(("failure", "status", "seconds"), [(TOO_OFTEN, 429, 30), (DOWN, 503, 5)])
def test_when_to_come_back_stands_in_the_header_and_the_body(failure: Exception, status: int, seconds: int) -> None:
    reply = api_of(services_of(failure=failure)).post("/things/thg_1/fail")

    assert (reply.status, reply.json["retry_after"]) == (status, seconds)
    assert reply.headers["retry-after"] == str(seconds)


@pytest.mark.parametrize(
    "failure", [RuntimeError("secret"), KeyError("secret"), AssertionError("secret"), ValueError()]
)
def test_an_unexpected_error_tells_nothing_of_itself(failure: Exception) -> None:
    reply = api_of(services_of(failure=failure)).post("/things/thg_1/fail")

    assert (reply.status, reply.json["code"]) == (500, "unexpected")
    assert "secret" not in reply.text
    assert "RuntimeError" not in reply.text


@pytest.mark.parametrize(
    ("asked", "account_locale", "title"),
    [
        ("es", "en", "Está agotado."),
        ("en", "es", "It is sold out."),
        (None, "es", "It is sold out."),  # the route is public: nobody's language is known
    ],
)
def test_a_problem_is_told_in_the_callers_language(asked: str | None, account_locale: str, title: str) -> None:
    headers = {} if asked is None else {"Accept-Language": asked}
    services = services_of(principal(locale=account_locale), failure=SoldOut())

    reply = api_of(services).post("/things/thg_1/fail", headers=headers)

    assert reply.json["title"] == title


def test_without_accept_language_the_accounts_language_is_used() -> None:
    reply = _make(services_of(principal(locale="es")), {})

    assert reply.json["title"] == "Algo en la solicitud no es válido."


def test_a_public_route_ignores_a_token_that_is_no_good() -> None:
    assert api_of(services_of()).get("/things", token="forged").status == 200


@pytest.mark.parametrize(("token", "status"), [(None, 200), (TOKEN, 200), ("forged", 401)])
def test_a_route_that_may_be_signed_in_checks_the_token_when_there_is_one(token: str | None, status: int) -> None:
    services = services_of()

    reply = api_of(services).get("/things/thg_1", token=token)

    assert reply.status == status
    assert [request.visitor is not None for request in services.calls] == ([token is not None] if status == 200 else [])


def test_who_may_not_call_is_told_so_before_the_body_is_read() -> None:
    reply = _make(services_of(principal(seller_active=False)), "{broken")

    assert (reply.status, reply.json["code"]) == (403, "seller_inactive")


def test_nothing_reaches_the_view_when_something_is_wrong() -> None:
    services = services_of()

    _make(services, {"title": 1})
    _make(services, key=None)
    _make(services, token="forged")

    assert services.calls == []


def test_a_repeated_attempt_has_the_same_fingerprint_and_another_request_another() -> None:
    services = services_of()

    _make(services, '{"title": "a"}')
    _make(services, '{"title": "a"}')
    _make(services, '{"title": "b"}')

    first, second, third = [request.idempotency for request in services.calls]
    assert (first.key, first) == ("attempt-1", second)
    assert first.fingerprint != third.fingerprint
    assert len(first.fingerprint) == 64


def test_one_key_means_different_attempts_for_different_accounts() -> None:
    mine, theirs = services_of(), services_of(principal(locale="es"))
    theirs.sessions = services_of(_other()).sessions

    _make(mine)
    _make(theirs)

    assert mine.calls[0].idempotency.fingerprint != theirs.calls[0].idempotency.fingerprint


def _other() -> Any:
    return type(principal())("acc_2", "ses_2", email_verified=True, locale="en", has_applied=True, seller_active=True)


def test_a_raw_route_gets_the_exact_bytes_whatever_they_are() -> None:
    services = services_of()
    app = make_app("things", *ROUTES, services=lambda: services)
    whole = event("POST", "/hooks", headers={"Content-Type": "application/octet-stream"}, query={"any": "thing"})

    reply = invoke(app, whole | {"body": "/wD+", "isBase64Encoded": True})

    assert (reply.status, services.calls[0].raw_body) == (200, b"\xff\x00\xfe")


@pytest.mark.parametrize(("body", "status"), [(None, 409), ("", 409), ("{}", 409), ('{"a": 1}', 422), ("x", 400)])
def test_a_route_without_a_body_takes_none_or_an_empty_object(body: str | None, status: int) -> None:
    reply = api_of(services_of(failure=SoldOut())).post("/things/thg_1/fail", body)

    assert reply.status == status


def test_somebody_elses_object_and_a_missing_one_have_one_answer() -> None:
    answers = [
        api_of(services_of(failure=Missing())).post(f"/things/{thing_id}/fail").json
        for thing_id in ("thg_theirs", "thg_nowhere")
    ]

    assert [answer.pop("instance") for answer in answers] == ["/things/thg_theirs/fail", "/things/thg_nowhere/fail"]
    assert answers[0] == answers[1]


def test_the_function_is_a_lambda_handler_whose_answer_is_plain_json() -> None:
    app = make_app("things", *ROUTES, services=services_of)

    answer = app(event("GET", "/things"), Context())

    assert set(answer) >= {"statusCode", "headers", "body"}
    assert isinstance(answer["body"], str)
