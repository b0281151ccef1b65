"""Sellers' terms, on the in-memory DynamoDB and on moto."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.fees.model import Rule, Terms, TermsMoved
from marketplace.fees.store import AGREEMENT_PREFIX, DynamoFees, FeesItem
from marketplace.kit.errors import Conflict
from marketplace.storage.transaction import Update

STORE = DynamoFees  # see conftest.py
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SELLER = "acc_1"
RULE = Rule("prp_1", 500, seller_id=SELLER, fixed_minor={"eur": 20}, min_minor={"jpy": 5}, max_minor={"eur": 900})


def test_a_seller_without_terms_has_the_published_ones(store):
    assert store.terms(SELLER) == Terms(SELLER)
    assert store.terms_of({SELLER, "acc_2"}) == {SELLER: Terms(SELLER), "acc_2": Terms("acc_2")}


def test_an_agreement_comes_back_whole_and_stays_in_the_history(store, commit):
    commit(*store.agree(store.terms(SELLER), RULE, NOW, "prp_1"))
    commit(*store.agree(store.terms(SELLER), None, NOW + timedelta(days=1), "prp_2"))

    found = store.terms(SELLER)
    history = FeesItem.read_partition(SELLER, FeesItem.sk.startswith(AGREEMENT_PREFIX))
    assert (found.agreement, found.agreed_at) == (None, NOW + timedelta(days=1))
    assert [Rule(**item.agreement) if item.agreement else None for item in history] == [RULE, None]


def test_an_agreement_is_refused_once_the_terms_moved(store, commit):
    seen = store.terms(SELLER)
    commit(*store.agree(seen, RULE, NOW, "prp_1"))

    with pytest.raises(TermsMoved):
        commit(*store.agree(seen, None, NOW, "prp_2"))
    with pytest.raises(TermsMoved):
        commit(*store.agree(store.terms(SELLER), None, NOW, "prp_1"))

    assert store.terms_of({SELLER})[SELLER].agreement == RULE


def test_an_agreement_that_is_in_the_history_lets_what_else_was_refused_say_why(store, commit):
    class Decided(Conflict):
        code = "decided"

    commit(*store.agree(store.terms(SELLER), RULE, NOW, "prp_1"))
    decided = Update(FeesItem("acc_2", "terms"), [FeesItem.vat_number.set("x")], FeesItem.pk.exists(), Decided())

    with pytest.raises(Decided):
        commit(*store.agree(store.terms(SELLER), None, NOW, "prp_1"), decided)


def test_who_has_an_agreement_and_sold_nothing_yet_was_paid_for_no_order(store, commit):
    commit(*store.agree(store.terms(SELLER), RULE, NOW, "prp_1"))

    assert store.terms(SELLER) == Terms(SELLER, 0, RULE, NOW)


def test_a_number_and_a_count_do_not_disturb_each_other(store, commit):
    commit(store.count_paid_out(SELLER))
    commit(store.record_vat_number(store.terms(SELLER), "ESB12345678", NOW), store_other(store))
    commit(store.count_paid_out(SELLER))

    found = store.terms(SELLER)
    assert (found.paid_out_orders, found.vat_number, found.vat_checked_at) == (2, "ESB12345678", NOW)


def store_other(store):
    return store.count_paid_out("acc_2")


def test_a_number_is_refused_once_another_was_recorded(store, commit):
    seen = store.terms(SELLER)
    commit(store.record_vat_number(seen, "ESB12345678", NOW))

    with pytest.raises(TermsMoved):
        commit(store.record_vat_number(seen, None, NOW))
