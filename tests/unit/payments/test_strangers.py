"""What Stripe shows under our names, and what it means: other systems' objects, other currencies, other answers."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import stripe

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import STRIPE_FEES, balances
from marketplace.payments.model import Intent, IntentKind, StripeRefused
from marketplace.payments.stripe_gateway import ACCOUNT_GONE, StripeGateway
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

AVAILABLE = 1_793_000_000  # seconds, as Stripe says when money becomes available


@pytest.fixture
def shared():
    """A marketplace on a Stripe account that another system uses as well: its money is in no book of ours."""
    with new_world() as made:
        yield made


def foreign_charge(world, order, amount_minor=10_000):
    """Somebody else's payment on the same Stripe account, with our payment's name in its metadata."""
    facts = {"amount": amount_minor, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    named = {"metadata": {"payment_id": order.payment_id}}
    methods = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    return world.stripe_client().v1.payment_intents.create({**facts, **named, **methods}).latest_charge


class Answer:
    """What Stripe's client returns."""

    def __init__(self, said):
        self._said = said

    def to_dict(self):
        return self._said


def gateway(resource, method, answer):
    """A gateway to a Stripe that answers one call."""

    def call(*_args, **_given):
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)

    v1 = SimpleNamespace(**{method: call})
    for name in reversed(resource.split(".")):
        v1 = SimpleNamespace(**{name: v1})
    return StripeGateway(lambda: SimpleNamespace(v1=v1))


def moved(amount_minor, currency="eur"):
    return {"amount": amount_minor, "currency": currency, "fee": 0}


def dispute(*movements):
    return {
        "id": "dp_1",
        "status": "won",
        "amount": 10_000,
        "currency": "eur",
        "reason": "general",
        "balance_transactions": list(movements),
    }


def test_a_chargeback_of_another_system_s_payment_leaves_our_order_alone(shared):
    world, trade = shared, Trade(shared)
    order = trade.shipped()
    case = world.stripe.open_dispute(foreign_charge(world, order))

    world.services.chargebacks.follow(case["id"])

    assert trade.order(order.order_id).state == "shipped"
    assert world.services.bank_case_store.of_payment(order.payment_id) == []


def test_a_warning_about_another_system_s_payment_leaves_our_order_alone(shared):
    world, trade = shared, Trade(shared)
    order = trade.bought(price_minor=5_000)
    warning = world.stripe.warn_of_fraud(foreign_charge(world, order, 777))

    world.services.fraud_warnings.follow(warning["id"])

    assert trade.order(order.order_id).state == "paid"
    assert world.stripe.objects("refund") == []


@pytest.mark.parametrize(
    ("movements", "reinstated"),
    [
        ((moved(-10_000),), False),
        ((moved(-10_000), moved(10_000)), True),
        ((moved(-10_000), moved(4_000)), False),  # a part of it: for people
        ((moved(-10_000, "usd"), moved(9_900, "usd")), True),  # converted at two rates
    ],
)
def test_money_is_back_from_a_bank_only_when_all_of_it_is(movements, reinstated):
    found = gateway("disputes", "retrieve", dispute(*movements)).read_dispute("dp_1")

    assert found.reinstated is reinstated


def test_stripe_s_fee_keeps_the_currency_that_stripe_took_it_in():
    taken = {"fee": 85, "currency": "eur", "amount": 6_100, "available_on": AVAILABLE}
    paid = {"id": "pi", "status": "succeeded", "amount": 10_000, "currency": "jpy", "metadata": {}}
    charge = {"id": "ch", "balance_transaction": taken}

    found = gateway("payment_intents", "retrieve", {**paid, "latest_charge": charge}).read_payment("pi")

    assert (found.fee_minor, found.fee_currency, found.currency) == (85, "eur", "jpy")


def test_a_fee_is_booked_in_its_own_currency(world, trade):
    order = trade.bought()
    taken = [each for each in world.services.ledger.of_book(order.payment_id) if each.kind == "processing_fee"]

    assert [each.currency for each in taken] == ["eur"]
    assert balances(taken)[STRIPE_FEES, "eur"] > 0


@pytest.mark.parametrize(("code", "raised"), [(ACCOUNT_GONE, StripeRefused), ("api_key_expired", Unavailable)])
def test_an_account_that_left_is_a_refusal_and_a_key_of_ours_is_none(code, raised):
    no = stripe.PermissionError("No access.", http_status=403, code=code)
    back = Intent("reversal#x", IntentKind.REVERSAL, "pay_1", "ord_1", 100, "eur", datetime(2026, 11, 1, tzinfo=UTC))

    with pytest.raises(raised):
        gateway("transfers.reversals", "create", no).reverse(back, transfer_id="tr_1")
