"""What silence makes of a return follows from the order as it stands, whatever was decided since somebody read it."""

import pytest

from marketplace.payments.refund_model import RefundTooEarly
from tests.unit.meanwhile import Then
from tests.unit.returns.test_exchanges import read
from tests.unit.returns.test_returns import ask, bought, refunds

PRICE = 10_000


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def sent_back(trade):
    order = bought(trade, quantity=1)
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    return order, made


def disputed(trade, order):
    view = trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    trade.world.drain()
    return view.dispute.dispute_id


def agreed(trade, order, refund_minor):
    dispute_id, disputes = disputed(trade, order), trade.services.disputes
    view = disputes.offer(dispute_id, order.seller_id, refund_minor, expires_in_hours=24)
    disputes.accept_offer(dispute_id, view.dispute.offers[-1].offer_id, order.buyer_id)


@pytest.mark.parametrize("who", ["silence", "the seller"])
def test_a_return_is_overruled_by_an_agreement_that_is_carried_out_while_it_ends(world, trade, who):
    order, made = sent_back(trade)
    world.clock.advance(days=15)
    agreed(trade, order, 4_000)  # and not carried out yet
    looks = world.new_services()
    steps = looks.return_steps
    steps._orders = Then(steps._orders, "read", lambda: world.new_services().settlement.settle(order.order_id))

    if who == "silence":
        looks.return_clock.run(100)
        world.clock.advance(minutes=2)
    else:
        with pytest.raises(RefundTooEarly):
            looks.returns.receive(made.return_id, order.seller_id, restock=False)
        looks.returns.receive(made.return_id, order.seller_id, restock=False)
    world.drain()
    world.sweep()
    world.clock.advance(days=2)
    world.sweep()

    assert trade.order(order.order_id).state == "split"
    assert refunds(world) == [4_000]
    assert read(trade, made).outcome == "superseded"


def test_a_claim_that_is_taken_back_at_that_moment_overrules_no_return(world, trade):
    order, made = sent_back(trade)
    world.clock.advance(days=10)
    dispute_id = disputed(trade, order)
    world.clock.advance(days=4, seconds=10)
    looks = world.new_services()
    clock = looks.return_clock
    clock._orders = Then(clock._orders, "read", lambda: world.new_services().disputes.drop(dispute_id, order.buyer_id))

    clock.run(100)
    world.drain()
    world.sweep()

    assert read(trade, made).outcome == "refunded"
    assert refunds(world) == [PRICE]
