"""What a bank took is divided once, and a question that is over keeps nothing waiting."""

from contextlib import suppress
from dataclasses import replace

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS, WITH_BANK
from marketplace.payments.model import IntentState
from tests.unit.meanwhile import after, before, died
from tests.unit.payments.test_banks_and_awards import booked as of_order
from tests.unit.payments.test_banks_and_refunds import booked
from tests.unit.payments.test_chargeback_amounts import TwoCases, charge_of
from tests.unit.payments.test_refunds import ask


def test_what_the_bank_took_of_two_orders_is_divided_once(world, trade):
    listings = [trade.listing(trade.seller(), price_minor=5_000) for _ in range(2)]
    placed = trade.place(trade.person("Buyer"), *((each, 1) for each in listings))
    trade.pay(placed)
    world.drain()
    refunded, sent = placed.orders
    world.services.orders.ship(sent.order_id, sent.seller_id, "correos", "PK1")
    world.services.orders.cancel(refunded.order_id, refunded.buyer_id, "Changed my mind.")
    world.drain()
    [refund] = world.stripe.objects("refund")
    case = world.stripe.open_dispute(charge_of(world))["id"]
    slow, quick = world.new_services().chargebacks, world.new_services().chargebacks

    def dies_after_the_first():
        quick._withdrawn = died

    quick._withdrawn = after(quick._withdrawn, dies_after_the_first)

    def meanwhile():
        world.stripe.fail_refund(refund["id"])
        services = world.new_services()
        services.refund_legs.came_back(refund["id"], services.finishing.finish)
        with suppress(Unavailable):
            quick.follow(case)

    slow._amounts = after(slow._amounts, meanwhile)
    with suppress(Unavailable):
        slow.follow(case)
    took = world.new_services().stripe.read_dispute(case).amount_minor
    world.drain()

    assert booked(world, WITH_BANK) == took


def test_two_questions_that_end_at_once_keep_no_release_waiting(world, trade):
    world.place_under(2)
    order = trade.delivered()
    first = world.stripe.open_dispute(charge_of(world), inquiry=True)["id"]
    world.drain()

    def knows(**said):
        cases = world.new_services().chargebacks
        real = cases._stripe.read_dispute(first)
        cases._stripe = TwoCases(cases._stripe, replace(real, dispute_id="dp_second", **said))
        return cases

    world.clock.advance(minutes=1)
    knows().follow("dp_second")
    world.stripe.close_dispute(first, won=False)
    one, other = knows(), knows(status="warning_closed")
    one._bank_cases._asks_still = after(one._bank_cases._asks_still, lambda: other.follow("dp_second"))

    with suppress(Unavailable):
        one.follow(first)
    world.drain()
    world.sweep()
    with suppress(Unavailable):
        other.follow("dp_second")

    now = trade.order(order.order_id)
    assert now.asked_until is None


def test_two_refunds_are_not_both_paid_by_one_loss(world, trade):
    order = trade.delivered()
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=9)
    ask(world, order, 3_000)
    with suppress(Unavailable):
        world.drain()
    order = _reviewed(trade, order)
    with suppress(Unavailable):
        trade.awarded(order, 4_000)
    with suppress(Unavailable):
        trade.services.settlement.settle(order.order_id)
    case = world.stripe.open_dispute(charge_of(world), amount=4_000)["id"]
    for _ in range(4):
        with suppress(Unavailable):
            world.drain()
        world.clock.advance(minutes=2)
        world.sweep()
    [scratch, award] = sorted(world.services.overtaken._legs(order.order_id), key=lambda each: each.amount_minor)
    assert [each.state for each in (award, scratch)] == [IntentState.PARKED] * 2, (award, scratch)
    world.stripe.close_dispute(case, won=False)
    loss = world.new_services().chargebacks

    loss._overtaken.follow = died
    with suppress(Unavailable):
        loss.follow(case)
    store = world.services.payment_store
    world.services.transactions.commit([store.reopen_intent(award, world.clock.now())])  # as two people do (desk.py)
    one, other = world.new_services().overtaken, world.new_services().settlement
    parked = other._overtaken._parked  # a batch of reads comes in any order
    other._overtaken._parked = lambda order_id: sorted(parked(order_id), key=lambda each: -each.amount_minor)
    other._release = died  # slow, or dead, before it comes to the seller's part

    def settled():
        with suppress(Unavailable):
            other.settle(order.order_id)

    one._paid = before(one._paid, settled)

    with suppress(Unavailable):
        one.follow(order.order_id)
    for _ in range(3):
        world.drain()
        world.clock.advance(minutes=2)
        world.sweep()

    assert CHARGEBACK_LOSS not in of_order(world, order)


def _reviewed(trade, order):
    disputes = trade.services.disputes
    dispute_id = disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None).dispute.dispute_id
    disputes.answer(dispute_id, order.seller_id, "It was whole.")
    if trade.order(order.order_id).state == "negotiating":
        disputes.escalate(dispute_id, order.buyer_id)
    return trade.order(order.order_id)
