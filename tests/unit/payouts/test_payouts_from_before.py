"""A payout row from before leaves were noted may have been called: it is looked up, and never given back unseen."""

import pytest

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.payouts.errors import PayoutHeld
from marketplace.payouts.model import BankAccounts, PayoutState
from marketplace.payouts.table_store import PayoutItem, payout_sort
from marketplace.storage.transaction import Update
from tests.crash.payout_deeds import arrive, due
from tests.unit.payouts.test_later_holds import after, begin, hold
from tests.unit.payouts.test_payouts import purse_of


def from_before(world, payout):
    """Take off the row what earlier code did not write."""
    item = PayoutItem(payout.seller_id, payout_sort(payout.currency, payout.number))
    actions = [PayoutItem.gated.remove(), PayoutItem.holds_version.remove()]
    world.services.transactions.commit([Update(item, actions, PayoutItem.pk.exists(), Conflict())])
    return after(world, payout)


@pytest.fixture
def begun(world, trade):
    order = due(trade)
    return order, from_before(world, begin(world, order))


def test_one_that_was_called_and_not_recorded_is_adopted_under_a_later_hold(world, trade, begun):
    order, payout = begun
    world.services.stripe_payouts.create(payout)
    hold(world, order)

    world.services.payout_run.run()

    assert after(world, payout).state is PayoutState.IN_TRANSIT
    assert purse_of(trade, order).available_minor == 0
    arrive(trade)


def test_one_that_nobody_finds_waits_for_the_hold_to_end(world, trade, begun):
    order, payout = begun
    hold(world, order)

    with pytest.raises(PayoutHeld):
        world.services.payout_desk.bring_on(payout)

    assert isinstance(PayoutHeld(), Unavailable)
    assert after(world, payout).state is PayoutState.OPEN


def test_one_that_was_called_is_adopted_though_its_currency_is_taken_no_more(world, trade, begun):
    order, payout = begun
    store = world.services.payout_table
    world.services.stripe_payouts.create(payout)
    _, standing = store.purse(order.seller_id, order.currency)
    world.services.transactions.commit([store.note_banks(standing, BankAccounts(frozenset({"usd"}), "another"))])

    world.services.payout_desk.bring_on(payout)

    assert after(world, payout).state is PayoutState.IN_TRANSIT
    arrive(trade)


def test_the_row_itself_refuses_to_be_given_back_as_unsent(world, begun):
    _, payout = begun
    desk = world.services.payout_desk

    with pytest.raises(Conflict):
        world.services.transactions.commit(desk._back(payout, "held_since", world.clock.now(), leaves=0))
