"""Receipts, cases and recent payments, on the in-memory DynamoDB and on moto."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.storage.cursor import BadCursor
from marketplace.storage.tables import TABLE_PREFIX, shared_client
from marketplace.storage.transaction import DynamoTransactions
from marketplace.trust.model import (
    ALLOW,
    CLEAR,
    CLEARED,
    HOLD,
    IN_FORCE,
    OPEN,
    REFUSED,
    AlreadyScreened,
    Case,
    DecisionReceipt,
    HoldAlreadyDecided,
    Payment,
)
from marketplace.trust.rules import HISTORY_DAYS, PAYMENTS_AFTER
from marketplace.trust.rules import judge as judge_all
from marketplace.trust.store import PAYMENTS_READ_MAX, DynamoTrust
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto
from tests.unit.trust.making import facts

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
TABLE = f"{TABLE_PREFIX}-trust"
STAGE = {"Stage": TABLE_PREFIX.removeprefix("aval-")}
BUYER = "acc_buyer"


@pytest.fixture(params=["memory", "moto"])
def commit(request):
    """Create the tables; return how to commit writes."""
    if request.param == "memory":
        with MemoryDynamo().installed() as dynamo:
            create_tables(dynamo, "infra/data.yaml", STAGE)
            yield DynamoTransactions().commit
    else:
        with strict_moto():
            create_tables(shared_client(), "infra/data.yaml", STAGE)
            yield DynamoTransactions().commit


@pytest.fixture
def store():
    return DynamoTrust()


def receipt(name="1", order_id="ord_1", at=NOW, **changes):
    made = DecisionReceipt(f"rcp_{name}", order_id, HOLD, IN_FORCE, True, at, judge_all(facts()), 65)
    return replace(made, **changes)


def case(order_id="ord_1", opened_at=NOW):
    return Case(order_id, "rcp_1", BUYER, "acc_seller", 150_001, "eur", 65, opened_at)


def paid(name, at=NOW):
    return Payment(f"ord_{name}", f"pay_{name}", at, 1_250, "eur")


def test_a_receipt_comes_back_with_every_finding(commit, store):
    commit([store.put_receipt(receipt(), AlreadyScreened())])

    assert store.receipts("ord_1") == (receipt(),)


def test_a_persons_receipt_comes_back_with_reasons(commit, store):
    made = receipt(
        decision=CLEAR, automated=False, findings=(), decided_by="acc_op", reasons="Año nuevo ✓", answers="rcp_0"
    )

    commit([store.put_receipt(made, AlreadyScreened())])

    assert store.receipts("ord_1") == (made,)


def test_receipts_read_oldest_first_whatever_their_ids(commit, store):
    commit([store.put_receipt(receipt("a", at=NOW + timedelta(hours=1)), AlreadyScreened())])
    commit([store.put_receipt(receipt("b"), AlreadyScreened())])
    commit([store.put_receipt(receipt("c", order_id="ord_2"), AlreadyScreened())])

    assert [each.receipt_id for each in store.receipts("ord_1")] == ["rcp_b", "rcp_a"]


def test_a_receipt_is_never_replaced(commit, store):
    commit([store.put_receipt(receipt(), AlreadyScreened())])

    with pytest.raises(HoldAlreadyDecided):
        commit([store.put_receipt(receipt(decision=ALLOW), HoldAlreadyDecided())])

    assert store.receipts("ord_1")[0].decision == HOLD


def test_a_case_waits_in_the_queue_until_it_is_decided(commit, store):
    commit([store.open_case(case())])
    decided = replace(case(), state=CLEARED, decided_at=NOW, decided_by="acc_op", decision_receipt_id="rcp_2")

    assert store.open_cases(None, 10).items == (case(),)
    commit([store.close_case(decided)])

    assert store.open_cases(None, 10).items == ()
    assert store.case("ord_1") == decided


def test_a_case_is_opened_once(commit, store):
    commit([store.open_case(case())])

    with pytest.raises(AlreadyScreened):
        commit([store.open_case(case())])


def test_a_case_is_decided_once(commit, store):
    commit([store.open_case(case())])
    commit([store.close_case(replace(case(), state=CLEARED))])

    with pytest.raises(HoldAlreadyDecided):
        commit([store.close_case(replace(case(), state=REFUSED))])

    assert store.case("ord_1").state == CLEARED


def test_a_case_that_was_never_opened_cannot_be_decided(commit, store):
    with pytest.raises(HoldAlreadyDecided):
        commit([store.close_case(replace(case(), state=CLEARED))])

    assert store.case("ord_1") is None


def test_the_queue_pages_from_the_longest_waiting(commit, store):
    for number in (3, 1, 2, 0):
        commit([store.open_case(case(f"ord_{number}", NOW + timedelta(minutes=number)))])

    first = store.open_cases(None, 3)
    rest = store.open_cases(first.cursor, 3)

    assert [each.order_id for each in (*first.items, *rest.items)] == ["ord_0", "ord_1", "ord_2", "ord_3"]
    assert {each.state for each in first.items} == {OPEN}


def test_a_forged_cursor_is_refused(commit, store):
    with pytest.raises(BadCursor):
        store.open_cases("forged", 10)


def test_a_payment_noted_again_counts_once(commit, store):
    for _ in range(3):
        commit([store.count_payment(BUYER, paid("1"))])

    assert store.payments(BUYER, NOW - timedelta(hours=1), NOW) == (paid("1"),)


def test_a_window_of_payments_includes_both_its_ends_and_nothing_beyond(commit, store):
    tick = timedelta(milliseconds=1)
    for name, at in (("a", -tick), ("b", timedelta(0)), ("c", timedelta(hours=1)), ("d", timedelta(hours=1) + tick)):
        commit([store.count_payment(BUYER, paid(name, NOW + at))])
    commit([store.count_payment("acc_other", paid("e"))])

    found = store.payments(BUYER, NOW, NOW + timedelta(hours=1))

    assert sorted(each.order_id for each in found) == ["ord_b", "ord_c"]


def test_orders_paid_in_the_same_moment_are_all_kept(commit, store):
    for name in ("1", "2", "3"):
        commit([store.count_payment(BUYER, paid(name))])

    assert len(store.payments(BUYER, NOW, NOW)) == 3


def test_of_very_many_payments_the_newest_are_read():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", STAGE)
        store = DynamoTrust()
        for number in range(PAYMENTS_READ_MAX + 10):
            DynamoTransactions().commit(
                [store.count_payment(BUYER, paid(str(number), NOW + timedelta(seconds=number)))]
            )

        found = store.payments(BUYER, NOW, NOW + timedelta(days=1))

        assert len(found) == PAYMENTS_READ_MAX
        assert min(each.paid_at for each in found) == NOW + timedelta(seconds=10)


def test_a_payment_is_kept_as_long_as_any_rule_looks_back():
    longest = timedelta(days=HISTORY_DAYS) + PAYMENTS_AFTER
    with MemoryDynamo(clock=(NOW + longest).timestamp).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", STAGE)
        DynamoTransactions().commit([DynamoTrust().count_payment(BUYER, paid("1"))])

        dynamo.expire(TABLE)

        assert len(dynamo.rows(TABLE)) == 1


def test_receipts_and_cases_never_expire():
    with MemoryDynamo(clock=(NOW + timedelta(days=36_500)).timestamp).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", STAGE)
        store = DynamoTrust()
        DynamoTransactions().commit([store.put_receipt(receipt(), AlreadyScreened()), store.open_case(case())])

        dynamo.expire(TABLE)

        assert len(dynamo.rows(TABLE)) == 2
