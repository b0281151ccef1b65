"""Chargebacks over part of a payment, several of them, late answers and their fees: no amount is left nowhere."""

from dataclasses import replace

import pytest

from infra.local.stripe.money import Terms
from marketplace.audit.invariants import check
from marketplace.ledger.model import HELD, LATE_PAYMENT, STRIPE_FEES, WITH_BANK, balances
from marketplace.orders.model import AwardDoesNotSum
from tests.fakes.trade import Trade
from tests.fakes.world import new_world


def charge_of(world):
    (charge,) = [each for each in world.stripe.objects("charge") if each["status"] == "succeeded"]
    return charge["id"]


def balance(world, account):
    return balances(world.view().ledger).get((account, "eur"), 0)


def charged_back(trade, order, **given):
    dispute = trade.world.stripe.open_dispute(charge_of(trade.world), **given)
    trade.world.drain()
    return dispute["id"]


def closed(trade, dispute_id, *, won):
    trade.world.stripe.close_dispute(dispute_id, won=won)
    trade.world.drain()


def partly_lost(trade):
    order = trade.shipped()
    closed(trade, charged_back(trade, order, amount=4_000), won=False)
    return trade.order(order.order_id)


def decided(trade, order, refund_minor):
    trade.services.disputes.decide(order.dispute_id, trade.operator(), refund_minor, "5.2", "What the bank left.")
    return trade.stands(order.order_id)


def test_what_the_bank_left_of_a_partly_lost_order_waits_for_an_operator(trade):
    order = partly_lost(trade)

    assert (order.state, order.lost_minor, order.left_minor) == ("dispute_review", 4_000, 6_000)
    assert balance(trade.world, HELD) == -6_000
    trade.world.check()


def test_an_operator_divides_no_more_than_the_bank_left(each_version, trade):
    order = partly_lost(trade)

    with pytest.raises(AwardDoesNotSum):
        trade.services.disputes.decide(order.dispute_id, trade.operator(), 6_001, "5.2", "Too much.")

    ended = decided(trade, order, 0)
    (transfer,) = trade.world.stripe.objects("transfer")
    assert ended.state == "released"
    assert transfer["amount"] == 6_000 - 480
    assert balance(trade.world, HELD) == 0


def test_what_is_left_is_divided_also_when_the_bank_never_answered(each_version, trade):
    order = trade.shipped()
    charged_back(trade, order, amount=4_000)
    trade.world.clock.advance(days=121)
    trade.world.drain()
    trade.world.sweep()

    order = trade.order(order.order_id)
    assert (order.state, order.lost_minor) == ("dispute_review", 4_000)
    assert decided(trade, order, 0).state == "released"


def test_a_chargeback_of_one_order_of_two_strands_neither(each_version, trade):
    listings = [trade.listing(trade.seller(), price_minor=price) for price in (7_001, 2_998)]
    placed = trade.place(trade.person(), *((listing, 1) for listing in listings))
    trade.pay(placed)
    trade.world.drain()
    closed(trade, charged_back(trade, placed.orders[0], amount=2_998), won=False)

    for each in placed.orders:
        assert decided(trade, trade.order(each.order_id), 0).state == "released"
    assert balance(trade.world, HELD) == 0


class TwoCases:
    """Stripe, with a second case of its own making about the same charge."""

    def __init__(self, real, second):
        self.real, self.second = real, second

    def read_dispute(self, dispute_id):
        return self.second if dispute_id == self.second.dispute_id else self.real.read_dispute(dispute_id)

    def __getattr__(self, name):
        return getattr(self.real, name)


@pytest.fixture
def two_cases():
    """An order with two open chargebacks, 4000 and 6000 of its 10000; gives a way to close the second.

    The local Stripe knows one case at a time, so that its balance (M8) says nothing of the second.
    """
    with new_world() as world:
        yield _two_cases(Trade(world))
        assert {broken.rule for broken in check(world.view())} <= {"M8"}


def _two_cases(trade, order=None):
    order = order or trade.shipped()
    first = charged_back(trade, order, amount=4_000)
    cases, real = trade.services.chargebacks, trade.services.chargebacks._stripe
    open_first = real.read_dispute(first)
    second = replace(open_first, dispute_id="dp_second", amount_minor=6_000, fees={})
    cases._stripe = TwoCases(real, second)
    cases.follow("dp_second")

    def close_second(*, won):
        cases._stripe.second = replace(second, status="won" if won else "lost", reinstated=won)
        cases.follow("dp_second")

    return trade, order, first, close_second


def test_money_stays_where_it_is_until_the_last_of_two_chargebacks_is_closed(two_cases):
    trade, order, first, close_second = two_cases

    closed(trade, first, won=True)
    between = trade.order(order.order_id).state
    close_second(won=True)

    assert between == "charged_back"
    assert trade.order(order.order_id).state == "dispute_review"
    assert trade.order(order.order_id).lost_minor == 0


