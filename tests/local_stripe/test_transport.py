import json

import pytest

from infra.local.stripe import LocalTransport

KEY = {"Authorization": "Bearer sk_test_x"}


def test_calls_to_any_other_host_are_refused(core):
    with pytest.raises(ValueError, match=r"only answers for https://api\.stripe\.com"):
        LocalTransport(core).request("get", "https://files.stripe.com/v1/files", KEY)


def test_a_streamed_answer_is_the_whole_answer(core):
    transport = LocalTransport(core)

    body, status, _ = transport.request_stream("get", "https://api.stripe.com/v1/balance", KEY)
    transport.close()

    assert (status, json.load(body)["object"]) == (200, "balance")


def test_headers_are_found_whatever_their_case(core):
    _, _, headers = LocalTransport(core).request("get", "https://api.stripe.com/v1/balance", KEY)

    assert headers["REQUEST-ID"] == headers.get("request-id")
    assert "Request-Id" in headers
    assert headers.get("stripe-should-retry") is None
