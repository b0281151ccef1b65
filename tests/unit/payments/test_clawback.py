"""A chargeback of a paid seller: held while the bank looks, taken back when lost, given back to the cent when won."""

from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import (
    CHARGEBACK_LOSS,
    COMMISSION,
    WITH_BANK,
    balances,
    seller_account,
    seller_debt_account,
)
from marketplace.payments.clawback import sellers_share
from marketplace.payments.model import IntentState, reversal_leg_id, transfer_back_id
from marketplace.payments.unclaimed_model import Whose
from marketplace.payouts.model import Cause
from tests.crash.refund_deeds import ask, pay_out

TOTAL = 10_000


@pytest.fixture(params=[1, 2], ids=["process 1", "process 2"])
def each_version(request, world):
    world.place_under(request.param)
    return request.param


def released(world, trade):
    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    return trade.order(order.order_id)


def taken(world, **said):
    [charge] = [each for each in world.stripe.objects("charge") if each["status"] == "succeeded"]
    dispute = world.stripe.open_dispute(charge["id"], **said)
    world.drain()
    return dispute["id"]


def closed(world, dispute_id, *, won):
    world.stripe.close_dispute(dispute_id, won=won)
    world.drain()


def booked(world, order):
    found = balances(world.services.ledger.of_book(order.order_id))
    return {account: amount_minor for (account, _), amount_minor in found.items() if amount_minor}


def chargeback_holds(world, order):
    waiting = world.services.paying.waiting(order.seller_id, "eur").holds
    return [each.amount_minor for each in waiting if each.cause is Cause.CHARGEBACK]


def at_stripe(world, order):
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    money = world.stripe.balances().get(account, {}).get("eur", {"available": 0, "pending": 0})
    return money["available"] + money["pending"]


def owed(world, order):
    return world.services.debts.owed_minor(order.seller_id, "eur")


def net_of(order):
    return TOTAL - order.commission_minor - order.commission_vat_minor


def test_before_the_release_the_order_itself_stands_still_and_no_balance_is_held(each_version, world, trade):
    order = trade.delivered()

    taken(world)

    assert trade.order(order.order_id).state == "charged_back"
    assert chargeback_holds(world, order) == []


def test_after_the_release_and_before_a_payout_the_sellers_balance_is_held(each_version, world, trade):
    order = released(world, trade)

    taken(world)
    world.clock.advance(days=20)
    world.sweep()

    assert chargeback_holds(world, order) == [net_of(order)]
    assert at_stripe(world, order) == net_of(order)  # no payout date sends it


def test_after_a_payout_what_was_paid_is_held_of_later_earnings(each_version, world, trade):
    order = released(world, trade)
    pay_out(trade, order)

    taken(world)

    assert chargeback_holds(world, order) == [net_of(order)]


def test_a_loss_takes_the_transfer_back_and_leaves_the_commission_as_debt(each_version, world, trade):
    order = released(world, trade)

    closed(world, taken(world), won=False)

    assert at_stripe(world, order) == 0
    assert owed(world, order) == order.commission_minor
    assert booked(world, order)[seller_debt_account(order.seller_id)] == order.commission_minor
    assert chargeback_holds(world, order) == []


def test_a_partial_loss_takes_back_no_more_than_the_bank_took(each_version, world, trade):
    order = released(world, trade)

    closed(world, taken(world, amount=4_000), won=False)

    assert at_stripe(world, order) == net_of(order) - 4_000
    assert owed(world, order) == 0


def test_a_loss_after_a_payout_is_debt_that_later_earnings_pay(each_version, world, trade):
    order = released(world, trade)
    pay_out(trade, order)

    closed(world, taken(world), won=False)

    assert world.stripe.objects("transfer_reversal") == []
    assert owed(world, order) == TOTAL


def test_only_what_refunds_left_of_the_transfer_is_taken_back(each_version, world, trade):
    order = released(world, trade)
    ask(world.services, order, 3_000, "before")
    world.drain()
    left = at_stripe(world, order)

    closed(world, taken(world), won=False)

    assert at_stripe(world, order) == 0
    assert owed(world, order) == 7_000 - left


def test_the_hold_stands_until_the_reversal_is_over(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)

    closed(world, dispute_id, won=False)
    during = chargeback_holds(world, order)
    world.sweep()

    assert during == [net_of(order)]
    assert chargeback_holds(world, order) == []
    assert at_stripe(world, order) == 0


