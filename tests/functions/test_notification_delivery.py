"""The notifications queue: whole SQS events through the consumer, over the real store."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.notification_delivery.handler import handler, tell
from marketplace.kit.errors import Unavailable
from marketplace.notifications.delivery import Delivery
from marketplace.notifications.ports import MailNotSent, MailOutcomeUnknown
from marketplace.notifications.store import DynamoInbox
from marketplace.storage.transaction import DynamoTransactions
from marketplace.web.consumers import TIME_KEPT_MS, BatchFailed, event_of_message, queue_consumer
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.faults import KINDS, Faults
from tests.fakes.faults_enumeration import enumerate_faults
from tests.fakes.http import Context
from tests.unit.notifications.making import CountingIds, FrozenClock, Mailer, Person

EVENTS = Path(__file__).parents[2] / "events/notification_delivery"
BUYER, SELLER = "acc_01kkn3v2w0m6r8t4x9z7c5b3b1", "acc_01kkn3v2w0m6r8t4x9z7c5b3c1"
PEOPLE = {
    BUYER: Person(BUYER, "lucia@example.com", "es", "Lucía"),
    SELLER: Person(SELLER, "tomas@example.com", "en", "Tomás"),
}


@pytest.fixture
def mailer():
    return Mailer()


@pytest.fixture
def consume(mailer):
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        delivery = Delivery(
            clock=FrozenClock(),
            ids=CountingIds(),
            transactions=DynamoTransactions(),
            inboxes=DynamoInbox(),
            contacts=SimpleNamespace(contact=PEOPLE.get),
            mailer=mailer,
            verification_minter=lambda account_id: "secret-token",
            public_url="https://aval.example",
        )
        services = SimpleNamespace(delivery=delivery)
        yield queue_consumer("notification_delivery", tell, services=lambda: services)


def read(case):
    return json.loads((EVENTS / f"{case}.json").read_text())


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_paid_order_is_mailed_to_both_parties(consume, mailer):
    answer = consume(read("order_paid"), Context())

    assert answer == {"batchItemFailures": []}
    assert [mail.to for mail in mailer.sent] == ["lucia@example.com", "tomas@example.com"]
    assert "1849,00" in mailer.sent[0].body


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_message_again_sends_nothing(consume, mailer, times):
    for _ in range(times):
        consume(read("order_paid"), Context())

    assert len(mailer.sent) == 2


@pytest.mark.parametrize("times", [1, 3])
def test_who_paid_too_late_is_told_once_how_much_goes_back(consume, mailer, times):
    for _ in range(times):
        consume(read("late_payment"), Context())

    [mail] = mailer.sent
    assert mail.to == "lucia@example.com"
    assert "Te reembolsamos ahora los 1849,00" in mail.body


def test_a_new_account_gets_its_link(consume, mailer):
    consume(read("signed_up"), Context())

    [mail] = mailer.sent
    assert "https://aval.example/verify?token=secret-token" in mail.body


def test_the_log_says_what_was_done_and_holds_nothing_personal(consume, capsys):
    consume(read("signed_up"), Context())
    consume(read("order_paid"), Context())

    told = lines(capsys)
    assert [line["outcome"] for line in told] == [
        "account.mail=sent",
        "buyer.inbox=stored buyer.mail=sent seller.inbox=stored seller.mail=sent",
    ]
    assert {"event_id", "kind", "subject", "ms", "service"} <= set(told[0])
    for private in ("secret-token", "lucia@", "Lucía", "tomas@"):
        assert private not in json.dumps(told, ensure_ascii=False)


def test_one_unreadable_message_does_not_hold_up_the_others(consume, mailer, capsys):
    event = read("one_of_two_undecodable")

    answer = consume(event, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert len(mailer.sent) == 2
    assert [(line["level"], line["outcome"].split(" ")[0]) for line in lines(capsys)] == [
        ("ERROR", "undecodable"),
        ("INFO", "buyer.inbox=stored"),
    ]


def test_a_throttled_mail_is_left_to_the_queue_and_then_sent(consume, mailer, capsys):
    mailer.failures = [MailNotSent()]

    with pytest.raises(BatchFailed):
        consume(read("order_paid"), Context())
    answer = consume(read("order_paid"), Context())

    assert answer == {"batchItemFailures": []}
    assert sorted(mail.to for mail in mailer.sent) == ["lucia@example.com", "tomas@example.com"]
    first = lines(capsys)[0]
    assert (first["level"], first["outcome"], first["error"]) == ("WARNING", "again", "delivery_delayed")


@pytest.mark.parametrize(("left_ms", "mails"), [(TIME_KEPT_MS, 2), (TIME_KEPT_MS - 1, 0)])
def test_no_message_is_begun_that_could_not_be_finished(consume, mailer, left_ms, mails):
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: left_ms)
    event = {"Records": [*read("order_paid")["Records"], *read("one_of_two_undecodable")["Records"][:1]]}
    with suppress(BatchFailed):
        consume(event, context)

    assert len(mailer.sent) == mails


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        "not json",
        '{"event_id":"e","kind":"order.paid","subject":"s","occurred_at":"yesterday","data":{}}',
        '{"event_id":"e","kind":"order.paid","subject":"s","occurred_at":"2026-03-14T09:30:00.000Z","data":{"a":[]}}',
        '{"event_id":"e","kind":"order.paid","subject":"s","occurred_at":"2026-03-14T09:30:00.000Z","data":{},"x":1}',
        '{"event_id":1,"kind":"order.paid","subject":"s","occurred_at":"2026-03-14T09:30:00.000Z","data":{}}',
    ],
)
def test_what_is_no_event_fails_every_time_so_that_the_queue_gives_up_on_it(consume, mailer, body):
    event = read("order_paid")
    event["Records"][0]["body"] = body

    with pytest.raises(BatchFailed):
        consume(event, Context())

    assert mailer.sent == []


def test_a_message_without_a_body_is_undecodable(consume):
    event = read("order_paid")
    del event["Records"][0]["body"]

    with pytest.raises(BatchFailed):
        consume(event, Context())


def test_a_bug_is_logged_with_its_place_and_without_personal_data(capsys):
    def broken(event, services):
        raise ValueError("no such person: lucia@example.com")

    with pytest.raises(BatchFailed) as failed:
        queue_consumer("x", broken, services=SimpleNamespace)(read("order_paid"), Context())

    [line] = lines(capsys)
    assert (line["level"], line["outcome"], line["error"]) == ("ERROR", "broken", "ValueError")
    assert "lucia@example.com" not in json.dumps(line)
    assert any("broken" in place for place in line["stack"])
    assert "lucia" not in str(failed.value)


def test_services_that_cannot_be_built_are_tried_again_with_the_next_message():
    attempts = []

    def build():
        attempts.append(1)
        if len(attempts) == 1:
            raise Unavailable
        return SimpleNamespace()

    consume = queue_consumer("x", lambda event, services: "done", services=build)
    with pytest.raises(BatchFailed):
        consume(read("order_paid"), Context())

    assert consume(read("order_paid"), Context()) == {"batchItemFailures": []}
    consume(read("order_paid"), Context())
    assert len(attempts) == 2


def test_an_empty_batch_is_fine(consume):
    assert consume({"Records": []}, Context()) == {"batchItemFailures": []}


def not_sent():
    raise MailNotSent


@dataclass
class FailingWorld:
    """A delivery whose every call to the outside can fail."""

    faults: Faults
    dynamo: MemoryDynamo
    mailer: Mailer = field(default_factory=Mailer)

    def deliver(self):
        delivery = Delivery(
            clock=FrozenClock(),
            ids=CountingIds(),
            transactions=DynamoTransactions(lambda _seconds: None),
            inboxes=DynamoInbox(),
            contacts=SimpleNamespace(contact=PEOPLE.get),
            mailer=self.faults.guard(self.mailer, "ses", timeout=MailOutcomeUnknown, refuse=not_sent),
            verification_minter=lambda account_id: "t",
            public_url="https://aval.example",
        )
        return delivery.deliver(event_of_message(read("order_paid")["Records"][0]))

    def mails(self):
        return sorted(mail.to for mail in self.mailer.sent)

    def inboxes(self):
        return [row["pk"] for row in self.dynamo.rows("aval-local-notifications") if row["sk"].startswith("inbox#")]


@pytest.fixture
def make_world():
    faults = Faults()
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        empty = dynamo.snapshot()

        def make():
            dynamo.restore(empty)
            return FailingWorld(faults, dynamo)

        yield make


def told_at_most_once(world):
    assert world.inboxes() == sorted([BUYER, SELLER])
    assert len(set(world.mails())) == len(world.mails())


def told_exactly_once(world):
    assert world.inboxes() == sorted([BUYER, SELLER])
    assert world.mails() == ["lucia@example.com", "tomas@example.com"]


@pytest.mark.parametrize(
    ("kinds", "check"),
    [(KINDS, told_at_most_once), (("refuse", "throttle"), told_exactly_once), (("timeout_lost",), told_at_most_once)],
)
def test_whatever_call_fails_nobody_is_told_twice_and_no_refused_call_loses_a_notice(make_world, kinds, check):
    report = enumerate_faults(
        make_world,
        run=FailingWorld.deliver,
        recover=FailingWorld.deliver,
        check=check,
        fingerprint=lambda world: (world.mails(), world.dynamo.rows("aval-local-notifications")),
        kinds=kinds,
    )

    assert not report.violations, str(report)
    assert len(report.calls) == 8  # inbox, claim, mail, record; for each of two people


def test_the_lambda_entry_exists():
    assert callable(handler)


def test_every_event_file_is_run_by_a_test():
    text = Path(__file__).read_text()

    assert all(f'"{path.stem}"' in text for path in EVENTS.glob("*.json"))
