"""The fraud queue: whole SQS events through the consumer, over the real stores."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.fraud_screening.handler import handler, screen
from marketplace.orders.model import Move
from marketplace.storage.transaction import DynamoTransactions
from marketplace.web.consumers import BatchFailed, event_of_message, queue_consumer
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.faults import ALL_KINDS, Faults
from tests.fakes.faults_enumeration import enumerate_faults
from tests.fakes.http import Context
from tests.unit.trust.making import BUYER, NOW, SELLER, order

EVENTS = Path(__file__).parents[2] / "events/fraud_screening"
ORDER = "ord_01kkn3v2w0m6r8t4x9z7c5b3a1"  # as in the event files


class Directory:
    def facts(self, account_id):
        return None


@pytest.fixture
def services():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        made = Services(clock=SimpleNamespace(now=lambda: NOW), directory=Directory())
        made.dynamo = dynamo
        yield made


@pytest.fixture
def consume(services):
    return queue_consumer("fraud_screening", screen, services=lambda: services)


def place(services, total_minor):
    found = order(ORDER, total_minor)
    move = Move(ORDER, found.step, "pay", "awaiting_payment", "paid", "stripe", NOW)
    services.transactions.commit(services.order_store.place(found, move))


def read(case):
    return json.loads((EVENTS / f"{case}.json").read_text())


@pytest.mark.parametrize(
    ("total_minor", "outcome", "cases"), [(150_000, "allow in_force 0", 0), (150_001, "hold in_force 50", 1)]
)
def test_an_order_is_judged_by_its_own_amount(services, consume, capsys, total_minor, outcome, cases):
    place(services, total_minor)

    answer = consume(read("order_paid"), Context())

    assert answer == {"batchItemFailures": []}
    assert json.loads(capsys.readouterr().out)["outcome"] == outcome
    assert len(services.trust_store.open_cases(None, 10).items) == cases
    assert bool(services.order_store.read(ORDER).risk_receipt) == bool(cases)


def test_the_same_message_again_changes_nothing_in_any_table(services, consume, capsys):
    place(services, 150_001)
    consume(read("order_paid"), Context())
    before = {table: services.dynamo.rows(table) for table in services.dynamo.tables()}

    for _ in range(3):
        consume(read("order_paid"), Context())

    assert {table: services.dynamo.rows(table) for table in services.dynamo.tables()} == before
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["outcome"] == "already_screened"


def test_screening_costs_at_most_four_round_trips(services, consume):
    place(services, 150_001)
    services.dynamo.calls.clear()

    consume(read("order_paid"), Context())

    assert [call.operation for call in services.dynamo.calls] == [
        "GetItem",
        "TransactWriteItems",
        "Query",
        "TransactWriteItems",
    ]


@pytest.mark.parametrize("case", ["order_paid", "undecodable"])
def test_what_cannot_be_judged_fails_for_the_dead_letter_queue(consume, case):
    with pytest.raises(BatchFailed):  # there is no such order, or no such event
        consume(read(case), Context())


@dataclass
class FailingWorld:
    """A screening whose every call to the outside can fail."""

    faults: Faults
    dynamo: MemoryDynamo

    def screen(self):
        clock = SimpleNamespace(now=lambda: NOW)
        services = Services(clock=clock, directory=Directory(), transactions=DynamoTransactions(lambda _seconds: None))
        return screen(event_of_message(read("order_paid")["Records"][0]), services)

    def state(self):
        return {table: self.dynamo.rows(table) for table in self.dynamo.tables()}


def held_once(world):
    rows = world.state()
    kinds = sorted(row["sk"].partition("#")[0] for row in rows["aval-local-trust"])
    [found] = [row for row in rows["aval-local-orders"] if row["sk"] == "order"]
    assert kinds == ["case", "paid", "receipt"]
    assert sorted((row["kind"], row["subject"]) for row in rows["aval-local-outbox"]) == [
        ("decision.made", BUYER),
        ("decision.made", SELLER),
        ("hold.placed", ORDER),
    ]
    assert found["risk_receipt"].startswith("rcp_")


def test_whatever_call_fails_the_order_is_held_once_with_one_receipt_one_case_and_one_notice():
    faults = Faults()
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        place(Services(clock=SimpleNamespace(now=lambda: NOW)), 150_001)
        paid = dynamo.snapshot()

        def make():
            dynamo.restore(paid)
            return FailingWorld(faults, dynamo)

        report = enumerate_faults(
            make,
            run=FailingWorld.screen,
            recover=FailingWorld.screen,
            check=held_once,
            fingerprint=FailingWorld.state,
            kinds=ALL_KINDS,
        )

    assert not report.violations, str(report)
    assert len(report.calls) == 4


def test_the_lambda_entry_exists():
    assert callable(handler)


def test_every_event_file_is_run_by_a_test():
    text = Path(__file__).read_text()

    assert all(f'"{path.stem}"' in text for path in EVENTS.glob("*.json"))
