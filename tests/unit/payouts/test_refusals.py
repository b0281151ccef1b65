"""What a refusal proves of a payout: nothing, once an earlier call of it may have left."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payouts.causes import in_words
from marketplace.payouts.desk import NOT_SHOWN
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.model import PayoutState
from marketplace.payouts.run import UNKNOWN_TOO_LONG
from tests.crash.payout_deeds import account_of, arrive, due, left_unheard
from tests.unit.meanwhile import before
from tests.unit.payouts.test_later_holds import after, begin
from tests.unit.payouts.test_payouts import payouts_of, purse_of


@pytest.fixture
def unheard(trade):
    """A payout that Stripe made, of which we heard nothing, from an account that refuses us since."""
    order = left_unheard(trade)
    [payout] = payouts_of(trade, order)
    return order, payout


def test_what_left_unheard_is_not_given_back_when_its_account_refuses_the_next_call(trade, unheard):
    order, payout = unheard

    trade.services.payout_run.run()

    [at_stripe] = trade.world.stripe.objects("payout", account_of(trade, order))
    purse = purse_of(trade, order)
    assert at_stripe["status"] == "pending"
    assert after(trade.world, payout).state is PayoutState.OPEN
    assert (purse.available_minor, purse.in_transit_minor) == (0, payout.amount_minor)


def test_it_is_asked_again_and_wakes_somebody_after_half_an_hour(trade, unheard):
    trade.world.clock.advance(seconds=UNKNOWN_TOO_LONG.total_seconds())

    ran = trade.services.payout_run.run()

    assert ran.failed == 1
    assert trade.services.payout_run.stuck().unknown == 1


def test_it_is_adopted_when_the_account_is_shown_again(trade, unheard):
    order, payout = unheard
    trade.services.payout_run.run()
    trade.world.stripe.disconnect(account_of(trade, order), gone=False)

    trade.services.payout_run.run()

    assert after(trade.world, payout).state is PayoutState.IN_TRANSIT
    assert len(trade.world.stripe.objects("payout", account_of(trade, order))) == 1
    arrive(trade)


def test_it_waits_for_a_person_when_stripe_has_forgotten_its_key_and_still_shows_nothing(trade, unheard):
    order, payout = unheard
    trade.world.clock.advance(hours=24)

    trade.services.payout_run.run()

    parked = after(trade.world, payout)
    assert (parked.state, parked.reason) == (PayoutState.PARKED, NOT_SHOWN)
    for asks in (trade.services.payout_desk.look_up, lambda it: trade.services.payout_desk.give_back(it, "by_hand")):
        with pytest.raises(Unavailable):
            asks(parked)
    trade.world.stripe.disconnect(account_of(trade, order), gone=False)
    assert trade.services.payout_desk.look_up(parked).stripe_payout_id
    arrive(trade)


def test_what_a_stop_keeps_from_being_called_again_is_not_given_back_either(trade, unheard):
    order, payout = unheard
    trade.services.switch.stop(f"seller:{order.seller_id}", "manual", "Looks wrong.", by="acc_finance")

    with pytest.raises(Unavailable):
        trade.services.payout_desk.bring_on(payout)

    assert after(trade.world, payout).state is PayoutState.OPEN


def test_what_is_told_of_it_meanwhile_is_told_again(trade, unheard):
    order, payout = unheard
    account = account_of(trade, order)
    [at_stripe] = trade.world.stripe.objects("payout", account)

    with pytest.raises(Unavailable):
        trade.services.payout_desk.told(account, at_stripe["id"])
    trade.world.stripe.disconnect(account, gone=False)

    assert trade.services.payout_desk.told(account, at_stripe["id"])
    assert after(trade.world, payout).stripe_payout_id == at_stripe["id"]
    arrive(trade)


def test_a_first_call_that_is_refused_never_left(trade):
    order = due(trade)
    trade.services.payout_desk._stripe = Refusing(trade.services.stripe_payouts, "account_invalid", shows=False)

    trade.services.payout_run.run()

    [payout] = payouts_of(trade, order)
    assert (payout.state, payout.reason) == (PayoutState.FAILED, "account_invalid")
    assert purse_of(trade, order).available_minor == payout.amount_minor


@pytest.mark.parametrize(("locale", "word"), [("en", "connected"), ("es", "conectada")])
def test_an_account_that_left_us_says_nothing_against_its_bank(trade, locale, word):
    order = due(trade)
    trade.services.payout_desk._stripe = Refusing(trade.services.stripe_payouts, "account_invalid", shows=False)

    trade.services.payout_run.run()

    _, standing = trade.services.payout_table.purse(order.seller_id, order.currency)
    [payout] = payouts_of(trade, order)
    assert standing.failures == 0
    assert word in in_words(payout.reason, locale)


def test_a_later_call_that_is_refused_never_left_when_stripe_shows_nothing(trade):
    order = due(trade)
    payout = begin(trade.world, order)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.services.payout_desk._stripe = Refusing(trade.services.stripe_payouts, "payouts_not_allowed")

    trade.services.payout_run.run()

    assert after(trade.world, payout).reason == "payouts_not_allowed"


def test_a_later_call_that_is_refused_is_adopted_when_stripe_shows_it(trade):
    order = due(trade)
    payout = begin(trade.world, order)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.services.stripe_payouts.create(payout)
    trade.services.payout_desk._stripe = Refusing(trade.services.stripe_payouts, "payouts_not_allowed")

    trade.services.payout_run.run()

    assert after(trade.world, payout).state is PayoutState.IN_TRANSIT
    trade.world.restart()
    arrive(trade)


def test_a_refusal_proves_nothing_of_what_another_let_go_meanwhile(trade):
    order = due(trade)
    payout = begin(trade.world, order)
    services, refusing = trade.services, Refusing(trade.services.stripe_payouts, "payouts_not_allowed")
    leave = services.payout_table.let_go(payout, trade.world.clock.now())
    refusing.create = before(refusing.create, lambda: services.transactions.commit([leave]))
    services.payout_desk._stripe = refusing

    with pytest.raises(Unavailable):
        services.payout_desk.bring_on(payout)

    assert after(trade.world, payout).state is PayoutState.OPEN


class Refusing:
    """Stripe, which refuses to make a payout, and (not `shows`) to show any."""

    def __init__(self, real, code, *, shows=True):
        self._real, self._code, self._shows = real, code, shows

    def __getattr__(self, name):
        return getattr(self._real, name)

    def create(self, _payout):
        raise PayoutRefused(self._code)

    def find(self, payout):
        if not self._shows:
            raise PayoutRefused(self._code)
        return self._real.find(payout)