def test_what_stripe_refuses_to_reverse_is_debt_at_once(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    world.clock.advance(days=10)
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    money = {"amount": net_of(order), "currency": "eur"}
    world.stripe_client().v1.payouts.create(money, {"stripe_account": account})  # beside us, whatever is held

    closed(world, dispute_id, won=False)

    intent = world.services.payment_store.intent(reversal_leg_id(order.order_id, dispute_id))
    assert intent.state is IntentState.CLOSED
    assert owed(world, order) == TOTAL
    assert seller_account(order.seller_id) not in booked(world, order)


def test_a_win_while_the_bank_looks_moves_nothing_of_the_seller(each_version, world, trade):
    order = released(world, trade)
    before = booked(world, order)

    closed(world, taken(world), won=True)

    assert booked(world, order) == before
    assert at_stripe(world, order) == net_of(order)
    assert chargeback_holds(world, order) == []


def test_a_win_after_the_loss_gives_back_exactly_what_was_taken(each_version, world, trade):
    order = released(world, trade)
    before = booked(world, order)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)

    world.stripe.overturn_dispute(dispute_id)
    world.drain()

    assert booked(world, order) == before
    assert (at_stripe(world, order), owed(world, order)) == (net_of(order), 0)
    assert {each.kind for each in world.services.ledger.of_book(order.order_id)} >= {"transfer_reversal", "transfer"}


def test_a_win_after_earnings_paid_the_debt_sends_the_seller_what_they_paid(each_version, world, trade):
    order = released(world, trade)
    pay_out(trade, order)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    other = earn_on(trade, order)
    paid_by_earnings = TOTAL - owed(world, order)
    trade.bought()
    world.clock.advance(days=10)  # the other payments clear: what is sent comes out of the balance

    world.stripe.overturn_dispute(dispute_id)
    world.drain()

    assert paid_by_earnings == net_of(other)
    assert owed(world, order) == 0
    assert at_stripe(world, order) == paid_by_earnings
    intent = world.services.payment_store.intent(transfer_back_id(order.order_id, dispute_id))
    assert (intent.state, intent.amount_minor) == (IntentState.DONE, paid_by_earnings)


def test_a_win_waits_until_the_reversal_is_over(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=4)
    closed(world, dispute_id, won=False)
    world.stripe.overturn_dispute(dispute_id)

    with pytest.raises(Unavailable):
        world.services.chargebacks.follow(dispute_id)
    world.stripe.faults.clear()
    world.sweep()

    assert at_stripe(world, order) == net_of(order)
    assert owed(world, order) == 0


