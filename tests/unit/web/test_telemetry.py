"""What is logged: one line a request with its metrics, one stack for what nobody expected, and nobody's data."""

import json
import time
from typing import Any

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.web.telemetry import scrubbed
from tests.unit.web.making import TOKEN, api_of, services_of

Lines = list[dict[str, Any]]


def _lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_leaves_one_line_that_is_its_metrics_too(capsys: pytest.CaptureFixture[str]) -> None:
    api_of(services_of()).delete("/things/thg_1", token=TOKEN)

    (line,) = _lines(capsys)
    assert (line["service"], line["route"], line["status"]) == ("things", "DELETE /things/{thing_id}", 204)
    assert (line["account_id"], line["request_id"], line["cold_start"]) == ("acc_1", "req-000001", True)
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_767_225_600_000
    assert all(name in line for name in metrics["Dimensions"][0])
    assert all(isinstance(line[metric["Name"]], int | float) for metric in metrics["Metrics"])


@pytest.mark.parametrize(
    ("path", "counted"), [("/things", (0, 0)), ("/things?", (1, 0)), ("/things/thg_1/fail", (0, 1))]
)
def test_errors_are_counted_by_whose_they_are(
    capsys: pytest.CaptureFixture[str], path: str, counted: tuple[int, int]
) -> None:
    api = api_of(services_of(failure=RuntimeError()))

    if path.endswith("fail"):
        api.post(path)
    else:
        api.get(path)

    line = _lines(capsys)[-1]
    assert (line["client_errors"], line["server_errors"]) == counted


def test_only_the_first_request_of_a_container_is_a_cold_start(capsys: pytest.CaptureFixture[str]) -> None:
    api = api_of(services_of())

    api.get("/things")
    api.get("/things")

    assert [line["cold_start"] for line in _lines(capsys)] == [True, False]


def test_a_refusal_is_one_line_with_its_code_and_no_stack(capsys: pytest.CaptureFixture[str]) -> None:
    api_of(services_of()).get("/desk")

    (line,) = _lines(capsys)
    assert (line["level"], line["code"]) == ("INFO", "unauthenticated")
    assert "stack" not in line


def test_an_unexpected_error_is_logged_once_with_its_stack(capsys: pytest.CaptureFixture[str]) -> None:
    api_of(services_of(failure=RuntimeError("no such thing"))).post("/things/thg_1/fail")

    failed, request = _lines(capsys)
    assert (failed["level"], failed["error"], failed["reason"]) == ("ERROR", "RuntimeError", "no such thing")
    assert "making.py" in failed["stack"][-1]
    assert (failed["request_id"], failed["route"]) == (request["request_id"], request["route"])
    assert request["status"] == 500


def test_a_dependency_that_failed_is_logged_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    failure = Unavailable()
    failure.__cause__ = TimeoutError("read timed out")

    api_of(services_of(failure=failure)).post("/things/thg_1/fail")

    degraded, _ = _lines(capsys)
    assert (degraded["level"], degraded["error"], degraded["reason"]) == ("WARNING", "TimeoutError", "read timed out")


def test_no_body_header_token_or_address_is_ever_logged(capsys: pytest.CaptureFixture[str]) -> None:
    private = {"title": "very-private-title", "note": "ana@example.com"}
    api = api_of(services_of(failure=ValueError("bad address ana@example.com")))

    api.post("/things", private, token=TOKEN, key="private-key")
    api.post("/things", private | {"x": 1}, token="private-token")
    api.post("/things/thg_1/fail", headers={"X-Private": "private-header"})

    assert "private" not in (said := capsys.readouterr().out)
    assert "ana@" not in said
    assert "203.0.113.7" not in said


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("User ana.garcia+1@example.co.uk is not known", "User [...] is not known"),
        ("No such key: sk_test_4eC39HqLyjWDarjtT1zdp7dc", "No such key: [...]"),
        ("token dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk expired", "token [...] expired"),
        ("no dynamodb:UpdateItem on table/aval-orders", "no dynamodb:UpdateItem on table/aval-orders"),
        ("x " * 400, ("x " * 400)[:300]),
    ],
)
def test_an_exceptions_message_loses_what_may_be_private(message: str, kept: str) -> None:
    assert scrubbed(message) == kept


@pytest.mark.parametrize("message", ["a.-" * 20_000, "a" * 60_000, "@" * 60_000, "a@" * 30_000])
def test_a_long_message_is_scrubbed_in_little_time(message: str) -> None:
    started = time.process_time()

    scrubbed(message)

    assert time.process_time() - started < 0.2


def test_what_stands_where_a_message_is_cut_is_scrubbed_all_the_same() -> None:
    told = scrubbed("x " * 140 + "somebody.with.a.long.name" * 20 + "@example.com")

    assert "somebody" not in told
