"""What refunds and banks' cases cost, and who pays: a refund never made costs nothing, each change of a fee counts."""

from contextlib import suppress
from dataclasses import replace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import STRIPE_FEES, balances
from marketplace.payments.model import IntentState
from marketplace.payments.refund_model import RefundState
from tests.unit.payments.test_refunds import ask, owed, refunds

PART = 4_000


@pytest.fixture
def seller_bears(world):
    """A deployment whose sellers bear what Stripe keeps of a refund."""
    world.settings = replace(world.settings, refund_cost_bearer="seller")
    world.restart()


def charge_of(world):
    [charge] = [each for each in world.stripe.objects("charge") if each["status"] == "succeeded"]
    return charge["id"]


def view_of(world, order):
    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    return view


def refused_then_charged_back(world, order):
    """The bank takes the money before Stripe could refund any of it, and keeps it."""
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    ask(world, order, PART)
    with suppress(Unavailable):
        world.drain()
    case = world.stripe.open_dispute(charge_of(world))
    world.drain()
    world.stripe.close_dispute(case["id"], won=False)
    world.drain()
    world.sweep()


@pytest.mark.usefixtures("seller_bears")
def test_a_refund_that_the_bank_made_instead_costs_the_seller_nothing(world, trade):
    order = trade.shipped()

    refused_then_charged_back(world, order)

    assert (view_of(world, order).state, view_of(world, order).cost_minor) == (RefundState.BY_BANK, 0)
    assert refunds(world) == []
    assert owed(world, order) == 0


@pytest.mark.usefixtures("seller_bears")
def test_a_refund_costs_the_seller_when_it_is_made_and_once_however_often_it_is_sent(world, trade):
    order = trade.shipped()
    ask(world, order, PART)
    before = owed(world, order)
    world.drain()
    made = owed(world, order)
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    leg = view_of(world, order).leg
    world.services.transactions.commit([world.services.payment_store.reopen_intent(leg, world.clock.now())])
    world.sweep()

    assert view_of(world, order).leg.state is IntentState.DONE
    assert (before, owed(world, order)) == (0, made)
    assert made > 0


def test_a_fee_that_comes_back_to_what_it_was_is_booked_again(world, trade):
    order = trade.shipped()
    case = world.stripe.open_dispute(charge_of(world))
    services, real = world.services, world.services.stripe

    class Fees:
        """Stripe, which adds fees of a case and returns them."""

        fee_minor = 0

        def __getattr__(self, name):
            return getattr(real, name)

        def read_dispute(self, dispute_id):
            return replace(real.read_dispute(dispute_id), fees={"eur": self.fee_minor})

    asked = Fees()
    world.given["stripe"] = asked
    world.restart()
    services = world.services
    booked = []
    for fee_minor in (1_500, 0, 1_500, 3_000, 1_500):
        asked.fee_minor = fee_minor
        services.chargebacks.follow(case["id"])
        services.chargebacks.follow(case["id"])
        fees = [each for each in services.ledger.of_book(order.payment_id) if each.kind == "chargeback_fee"]
        booked.append(balances(fees)[STRIPE_FEES, "eur"])

    assert booked == [1_500, 0, 1_500, 3_000, 1_500]
    world.drain()
