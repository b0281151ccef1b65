"""One commit over several tables: all or nothing, the right refusal, and an answer that was lost."""

import json

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import WRITES_MAX, OutcomeUnknown
from marketplace.ledger import postings
from marketplace.ledger.model import AlreadyBooked
from marketplace.ledger.store import DynamoLedger
from marketplace.orders.model import TransitionRefused
from marketplace.orders.store import DynamoOrders
from marketplace.outbox.model import event
from marketplace.outbox.store import DynamoOutbox, EventPublished
from marketplace.payments.store import AlreadyReceived, DynamoPayments
from marketplace.storage.transaction import CONTENTION_ATTEMPTS_MAX, DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, ServiceError, create_tables
from tests.fakes.faults import REFUSALS, Crash, Faults, way_of_refusing
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW, intent, move, moved, order, payment

ORDERS, PAYMENTS, LEDGER, OUTBOX = DynamoOrders(), DynamoPayments(), DynamoLedger(), DynamoOutbox()


@pytest.fixture(params=NAMES)
def commit(request):
    with backend_of(request.param):
        transactions = DynamoTransactions(pause=lambda _: None)
        yield lambda *writes: transactions.commit(writes)


@pytest.fixture
def faulty():
    """A store whose calls fail as told, with the pauses that were made."""
    faults, pauses = Faults(), []
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        faults.reset()
        yield faults, DynamoTransactions(pause=pauses.append), pauses


def placing() -> list:
    return [PAYMENTS.open(payment()), *ORDERS.place(order(), move(order()))]


def told():
    return OUTBOX.publish(event("order.paid", "ord_1", NOW, once="1", step=1))


def test_writes_of_several_areas_are_applied_together(commit):
    commit(*placing(), LEDGER.book(postings.capture(order(), "ch_1", NOW)), told())

    assert ORDERS.read("ord_1") == order()
    assert PAYMENTS.read("pay_1") == payment()
    assert len(LEDGER.of_book("ord_1")) == 1


def test_one_refusal_leaves_nothing_behind(commit):
    commit(LEDGER.book(postings.capture(order(), "ch_1", NOW)))

    with pytest.raises(AlreadyBooked):
        commit(*placing(), LEDGER.book(postings.capture(order(), "ch_1", NOW)))

    assert ORDERS.read("ord_1") is None
    assert PAYMENTS.read("pay_1") is None


@pytest.mark.parametrize("first", [True, False])
def test_the_refusal_of_the_fact_tells_more_than_that_of_its_event(commit, first):
    commit(*placing(), told())
    after = moved(order(state="paid"), "shipped")
    stale = ORDERS.move(order(state="paid"), after, move(after, "ship"))

    with pytest.raises(TransitionRefused):
        commit(*([told(), *stale] if first else [*stale, told()]))


def test_an_event_that_was_published_refuses_by_itself(commit):
    commit(told())

    with pytest.raises(EventPublished):
        commit(told())


def test_each_kind_of_write_refuses_in_its_own_name(commit):
    commit(*placing(), PAYMENTS.open_intent(intent()))
    commit(PAYMENTS.finish_intent(intent(), "tr_1"))

    with pytest.raises(type(PAYMENTS.finish_intent(intent(), "tr_1").refusal)):
        commit(told(), PAYMENTS.finish_intent(intent(), "tr_1"))


@pytest.mark.parametrize("count", [0, WRITES_MAX + 1])
def test_a_transaction_has_one_to_so_many_writes(count):
    with pytest.raises(ValueError, match=str(WRITES_MAX)):
        DynamoTransactions().commit([told()] * count)


def test_the_most_writes_there_may_be_are_applied(commit):
    names = [f"evt_{number}" for number in range(WRITES_MAX)]

    commit(*(PAYMENTS.remember_event(name, "x", NOW) for name in names))

    for name in names:
        with pytest.raises(AlreadyReceived):
            commit(PAYMENTS.remember_event(name, "x", NOW))


