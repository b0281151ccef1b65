"""/notifications: whole gateway events through the function, over the real store."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.notifications.handler import ROUTES, handler
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Principal
from marketplace.notifications.inbox import Inbox
from marketplace.notifications.model import Notification
from marketplace.notifications.store import DynamoInbox
from marketplace.storage.tables import TABLE_PREFIX
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Api, invoke_file

EVENTS = Path(__file__).parents[2] / "events/notifications"
AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
OWNER = "acc_01kkn3v2w0m6r8t4x9z7c5b3b1"
NOTED = "ntf_01kkn3v2w0m6r8t4x9z7c5b3a1"  # as in read.json
FOREIGN = "ntf_01kkn3v2w0m6r8t4x9z7c5b3a9"  # as in read_foreign.json


class Sessions:
    def authenticate(self, token):
        if token != "good":
            raise Unauthenticated
        return Principal(OWNER, "ses_1", email_verified=False, locale="es")


@pytest.fixture
def api():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": TABLE_PREFIX.removeprefix("aval-")})
        store, transactions = DynamoInbox(), DynamoTransactions()
        clock = SimpleNamespace(now=lambda: AT)
        rows = [("ntf_" + f"{n:026d}", OWNER) for n in range(3)] + [(NOTED, OWNER), (FOREIGN, "acc_other")]
        for number, (notification_id, account_id) in enumerate(rows):
            noted = Notification(
                notification_id,
                account_id,
                f"evt_{number}",
                "order.paid",
                "buyer",
                "ord_1",
                {"total_minor": 2_450, "currency": "eur"},
                occurred_at=AT,
            )
            transactions.commit(store.store(noted, AT))
        inbox = Inbox(clock=clock, transactions=transactions, inboxes=store)
        yield Api(SimpleNamespace(sessions=Sessions(), notifications=inbox), {"notifications": ROUTES})


def run(api, case):
    return invoke_file(api.apps["notifications"], EVENTS / f"{case}.json")


def test_the_first_page_is_the_newest_in_the_readers_language(api):
    reply = run(api, "first_page")

    first = reply.json["items"][0]
    assert reply.status == 200
    assert (first["notification_id"], first["title"]) == (NOTED, "Hemos recibido el pago del pedido ord_1")
    assert "24,50" in first["body"]
    assert (first["path"], first["occurred_at"], first["read_at"]) == (
        "/orders/ord_1",
        "2026-03-14T09:30:00.000Z",
        None,
    )
    assert len(reply.json["items"]) == 2


def test_pages_follow_each_other_without_gap_or_repeat(api):
    seen, cursor = [], None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        reply = api.get("/notifications", token="good", query=query)
        seen += [item["notification_id"] for item in reply.json["items"]]
        if (cursor := reply.json["cursor"]) is None:
            break

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 4


def test_reading_marks_it_and_again_changes_nothing(api):
    first, second = run(api, "read"), run(api, "read")

    assert (first.status, first.json["read_at"]) == (200, "2026-03-14T09:30:00.000Z")
    assert second.json == first.json


def test_somebody_elses_notification_answers_like_a_missing_one(api):
    foreign = run(api, "read_foreign")
    missing = api.post("/notifications/ntf_00000000000000000000000999/read", token="good")

    assert (foreign.status, foreign.json["code"]) == (404, "notification_not_found")
    same = {"type", "title", "status", "detail", "code"}
    english = api.post(f"/notifications/{FOREIGN}/read", token="good")
    assert {name: english.json.get(name) for name in same} == {name: missing.json.get(name) for name in same}


def test_a_forged_cursor_names_the_field(api):
    reply = run(api, "bad_cursor")

    assert (reply.status, reply.json["code"], reply.json["fields"]) == (422, "bad_cursor", {"cursor": "not_a_cursor"})


def test_nobody_reads_without_signing_in(api):
    assert run(api, "not_signed_in").status == 401


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"since": "1"}])
def test_a_bad_query_is_refused(api, query):
    assert api.get("/notifications", token="good", query=query).status == 422


def test_listing_is_one_round_trip_to_the_table(api):
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": TABLE_PREFIX.removeprefix("aval-")})
        dynamo.calls.clear()

        api.get("/notifications", token="good")

        assert [call.operation for call in dynamo.calls] == ["Query"]


def test_the_function_serves_its_own_routes_only():
    assert [str(route) for route in handler.mounted] == [
        "GET /notifications",
        "POST /notifications/{notification_id}/read",
    ]


def test_every_event_file_is_run_by_a_test():
    text = Path(__file__).read_text()

    assert all(f'"{path.stem}"' in text and json.loads(path.read_text()) for path in EVENTS.glob("*.json"))
