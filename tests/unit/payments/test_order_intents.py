"""Every intent of an order is found by the names that its refunds and its book give: nobody else lists them."""

import pytest

from marketplace.payments.order_intents import READ_MAX, intents_of
from tests.crash.flows import FLOWS
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

# One flow for each way in which an intent comes to be.
NAMED = (
    "split award",
    "two refunds, then the release",
    "refund after the release",
    "lost chargeback of a paid seller",
    "lost chargeback won later",
    "debt collected",
    "overturned for the seller after the end",
    "unclaimed money goes to the buyer",
    "unclaimed money goes to the seller",
    "a seller's unclaimed money goes to the buyer",
    "unclaimed money back to its seller",
    "unclaimed money sent again, the bank pays",
)


@pytest.mark.parametrize("name", NAMED)
def test_the_names_find_all_that_are_stored(name):
    flow, found = FLOWS[name], {}
    with new_world(vat_country="ES") as world:
        trade = Trade(world)
        flow.act(trade, flow.prepare(trade))
        world.drain()
        view = world.view()
        for order in view.orders:
            refunds = world.services.refund_store.of_order(order.order_id)
            book = world.services.ledger.of_book(order.order_id)
            found[order.order_id] = intents_of(order.order_id, refunds, book, world.services.payment_store)

    stored = {each.intent_id for each in view.intents if each.order_id}
    assert stored
    assert {each.intent_id for some in found.values() for each in some} == stored
    assert all(each.order_id == order_id for order_id, some in found.items() for each in some)


def test_more_names_than_one_read_takes_are_read_in_portions():
    asked = []

    class Payments:
        def intents(self, names):
            asked.append(len(names))
            return {}

    class Refund:
        def __init__(self, nth):
            self.leg_id, self.reversal_id = f"leg-{nth:03d}", f"back-{nth:03d}"

    assert intents_of("ord_1", [Refund(nth) for nth in range(60)], [], Payments()) == []
    assert asked == [READ_MAX, 3 + 120 - READ_MAX]
