"""Chargebacks: booked once however often they are told, frozen while they last, and never paid by the wrong side."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import (
    CHARGEBACK_LOSS,
    COMMISSION,
    HELD,
    STRIPE_FEES,
    WITH_BANK,
    balances,
    seller_debt_account,
)
from marketplace.payments.model import IntentState, refund_intent_id, transfer_intent_id

TOTAL = 10_000


class Bank:
    """The buyer's bank."""

    def __init__(self, world, trade) -> None:
        self.world = world
        self.trade = trade
        self.dispute_id = ""

    def take_back(self, **said) -> None:
        [charge] = [each for each in self.world.stripe.objects("charge") if each["status"] == "succeeded"]
        self.dispute_id = self.world.stripe.open_dispute(charge["id"], **said)["id"]

    def decide(self, *, won: bool) -> None:
        self.world.stripe.close_dispute(self.dispute_id, won=won)

    def follow(self) -> None:
        self.world.services.chargebacks.follow(self.dispute_id)


@pytest.fixture
def bank(world, trade):
    return Bank(world, trade)


def booked(world, order) -> dict[str, int]:
    found = balances(world.services.ledger.of_book(order.order_id))
    return {account: amount_minor for (account, _), amount_minor in found.items() if amount_minor}


def names(world, order) -> list[str]:
    return [move.name for move in world.services.order_store.moves(order.order_id)]


@pytest.mark.parametrize("reach", ["bought", "shipped", "delivered"])
def test_a_chargeback_freezes_an_order_whose_money_is_held(world, trade, bank, reach):
    order = getattr(trade, reach)()
    bank.take_back()

    world.drain()
    world.clock.advance(days=30)
    world.sweep()

    assert trade.order(order.order_id).state == "charged_back"
    assert world.stripe.objects("transfer") == []
    assert booked(world, order)[WITH_BANK] == TOTAL


def test_a_chargeback_freezes_a_dispute_too(world, trade, bank):
    order = trade.shipped()
    world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    bank.take_back()

    world.drain()

    assert trade.order(order.order_id).state == "charged_back"


