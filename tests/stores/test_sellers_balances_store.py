"""What the proof of solvency reads of sellers' balances, on the in-memory DynamoDB and on moto."""

from datetime import UTC, datetime

import pytest

from marketplace.accounts.payees_store import DynamoConnectedAccounts
from marketplace.accounts.sellers_store import SELLER
from marketplace.accounts.table_store import AccountsItem
from marketplace.payouts import payout_store
from marketplace.payouts.model import Payout, PayoutState, Purse
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.store import DynamoPayoutTable
from marketplace.payouts.table_store import PayoutItem, PurseItem, payout_sort
from marketplace.solvency.model import BASE_VERSION, Base
from marketplace.solvency.store import BASE, DynamoProofs, PartItem

STORE = DynamoPayoutTable  # see conftest.py
NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)


def keep(purse):
    purse_key(purse).update([PurseItem.available_minor.add(purse.available_minor), PurseItem.version.add(1)])


def begin(store, commit, number, state=PayoutState.OPEN, currency="eur"):
    """Store a payout of 100 in a state."""
    keep(Purse("acc_1", currency, available_minor=100))
    purse = store.purse("acc_1", currency)[0]
    commit(*store.begin(purse, Payout("acc_1", currency, number, 100, 0, 0, NOW), None))
    if state is not PayoutState.OPEN:
        PayoutItem("acc_1", payout_sort(currency, number)).update([PayoutItem.state.set(state.value)])


def test_balances_of_many_sellers_come_at_once_and_those_without_are_left_out(store):
    keep(Purse("acc_1", "eur", available_minor=5))
    keep(Purse("acc_1", "usd", available_minor=6))
    keep(Purse("acc_2", "eur", available_minor=7))

    found = store.purses_of([("acc_1", "eur"), ("acc_2", "eur"), ("acc_3", "eur")])

    assert {(each.seller_id, each.currency, each.available_minor) for each in found} == {
        ("acc_1", "eur", 5),
        ("acc_2", "eur", 7),
    }


def test_no_balances_are_asked_for_and_none_come(store):
    assert store.purses_of([]) == []


@pytest.mark.parametrize("page", [1, 10])
def test_what_moves_is_found_among_what_ended_however_far_back(store, commit, monkeypatch, page):
    monkeypatch.setattr(payout_store, "MOVING_PAGE", page)
    states = [PayoutState.PARKED, PayoutState.PAID, PayoutState.FAILED, PayoutState.IN_TRANSIT, PayoutState.OPEN]
    for number, state in enumerate(states, start=1):
        begin(store, commit, number, state)
    begin(store, commit, 1, currency="usd")

    found = store.moving(Purse("acc_1", "eur", in_transit_minor=300))

    assert [(each.number, each.state) for each in found] == [
        (5, PayoutState.OPEN),
        (4, PayoutState.IN_TRANSIT),
        (1, PayoutState.PARKED),
    ]


def test_payouts_are_read_until_they_make_up_what_is_in_transit(store, commit):
    begin(store, commit, 1)
    begin(store, commit, 2)

    assert [each.number for each in store.moving(Purse("acc_1", "eur", in_transit_minor=100))] == [2]
    assert store.moving(Purse("acc_1", "eur")) == []


def test_the_stripe_accounts_of_many_sellers_come_at_once(store):
    AccountsItem("acc_1", SELLER).update([AccountsItem.stripe_account_id.set("acct_1")])
    AccountsItem("acc_2", SELLER).update([AccountsItem.kind.set("trader")])

    assert DynamoConnectedAccounts().stripe_accounts(["acc_1", "acc_2", "acc_3"]) == {"acc_1": "acct_1"}


def test_a_base_says_what_it_counts_and_one_that_does_not_is_of_the_first_kind(store, commit):
    proofs, base = DynamoProofs(), Base("2026-11-01", {("", "sent:acc_1", "eur"): 5})
    for portion in proofs.keep("slv_1", "seed", [], base):
        commit(*portion)
    known = proofs.base("slv_1")

    PartItem("solvency#slv_1", f"{BASE}00000").update([PartItem.version.remove()])

    assert (known, known.version) == (base, BASE_VERSION)
    assert proofs.base("slv_1").version == 1
