"""Holds and receipts: whole gateway events through the function, over the real stores and the real order process."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.moderation.handler import ROUTES, handler
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Principal
from marketplace.orders.model import Move
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Api, invoke_file
from tests.unit.trust.making import BUYER, NOW, SELLER, SUSPICIOUS_MINOR, order, paid_event

EVENTS = Path(__file__).parents[2] / "events/moderation"
ORDER = "ord_01kkn3v2w0m6r8t4x9z7c5b3a1"  # as in the event files
OPERATOR = "acc_operator"


class Sessions:
    """Tokens are account ids; "good" is the operator's, as in the event files."""

    def authenticate(self, token):
        account_id = OPERATOR if token == "good" else token
        if account_id not in {OPERATOR, BUYER, SELLER, "acc_stranger"}:
            raise Unauthenticated
        roles = frozenset({"moderator"} if account_id == OPERATOR else ())
        factor_at = datetime(2026, 1, 1, tzinfo=UTC)
        return Principal(account_id, "ses_1", email_verified=True, locale="es", roles=roles, factor_at=factor_at)


class Directory:
    def facts(self, account_id):
        return None


@pytest.fixture
def services():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        made = Services(clock=SimpleNamespace(now=lambda: NOW), sessions=Sessions(), directory=Directory())
        made.dynamo = dynamo
        yield made


@pytest.fixture
def api(services):
    """One order, paid and held."""
    place(services, order(ORDER, SUSPICIOUS_MINOR))
    services.screening.screen(paid_event(ORDER))
    return Api(services, {"moderation": ROUTES})


def place(services, found):
    move = Move(found.order_id, found.step, "pay", "awaiting_payment", found.state, "stripe", NOW)
    services.transactions.commit(services.order_store.place(found, move))


def run(api, case):
    return invoke_file(api.apps["moderation"], EVENTS / f"{case}.json")


def kinds(services):
    found = (row["kind"] for row in services.dynamo.rows("aval-local-outbox"))
    return sorted(kind for kind in found if kind != "decision.made")  # tests/unit/decisions counts those


def test_an_operator_sees_what_waits(api):
    reply = run(api, "list_holds")

    [case] = reply.json["items"]
    assert reply.status == 200
    assert (case["order_id"], case["state"], case["score"]) == (ORDER, "open", 50)


def test_an_operator_reads_a_hold_with_its_reasons(api):
    reply = run(api, "get_hold")

    [receipt] = reply.json["receipts"]
    fired = [finding["rule_id"] for finding in receipt["findings"] if finding["outcome"] == "fired"]
    assert (receipt["decision"], receipt["automated"], fired) == ("hold", True, ["high_spending_without_history"])


def test_clearing_lifts_the_hold_from_the_order(api, services):
    reply = run(api, "clear_hold")

    assert (reply.status, reply.json["decision"], reply.json["decided_by"]) == (200, "clear", OPERATOR)
    assert services.order_store.read(ORDER).risk_receipt is None
    assert services.order_store.read(ORDER).state == "paid"
    assert kinds(services) == ["hold.cleared", "hold.placed"]
    assert run(api, "list_holds").json["items"] == []


def test_clearing_a_delivered_order_that_only_waited_for_it_settles_it(api, services):
    move_to_held(services)

    reply = run(api, "clear_hold")

    found = services.order_store.read(ORDER)
    assert reply.status == 200
    assert (found.state, found.award.seller_minor) == ("settling", SUSPICIOUS_MINOR)


def test_refusing_a_held_order_gives_everything_back_to_the_buyer(api, services):
    move_to_held(services)

    reply = run(api, "refuse_hold")

    found = services.order_store.read(ORDER)
    assert (reply.status, reply.json["decision"]) == (200, "refuse")
    assert (found.state, found.award.refund_minor) == ("settling", SUSPICIOUS_MINOR)
    assert "hold.refused" in kinds(services)


def move_to_held(services):
    before = services.order_store.read(ORDER)
    # What is held at the end has arrived: its goods are with the buyer, and no stock comes back.
    after = replace(before, state="held", step=before.step + 1, shipped_at=NOW, delivered_at=NOW)
    move = Move(ORDER, after.step, "inspection_over", before.state, "held", "system", NOW)
    services.transactions.commit(services.order_store.move(before, after, move))


@pytest.mark.parametrize("second", ["clear", "refuse"])
def test_deciding_twice_is_a_conflict(api, services, second):
    run(api, "clear_hold")

    reply = api.post(f"/operator/holds/{ORDER}/{second}", {"reasons": "Otra vez."}, token=OPERATOR)

    assert (reply.status, reply.json["code"]) == (409, "hold_already_decided")
    assert kinds(services) == ["hold.cleared", "hold.placed"]


@pytest.mark.parametrize("case", ["clear_without_reasons", "clear_unknown_field"])
def test_a_bad_body_is_refused_and_names_its_field(api, services, case):
    reply = run(api, case)

    assert reply.status == 422
    assert set(reply.json["fields"]) <= {"reasons", "amount_minor"}
    assert reply.json["fields"]
    assert services.order_store.read(ORDER).risk_receipt


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/operator/holds"),
        ("GET", f"/operator/holds/{ORDER}"),
        ("POST", f"/operator/holds/{ORDER}/clear"),
        ("POST", f"/operator/holds/{ORDER}/refuse"),
    ],
)
@pytest.mark.parametrize(("token", "status"), [(BUYER, 403), (SELLER, 403), (None, 401), ("forged", 401)])
def test_nobody_but_an_operator_decides(api, method, path, token, status):
    body = {"reasons": "x"} if method == "POST" else None

    assert api.call(method, path, body, token=token).status == status


@pytest.mark.parametrize("path", ["/operator/holds/ord_nobody", "/operator/holds/ord_nobody/clear"])
def test_an_order_that_was_never_held_is_missing(api, path):
    reply = (
        (api.post(path, {"reasons": "x"}, token=OPERATOR)) if path.endswith("clear") else api.get(path, token=OPERATOR)
    )

    assert (reply.status, reply.json["code"]) == (404, "hold_not_found")


def test_each_party_reads_the_decisions_that_concern_it(api):
    buyer, seller = (api.get(f"/orders/{ORDER}/receipts", token=who).json["items"][0] for who in (BUYER, SELLER))

    assert (buyer["score"], buyer["withheld"]) == (50, 0)
    assert (seller["score"], seller["withheld"]) == (None, 3)
    assert "cita rcp_" in seller["appeal"] or "quote rcp_" in seller["appeal"]


@pytest.mark.parametrize("order_id", [ORDER, "ord_nobody"])
def test_a_strangers_order_answers_like_a_missing_one(api, order_id):
    reply = api.get(f"/orders/{order_id}/receipts", token="acc_stranger")

    assert (reply.status, reply.json["code"]) == (404, "order_not_found")


def test_an_operator_is_no_party_and_reads_through_the_hold(api):
    assert run(api, "list_receipts").status == 404


def test_the_function_serves_its_own_routes_only():
    assert handler.mounted == ROUTES


def test_every_event_file_is_run_by_a_test():
    text = Path(__file__).read_text()

    assert all(f'"{path.stem}"' in text for path in EVENTS.glob("*.json"))