@pytest.mark.parametrize(("first_won", "second_won", "lost"), [(True, False, 6_000), (False, True, 4_000)])
def test_of_two_chargebacks_what_is_won_is_left_to_divide(two_cases, first_won, second_won, lost):
    trade, order, first, close_second = two_cases

    closed(trade, first, won=first_won)
    close_second(won=second_won)
    after = trade.order(order.order_id)

    assert (after.state, after.lost_minor) == ("dispute_review", lost)
    assert balance(trade.world, HELD) == lost - 10_000


def test_two_lost_chargebacks_of_everything_end_the_order(two_cases):
    trade, order, first, close_second = two_cases

    closed(trade, first, won=False)
    close_second(won=False)

    assert trade.order(order.order_id).state == "lost_to_chargeback"
    assert balance(trade.world, HELD) == 0


def test_a_win_after_the_clock_gave_up_leaves_nothing_with_the_bank(trade):
    order = trade.shipped()
    dispute_id = charged_back(trade, order)
    trade.world.clock.advance(days=121)
    trade.world.drain()
    trade.world.sweep()
    assert trade.order(order.order_id).state == "lost_to_chargeback"

    closed(trade, dispute_id, won=True)

    assert balance(trade.world, WITH_BANK) == 0
    assert balance(trade.world, HELD) == 0
    assert balance(trade.world, LATE_PAYMENT) == -order.total_minor


def test_a_second_delivery_of_a_late_win_changes_nothing(trade):
    order = trade.shipped()
    dispute_id = charged_back(trade, order)
    trade.world.clock.advance(days=121)
    trade.world.sweep()
    closed(trade, dispute_id, won=True)
    before = trade.world.view().ledger

    trade.services.chargebacks.follow(dispute_id)

    assert trade.world.view().ledger == before


def test_a_fee_that_stripe_gives_back_is_booked_back(trade):
    order = trade.shipped()
    trade.world.stripe.world.terms = Terms(dispute_fee_returned=True)
    dispute_id = charged_back(trade, order)
    fees = balance(trade.world, STRIPE_FEES)

    closed(trade, dispute_id, won=True)

    assert balance(trade.world, STRIPE_FEES) == fees - 1_500
    trade.services.chargebacks.follow(dispute_id)
    assert balance(trade.world, STRIPE_FEES) == fees - 1_500


def test_a_chargeback_of_a_charge_that_is_not_ours_is_left_alone(trade):
    order = trade.shipped()
    dispute = trade.world.stripe.open_dispute(charge_of(trade.world))
    cases = trade.services.chargebacks
    foreign = replace(cases._stripe.read_dispute(dispute["id"]), dispute_id="dp_foreign", payment_intent_id=None)
    cases._stripe = TwoCases(cases._stripe, foreign)

    cases.follow("dp_foreign")

    assert trade.order(order.order_id).state == "shipped"
    trade.world.drain()


def test_two_chargebacks_that_nobody_answers_count_as_lost_together(two_cases):
    trade, order, _, _ = two_cases

    trade.world.clock.set(trade.order(order.order_id).due_at)
    trade.world.sweep()
    trade.world.sweep()

    kinds = [each.kind for each in trade.services.ledger.of_book(order.order_id)]
    assert trade.order(order.order_id).state == "lost_to_chargeback"
    assert (kinds.count("chargeback_lost"), balance(trade.world, HELD), balance(trade.world, WITH_BANK)) == (2, 0, 0)


def test_what_one_bank_kept_and_another_holds_are_both_at_the_bank(two_cases):
    trade, order, first, _ = two_cases

    closed(trade, first, won=False)

    assert trade.services.chargebacks.at_bank(trade.order(order.order_id)).withdrawn_minor == order.total_minor


def test_while_two_banks_look_the_clocks_of_a_dispute_move_nothing(each_version):
    with new_world() as world:
        world.place_under(each_version)
        trade = Trade(world)
        order = trade.shipped()
        view = trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
        trade.world.drain()
        _, _, first, close_second = _two_cases(trade, trade.order(order.order_id))

        for _ in range(4):  # the seller does not answer, the buyer says no more, nobody decides
            world.clock.advance(days=20)
            world.sweep()
        between = trade.order(order.order_id)
        closed(trade, first, won=True)
        close_second(won=True)
        after = trade.order(order.order_id)

        assert between.state == "charged_back"
        assert [world.stripe.objects(kind) for kind in ("transfer", "refund")] == [[], []]
        assert (after.state, after.dispute_id) == ("dispute_review", view.dispute.dispute_id)
        assert balance(world, HELD) == -10_000
