"""The outbox's stream: whole DynamoDB stream events through the consumer."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.outbox_relay.handler import carry, event_of_record, handler
from marketplace.kit.errors import Unavailable
from marketplace.outbox.model import event
from marketplace.outbox.service import Relay
from marketplace.outbox.store import DynamoOutbox
from marketplace.storage.transaction import DynamoTransactions
from marketplace.web.consumers import stream_consumer
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Context
from tests.unit.notifications.making import NOW

EVENTS = Path(__file__).parents[2] / "events/outbox_relay"


class Queues:
    def __init__(self):
        self.sent = []
        self.failures = []

    def send(self, queue, event):
        if self.failures and self.failures.pop(0):
            raise Unavailable
        self.sent.append((queue, event.kind))


@pytest.fixture
def queues():
    return Queues()


@pytest.fixture
def consume(queues):
    services = SimpleNamespace(relay=Relay(queues))
    return stream_consumer("outbox_relay", event_of_record, carry, services=lambda: services)


def read(case):
    return json.loads((EVENTS / f"{case}.json").read_text())


def place(document, number):
    return document["Records"][number]["dynamodb"]["SequenceNumber"]


def test_each_insertion_goes_to_every_queue_that_wants_it(consume, queues):
    answer = consume(read("two_inserts"), Context())

    assert answer == {"batchItemFailures": []}
    assert sorted(queues.sent) == [
        ("escrow", "order.paid"),
        ("fraud", "order.paid"),
        ("notifications", "account.signed_up"),
        ("notifications", "order.paid"),
    ]


def test_expired_rows_are_not_carried(consume, queues):
    assert consume(read("expired"), Context()) == {"batchItemFailures": []}
    assert queues.sent == []


@pytest.mark.parametrize(("failing_send", "failed"), [(0, 0), (1, 1)])
def test_it_stops_at_the_first_failure_and_names_it(consume, queues, failing_send, failed):
    document = read("two_inserts")
    queues.failures = [number == failing_send for number in range(failing_send + 1)]

    answer = consume(document, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": place(document, failed)}]}
    assert len(queues.sent) == failing_send


def test_a_record_that_is_no_event_is_named_so_that_lambda_can_set_it_aside(consume, queues, capsys):
    document = read("second_undecodable")

    answer = consume(document, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": place(document, 1)}]}
    assert queues.sent == [("notifications", "account.signed_up")]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["outcome"] == "undecodable"


def test_the_table_s_own_stream_reads_back_as_the_event_that_was_published(consume, queues):
    published = event("hold.placed", "ord_1", NOW, once="rcp_1", buyer_id="acc_1", receipt_id="rcp_1")
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        DynamoTransactions().commit([DynamoOutbox().publish(published)])
        records = dynamo.take_stream("aval-local-outbox")

    consume({"Records": records}, Context())

    assert event_of_record(records[0]) == published
    assert queues.sent == [("notifications", "hold.placed")]


def test_the_lambda_entry_exists():
    assert callable(handler)


def test_every_event_file_is_run_by_a_test():
    text = Path(__file__).read_text()

    assert all(f'"{path.stem}"' in text for path in EVENTS.glob("*.json"))
