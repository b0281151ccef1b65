"""The disputes' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.disputes.model import EVIDENCE_MAX, Decision, Dispute, DisputeDecided, DisputeExists, Evidence
from marketplace.disputes.store import DynamoDisputes
from marketplace.storage.cursor import BadCursor
from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW

PLAIN = Dispute("dsp_1", "ord_1", "acc_buyer", "acc_seller", "damaged", "Llegó rota.", 10_000, NOW)
DECIDED = Decision(4_000, 6_000, "5.2", "Half.", "acc_operator", NOW)


@pytest.fixture(params=NAMES)
def store(request):
    with backend_of(request.param):
        yield DynamoDisputes()


@pytest.fixture
def commit(store):
    transactions = DynamoTransactions(pause=lambda _: None)
    return lambda *writes: transactions.commit(writes)


def evidence(number: int, by: str) -> Evidence:
    return Evidence(f"evd_{by}_{number}", by, "image/png", 10 + number, "a" * 64, "x" * 500, NOW)


FULL = replace(
    PLAIN,
    answer="Salió entera.",
    answered_at=NOW,
    evidence=tuple(evidence(number, by) for by in ("buyer", "seller") for number in range(EVIDENCE_MAX)),
    decision=DECIDED,
    revision=22,
)


@pytest.mark.parametrize("found", [PLAIN, FULL, replace(PLAIN, statement="", reason="charged_back")])
def test_a_dispute_comes_back_as_it_was_stored(store, commit, found):
    commit(store.open(found))

    assert store.read("dsp_1") == found
    assert store.read("dsp_never") is None


def test_an_order_has_one_dispute(store, commit):
    commit(store.open(PLAIN))

    with pytest.raises(DisputeExists):
        commit(store.open(replace(PLAIN, statement="Again.")))

    assert store.read("dsp_1") == PLAIN


def test_of_two_changes_of_one_reading_the_second_is_refused(store, commit):
    commit(store.open(PLAIN))
    first, second = replace(PLAIN, answer="a", revision=1), replace(PLAIN, answer="b", revision=1)
    commit(store.change(PLAIN, first))

    with pytest.raises(DisputeDecided):
        commit(store.change(PLAIN, second))

    assert store.read("dsp_1") == first


def test_undecided_disputes_are_listed_the_oldest_first_page_by_page(store, commit):
    for number in (3, 1, 2):
        opened_at = NOW + timedelta(hours=number)
        commit(store.open(replace(PLAIN, dispute_id=f"dsp_{number}", opened_at=opened_at)))

    first = store.page_open(None, 2)
    second = store.page_open(first.cursor, 2)

    assert [each.dispute_id for each in (*first.items, *second.items)] == ["dsp_1", "dsp_2", "dsp_3"]
    assert second.cursor is None
    with pytest.raises(BadCursor):
        store.page_open("nonsense", 2)


def test_a_decided_dispute_leaves_the_list(store, commit):
    commit(store.open(PLAIN))
    commit(store.change(PLAIN, replace(PLAIN, decision=DECIDED, revision=1)))

    assert store.page_open(None, 5).items == ()