def test_each_step_is_booked_once_however_often_it_is_told(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    for _ in range(3):
        bank.follow()
    bank.decide(won=False)
    for _ in range(3):
        bank.follow()
    world.drain()

    kinds = [each.kind for each in world.services.ledger.of_book(order.order_id)]
    assert kinds.count("chargeback_withdrawn") == kinds.count("chargeback_lost") == 1
    fees = [each for each in world.services.ledger.of_book(order.payment_id) if each.kind == "chargeback_fee"]
    assert len(fees) == 1


def test_a_lost_chargeback_before_the_release_takes_the_held_money(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.drain()
    bank.decide(won=False)
    world.drain()

    after = trade.order(order.order_id)
    assert (after.state, after.due_at) == ("lost_to_chargeback", None)
    assert booked(world, order) == {}  # captured, and taken back


def test_a_chargeback_told_only_after_it_was_lost_goes_through_both_steps(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    bank.decide(won=False)

    world.drain()

    assert names(world, order)[-2:] == ["charge_back", "chargeback_lost"]
    assert trade.order(order.order_id).state == "lost_to_chargeback"


def test_a_won_chargeback_brings_the_case_to_an_operator_with_the_money_held_again(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.drain()
    bank.decide(won=True)
    world.drain()

    after = trade.order(order.order_id)
    assert after.state == "dispute_review"
    assert booked(world, order)[HELD] == -TOTAL
    assert [each.dispute_id for each in world.services.disputes.queue(None, 5).items] == [after.dispute_id]


def test_a_won_chargeback_can_be_decided_like_any_dispute(world, each_version, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.drain()
    bank.decide(won=True)
    world.drain()
    dispute_id = trade.order(order.order_id).dispute_id

    world.services.disputes.decide(dispute_id, trade.operator(), 4_000, "5.2", "Half right.")

    assert trade.stands(order.order_id).state == "split"
    assert [each["amount"] for each in world.stripe.objects("refund")] == [4_000]


def test_a_won_chargeback_goes_on_with_the_dispute_that_was_open(world, trade, bank):
    order = trade.shipped()
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    bank.take_back()
    world.drain()
    bank.decide(won=True)
    world.drain()

    assert trade.order(order.order_id).dispute_id == view.dispute.dispute_id
    assert trade.order(order.order_id).state == "dispute_review"


def test_a_lost_chargeback_closes_the_dispute_that_was_open(world, trade, bank):
    order = trade.shipped()
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    bank.take_back()
    bank.decide(won=False)
    world.drain()

    found = world.services.dispute_store.read(view.dispute.dispute_id)
    assert found.decision.decided_by == "clock"
    assert trade.order(order.order_id).state == "lost_to_chargeback"


def released(world, trade):
    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    return trade.order(order.order_id)


def test_after_the_release_a_chargeback_moves_no_order(world, trade, bank):
    order = released(world, trade)
    bank.take_back()
    world.drain()

    assert trade.order(order.order_id).state == "released"
    assert booked(world, order)[WITH_BANK] == TOTAL


def test_a_chargeback_lost_after_the_release_takes_the_transfer_back_and_makes_the_rest_debt(world, trade, bank):
    order = released(world, trade)
    bank.take_back()
    bank.decide(won=False)
    world.drain()

    [reversal] = world.stripe.objects("transfer_reversal")
    assert booked(world, order)[seller_debt_account(order.seller_id)] == TOTAL - reversal["amount"]
    assert reversal["amount"] == TOTAL - order.commission_minor
    assert WITH_BANK not in booked(world, order)


def test_a_chargeback_won_after_the_release_leaves_nobody_owing(world, trade, bank):
    order = released(world, trade)
    before = booked(world, order)
    bank.take_back()
    bank.decide(won=True)
    world.drain()

    assert booked(world, order) == before


def test_an_inquiry_moves_nothing_whatever_its_end(world, trade, bank):
    order = trade.shipped()
    before = booked(world, order)
    bank.take_back(inquiry=True)
    world.drain()
    bank.decide(won=True)
    world.drain()

    assert trade.order(order.order_id).state == "shipped"
    assert booked(world, order) == before


def test_the_fee_of_a_chargeback_is_the_platforms(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.drain()

    [fee] = [each for each in world.services.ledger.of_book(order.payment_id) if each.kind == "chargeback_fee"]
    assert {leg.account for leg in fee.postings} == {STRIPE_FEES, "stripe"}


def test_a_chargeback_that_nobody_answers_counts_as_lost_and_is_booked(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.drain()
    world.clock.set(trade.order(order.order_id).due_at)
    world.sweep()

    assert trade.order(order.order_id).state == "lost_to_chargeback"
    assert WITH_BANK not in booked(world, order)


@pytest.mark.parametrize("won", [True, False])
def test_what_the_bank_says_after_it_counted_as_lost_is_booked_once(world, trade, bank, won):
    order = trade.shipped()
    bank.take_back()
    world.drain()
    world.clock.set(trade.order(order.order_id).due_at)
    world.sweep()
    bank.decide(won=won)
    world.drain()
    bank.follow()

    kinds = [each.kind for each in world.services.ledger.of_book(order.order_id)]
    assert kinds.count("chargeback_lost") == 1
    assert kinds.count("chargeback_reinstated") == (1 if won else 0)
    assert trade.order(order.order_id).state == "lost_to_chargeback"


def two_orders(trade):
    buyer = trade.person("Buyer")
    one, other = trade.listing(trade.seller(), price_minor=7_001), trade.listing(trade.seller(), price_minor=2_998)
    placed = trade.place(buyer, (one, 1), (other, 1))
    trade.pay(placed)
    trade.world.drain()
    return [trade.order(order.order_id) for order in placed.orders]


@pytest.mark.parametrize("won", [True, False])
def test_a_chargeback_of_a_shared_payment_is_divided_exactly(world, trade, bank, won):
    orders = two_orders(trade)
    bank.take_back()
    world.drain()
    taken = [booked(world, order)[WITH_BANK] for order in orders]
    bank.decide(won=won)
    world.drain()

    assert taken == [7_001, 2_998]
    states = {trade.order(order.order_id).state for order in orders}
    assert states == ({"dispute_review"} if won else {"lost_to_chargeback"})


def test_a_chargeback_while_the_payout_is_under_way_never_takes_the_same_money_twice(world, trade, bank):
    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    bank.take_back()
    bank.decide(won=False)
    bank.follow()  # the bank is faster than the transfer

    world.drain()

    # Stripe transfers nothing of a charge that is lost: what the seller earned pays what they owe for it.
    assert world.stripe.objects("transfer") == []
    commission = order.commission_minor
    assert booked(world, order) == {COMMISSION: -commission, seller_debt_account(order.seller_id): commission}
    assert world.services.payment_store.intent(transfer_intent_id(order.order_id)) is None
    assert trade.order(order.order_id).state == "released"


def test_a_transfer_that_a_chargeback_overtook_pays_the_debt_instead(world, trade, bank):
    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with pytest.raises(Unavailable):
        world.services.settlement.settle(order.order_id)
    bank.take_back()
    bank.decide(won=False)
    bank.follow()

    world.sweep()
    world.sweep()

    intent = world.services.payment_store.intent(transfer_intent_id(order.order_id))
    assert (intent.state, intent.reason) == (IntentState.CLOSED, "overtaken_by_chargeback")
    assert world.services.debts.owed_minor(order.seller_id, "eur") == order.commission_minor
    assert trade.order(order.order_id).state == "released"


def test_a_refund_that_a_chargeback_overtook_is_not_paid_to_the_buyer_twice(world, trade, bank):
    order = trade.bought()
    world.services.orders.cancel(order.order_id, order.seller_id, "Broken.")
    bank.take_back()
    bank.decide(won=False)
    bank.follow()

    world.drain()

    # The bank paid the buyer out of what was held for them: neither a hold nor a loss is left, and the order ends.
    world.sweep()
    assert world.stripe.objects("refund") == []
    assert booked(world, order) == {}
    assert trade.order(order.order_id).state == "refunded"


@pytest.mark.parametrize("won", [True, False])
def test_a_refund_that_meets_an_open_chargeback_waits_for_the_bank(world, trade, bank, won):
    order = trade.bought()
    world.services.orders.cancel(order.order_id, order.seller_id, "Broken.")
    bank.take_back()
    world.drain()
    parked = world.services.payment_store.intent(refund_intent_id(order.order_id))

    bank.decide(won=won)
    world.drain()
    world.sweep()

    intent = world.services.payment_store.intent(refund_intent_id(order.order_id))
    assert (parked.state, parked.reason) == (IntentState.PARKED, "charge_disputed")
    assert (intent.state, intent.attempt) == ((IntentState.DONE, 1) if won else (IntentState.CLOSED, 0))
    assert [each["amount"] for each in world.stripe.objects("refund")] == ([TOTAL] if won else [])
    assert booked(world, order) == {}
    assert trade.order(order.order_id).state == "refunded"


def test_a_chargeback_of_what_is_left_after_one_refund_hits_the_other_order(world, trade, bank):
    cancelled, kept = two_orders(trade)
    world.services.orders.cancel(cancelled.order_id, cancelled.seller_id, "Broken.")
    world.drain()
    bank.take_back()
    bank.decide(won=False)
    world.drain()

    assert booked(world, kept).get(HELD, 0) == 0
    assert CHARGEBACK_LOSS not in booked(world, cancelled)


def test_stripe_being_away_leaves_it_to_the_next_delivery(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/disputes", times=2)

    with pytest.raises(Unavailable):
        bank.follow()
    state = trade.order(order.order_id).state
    world.drain()

    assert state == "shipped"
    assert trade.order(order.order_id).state == "charged_back"