def test_contention_is_waited_for_with_longer_pauses(faulty):
    faults, transactions, pauses = faulty
    for number in range(1, CONTENTION_ATTEMPTS_MAX):
        faults.arm(number, "throttle")

    transactions.commit(placing())

    assert pauses == sorted(set(pauses))
    assert len(pauses) == CONTENTION_ATTEMPTS_MAX - 1
    assert ORDERS.read("ord_1") == order()


def test_contention_without_end_is_told_and_nothing_was_applied(faulty):
    faults, transactions, pauses = faulty
    for number in range(1, CONTENTION_ATTEMPTS_MAX + 1):
        faults.arm(number, "throttle")

    with pytest.raises(Unavailable) as refused:
        transactions.commit(placing())

    assert not isinstance(refused.value, OutcomeUnknown)
    assert len(pauses) == CONTENTION_ATTEMPTS_MAX - 1
    faults.disarm()
    assert ORDERS.read("ord_1") is None


def test_an_answer_that_was_lost_once_is_asked_for_again_and_applied_once(faulty):
    faults, transactions, _ = faulty
    faults.arm(1, "timeout_after")

    transactions.commit(placing())

    assert ORDERS.read("ord_1") == order()


def test_an_answer_that_stays_lost_is_told_as_not_known(faulty):
    faults, transactions, _ = faulty
    faults.arm(1, "timeout_lost")

    with pytest.raises(OutcomeUnknown):
        transactions.commit(placing())

    faults.disarm()
    assert ORDERS.read("ord_1") == order()


class UnderWay:
    """A DynamoDB that is slow: it answers no first attempt, and says to the repetitions that it is still at it."""

    def __init__(self):
        self.attempts = []

    def cross(self, site, apply, failures, invocation=""):
        if site != "dynamodb.TransactWriteItems":
            return apply()
        self.attempts.append(invocation)
        if self.attempts.count(invocation) == 1:
            apply()
            raise failures.timeout()
        return 400, json.dumps(ServiceError("TransactionInProgressException", "In progress.").body()).encode()


def test_a_transaction_that_is_still_under_way_is_told_as_not_known():
    slow, pauses = UnderWay(), []
    with MemoryDynamo(boundary=slow).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})

        with pytest.raises(OutcomeUnknown):
            DynamoTransactions(pause=pauses.append).commit(placing())

        assert ORDERS.read("ord_1") == order()
    assert len(set(slow.attempts)) == 1  # nothing was sent under another token
    assert pauses == []


def in_a_way(way: int) -> int:
    """Return the number of a call that is refused in this way."""
    return next(number for number in range(1, REFUSALS + 1) if way_of_refusing(number) == way)


# Refused for a moment: a conflict or too much traffic on one item is over when it is tried anew.
@pytest.mark.parametrize("way", [0, 1])
def test_a_refusal_for_one_item_s_sake_is_passed_by_trying_anew(faulty, way):
    faults, transactions, pauses = faulty
    number = in_a_way(way)
    for each in range(1, number):
        transactions.commit([PAYMENTS.remember_event(f"evt_{each}", "x", NOW)])
    faults.arm(number, "refuse")

    transactions.commit(placing())

    assert faults.fired
    assert len(pauses) == 1
    assert ORDERS.read("ord_1") == order()


# Refused as a whole, which the SDK has tried often enough: the caller is told whether it may have been applied.
@pytest.mark.parametrize(("way", "unknown"), [(2, False), (3, True)])
def test_a_transaction_that_is_refused_as_a_whole_is_not_sent_anew(faulty, way, unknown):
    faults, transactions, pauses = faulty
    number = in_a_way(way)
    for each in range(1, number):
        transactions.commit([PAYMENTS.remember_event(f"evt_{each}", "x", NOW)])
    faults.arm(number, "refuse")

    with pytest.raises(Unavailable) as refused:
        transactions.commit(placing())

    assert isinstance(refused.value, OutcomeUnknown) is unknown
    assert pauses == []
    assert ORDERS.read("ord_1") is None


def test_a_crash_passes_through_untouched(faulty):
    faults, transactions, _ = faulty
    faults.arm(1, "crash_before")

    with pytest.raises(Crash):
        transactions.commit(placing())
