"""What a bank takes of money that the seller has is held, also when its transfer was recorded at that moment."""

from contextlib import suppress

import pytest

from marketplace.payments.model import IntentState, transfer_intent_id
from tests.unit.meanwhile import Then, delivered
from tests.unit.payments.test_clawback import chargeback_holds, net_of


class Died(BaseException):
    """A process that ended before it recorded what it had done."""


def sent_and_not_recorded(trade):
    """An order whose transfer Stripe has made, and of which the books say nothing."""

    def die(*_args, **_said):
        raise Died

    order = trade.delivered()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    settlement = trade.world.new_services().settlement
    settlement._transferred = die
    with suppress(Died):
        settlement.settle(order.order_id)
    return order


@pytest.mark.parametrize(("part", "once_read"), [("_ledger", "of_book"), ("_payments", "intent")])
def test_a_transfer_that_is_recorded_while_a_bank_takes_its_money_is_held_once(world, trade, part, once_read):
    order = sent_and_not_recorded(trade)
    before = world.services.payment_store.intent(transfer_intent_id(order.order_id)).state
    dispute = world.stripe.open_dispute(world.stripe.objects("charge")[0]["id"])
    follows, records = world.new_services().chargebacks, world.new_services().settlement
    withheld = follows._withheld

    def recorded_meanwhile(*facts):
        setattr(follows, part, Then(getattr(follows, part), once_read, lambda: records.settle(order.order_id)))
        return withheld(*facts)

    follows._withheld = recorded_meanwhile
    delivered(follows.follow, dispute["id"])
    world.drain()
    world.sweep()

    assert (before, trade.order(order.order_id).state) == (IntentState.OPEN, "released")
    assert chargeback_holds(world, order) == [net_of(order)]
