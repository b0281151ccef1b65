"""The gateway that tests use: it chooses routes as API Gateway does, and runs recorded events."""

import json
from pathlib import Path
from typing import Any

import pytest
from chalice.config import Config
from chalice.local import LocalGateway

from marketplace.web import Public, make_app, route
from tests.fakes.http import Api, event, invoke_file
from tests.unit.web.making import ROUTES, Thing, api_of, services_of


@route("GET", "/things/mine", access=Public, returns=Thing)
def list_mine(request: Any, services: Any) -> Thing:
    """List what is mine."""
    return Thing("mine")


@route("GET", "/orders/{order_id}/things", access=Public, returns=Thing)
def list_order_things(request: Any, services: Any) -> Thing:
    """List an order's."""
    return Thing(request.path["order_id"])


def test_a_literal_segment_wins_over_a_parameter_in_any_order() -> None:
    api = Api(services_of(), {"things": ROUTES, "mine": (list_mine,)})

    assert api.get("/things/mine").json == {"said": "mine"}
    assert api.get("/things/thg_1").json == {"said": "thg_1"}


def test_a_parameter_is_one_segment() -> None:
    api = Api(services_of(), {"orders": (list_order_things,)})

    assert api.get("/orders/ord_1/things").json == {"said": "ord_1"}
    assert api.get("/orders/ord_1/more/things").status == 404


@pytest.mark.parametrize("wrap", [lambda whole: whole, lambda whole: {"event": whole, "expect": {"status": 200}}])
def test_a_recorded_event_runs(tmp_path: Path, wrap: Any) -> None:
    recorded = tmp_path / "list.json"
    recorded.write_text(json.dumps(wrap(event("GET", "/things", query={"limit": 7}))))

    reply = invoke_file(api_of(services_of()).apps["things"], recorded)

    assert reply.status == 200
    assert "limit=7" in reply.json["items"][0]["said"]


def test_chalices_own_local_server_gets_the_same_answers() -> None:
    app = make_app("things", *ROUTES, services=services_of)
    gateway = LocalGateway(app, Config(chalice_stage="dev"))

    found = gateway.handle_request("GET", "/things/thg_1", {}, b"")
    refused = gateway.handle_request("DELETE", "/things/thg_1", {}, b"")
    preflight = gateway.handle_request("OPTIONS", "/things", {"origin": "https://shop.example"}, b"")

    assert (found["statusCode"], json.loads(found["body"])) == (200, {"said": "thg_1"})
    assert (refused["statusCode"], json.loads(refused["body"])["code"]) == (401, "unauthenticated")
    assert preflight["headers"]["Access-Control-Allow-Origin"] == "*"