def test_a_stop_of_payments_keeps_what_goes_back_to_the_seller_and_no_more(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    world.services.switch.stop("currency:eur", "manual", "A look.")

    world.stripe.overturn_dispute(dispute_id)
    world.drain()

    intent = world.services.payment_store.intent(transfer_back_id(order.order_id, dispute_id))
    assert intent.state is IntentState.OPEN
    assert WITH_BANK not in booked(world, order)
    assert at_stripe(world, order) == 0


def test_told_again_and_again_a_loss_and_its_win_are_booked_once(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    world.services.chargebacks.follow(dispute_id)
    world.stripe.overturn_dispute(dispute_id)
    for _ in range(3):
        world.services.chargebacks.follow(dispute_id)
    world.drain()

    kinds = [each.kind for each in world.services.ledger.of_book(order.order_id)]
    once = ("chargeback_lost", "chargeback_reinstated", "transfer_reversal")
    assert [kinds.count(each) for each in once] == [1, 1, 1]
    assert len(world.stripe.objects("transfer")) == 2


def test_a_refund_after_the_win_takes_back_what_the_win_brought(each_version, world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    world.stripe.overturn_dispute(dispute_id)
    world.drain()

    ask(world.services, order, TOTAL, "all")
    world.drain()

    assert booked(world, order).get(COMMISSION, 0) == 0
    assert (at_stripe(world, order), owed(world, order)) == (0, 0)
    assert [each["amount"] for each in world.stripe.objects("refund")] == [TOTAL]


def test_the_platform_bears_the_fee_of_a_chargeback_that_a_seller_loses(each_version, world, trade):
    order = released(world, trade)
    closed(world, taken(world), won=False)

    fees = [each for each in world.services.ledger.of_book(order.payment_id) if each.kind == "chargeback_fee"]
    assert [{leg.account for leg in each.postings} for each in fees] == [{"stripe_fees", "stripe"}]
    assert owed(world, order) == order.commission_minor


def test_money_that_a_bank_takes_from_a_paid_seller_without_a_hold_is_a_violation(world, trade):
    released(world, trade)
    taken(world)
    view = world.view()

    bare = replace(view, payout_holds=())
    assert "B1" in {each.rule for each in check(bare)}
    assert check(view) == []


def test_a_win_that_leaves_the_seller_with_the_loss_is_a_violation(world, trade):
    released(world, trade)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    world.stripe.overturn_dispute(dispute_id)
    world.drain()
    view = world.view()

    kept = [replace(each, postings=_to_the_platform(each)) for each in view.ledger]

    assert "B2" in {each.rule for each in check(replace(view, ledger=kept))}
    assert check(view) == []


def _to_the_platform(transaction):
    if transaction.kind != "chargeback_reinstated":
        return transaction.postings
    return tuple(replace(leg, account=COMMISSION) if "seller" in leg.account else leg for leg in transaction.postings)


def earn_on(trade, order):
    """Let the seller of an order earn with another one, which pays their debt."""
    world = trade.world
    placed = trade.place(trade.person("Buyer"), (trade.listing(order.seller_id), 1))
    trade.pay(placed)
    world.drain()
    other = placed.orders[0]
    world.services.orders.ship(other.order_id, other.seller_id, "correos", "PK9")
    world.services.orders.confirm(other.order_id, other.buyer_id)
    world.drain()
    return other


def test_what_the_balance_is_too_small_for_waits_for_a_person_and_is_sent_again(world, trade):
    order = released(world, trade)
    pay_out(trade, order)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    earn_on(trade, order)
    world.clock.advance(days=10)
    world.stripe.overturn_dispute(dispute_id)
    world.drain()
    intent_id = transfer_back_id(order.order_id, dispute_id)
    parked = world.services.payment_store.intent(intent_id)

    trade.bought(price_minor=50_000)
    world.clock.advance(days=10)
    world.services.transactions.commit([world.services.payment_store.reopen_intent(parked, world.clock.now())])
    world.sweep()

    assert (parked.state, parked.reason) == (IntentState.PARKED, "balance_insufficient")
    assert world.services.payment_store.intent(intent_id).state is IntentState.DONE
    assert at_stripe(world, order) == parked.amount_minor


def test_lost_cases_together_take_what_a_seller_had_left_and_no_more(world, trade):
    order = released(world, trade)
    ask(world.services, order, 2_000, "some")
    world.drain()
    for amount_minor in (5_000, 3_000):
        closed(world, taken(world, amount=amount_minor), won=False)

    lost = [each for each in world.services.ledger.of_book(order.order_id) if each.kind == "chargeback_lost"]

    assert sellers_share(lost) == 8_000
    assert CHARGEBACK_LOSS not in booked(world, order)
    assert trade.order(order.order_id).seller_left_minor == 0


def test_a_case_after_another_leaves_a_seller_exactly_the_rest(world, trade):
    order = released(world, trade)
    for amount_minor in (4_000, 5_000):
        closed(world, taken(world, amount=amount_minor), won=False)

    assert CHARGEBACK_LOSS not in booked(world, order)
    assert trade.order(order.order_id).seller_left_minor == 1_000

    ask(world.services, trade.order(order.order_id), 1_000, "rest")
    world.drain()
    world.sweep()
    assert [(row.whose, row.amount_minor) for row in world.services.unclaimed.page(None, 5).items] == [
        (Whose.BUYER, 1_000)
    ]


def test_what_a_case_took_and_gave_back_is_not_counted_against_the_next(world, trade):
    order = released(world, trade)
    first = taken(world, amount=6_000)
    closed(world, first, won=False)
    world.stripe.overturn_dispute(first)
    world.drain()

    second = taken(world, amount=9_000)
    closed(world, second, won=False)

    [lost] = [each for each in world.services.ledger.of_book(order.order_id) if each.key == f"chargeback_lost#{second}"]
    theirs = {seller_account(order.seller_id), seller_debt_account(order.seller_id)}
    assert sum(leg.amount_minor for leg in lost.postings if leg.account in theirs) == 9_000
