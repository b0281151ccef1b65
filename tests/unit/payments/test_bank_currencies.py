"""A bank's case in another currency than the payment's: what Stripe's balance moved is booked, or nothing is."""

from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.ledger.model import CHARGEBACK_LOSS, HELD, STRIPE_FEES, WITH_BANK, balances
from marketplace.orders.model import BankAsks
from marketplace.payments.model import DisputeInAnotherCurrency
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.payments.test_chargeback_amounts import charge_of
from tests.unit.payments.test_strangers import gateway

FEE = 1_500


@pytest.fixture
def world():
    """A marketplace whose Stripe is made to tell of other currencies, so that its balance (M8) says nothing of them."""
    with new_world() as made:
        made.place_under(2)  # the first whose release waits for a bank
        yield made
        assert {broken.rule for broken in check(made.view())} <= {"M8"}


class Abroad:
    """Stripe, which tells a dispute in other currencies than it has it."""

    def __init__(self, world, real) -> None:
        self._world, self._real = world, real
        self.said: dict[str, object] = {}

    def __getattr__(self, name):
        return getattr(self._real, name)

    def read_dispute(self, dispute_id):
        [plain] = [each for each in self._world.stripe.objects("dispute") if each["id"] == dispute_id]
        return gateway("disputes", "retrieve", {**plain, **self.said}).read_dispute(dispute_id)


def moved(amount_minor, currency, fee_minor=0):
    return {"amount": amount_minor, "currency": currency, "fee": fee_minor}


def disputed(world, order, currency, *movements):
    """A dispute in this currency, and what moved of it at Stripe, told to nobody yet; and how to tell more of it."""
    abroad = Abroad(world, world.services.stripe)
    world.given["stripe"] = abroad
    world.restart()
    case = world.stripe.open_dispute(charge_of(world))
    abroad.said = {"currency": currency, "balance_transactions": list(movements)}
    return case["id"], abroad


def booked(world, book):
    return {place: minor for place, minor in balances(world.services.ledger.of_book(book)).items() if minor}


def fees(world, order):
    found = balances(each for each in world.services.ledger.of_book(order.payment_id) if "chargeback" in each.kind)
    return {currency: minor for (account, currency), minor in found.items() if account == STRIPE_FEES and minor}


def test_a_case_s_fee_is_booked_in_the_currency_in_which_stripe_took_it(world):
    order = Trade(world).shipped()
    case, _ = disputed(world, order, "eur", moved(-10_900, "usd", FEE))

    world.services.chargebacks.follow(case)
    world.services.chargebacks.follow(case)

    assert fees(world, order) == {"usd": FEE}
    assert booked(world, order.order_id)[WITH_BANK, "eur"] == 10_000  # as the payment is booked: at its own price


def test_fees_taken_in_two_currencies_are_no_sum(world):
    order = Trade(world).shipped()
    case, abroad = disputed(world, order, "eur", moved(-10_000, "eur", FEE))
    world.services.chargebacks.follow(case)

    abroad.said["balance_transactions"] = [moved(-10_000, "eur", FEE), moved(0, "usd", -700)]
    world.services.chargebacks.follow(case)
    world.services.chargebacks.follow(case)

    assert fees(world, order) == {"eur": FEE, "usd": -700}


def test_a_fee_that_stripe_tells_in_another_currency_later_moves_there(world):
    order = Trade(world).shipped()
    case, abroad = disputed(world, order, "eur", moved(-10_000, "eur", FEE))
    world.services.chargebacks.follow(case)

    abroad.said["balance_transactions"] = [moved(-10_900, "usd", FEE + 100)]
    world.services.chargebacks.follow(case)
    world.services.chargebacks.follow(case)

    assert fees(world, order) == {"usd": FEE + 100}


def test_a_case_in_the_bank_s_currency_is_booked_as_stripe_s_balance_moved(world):
    trade = Trade(world)
    order = trade.shipped()
    case, _ = disputed(world, order, "usd", moved(-9_800, "eur", FEE))

    world.services.chargebacks.follow(case)

    assert booked(world, order.order_id)[WITH_BANK, "eur"] == 9_800
    assert (trade.order(order.order_id).state, trade.order(order.order_id).withdrawn_minor) == ("charged_back", 9_800)


def test_what_a_bank_took_beyond_the_payment_by_its_rate_is_the_platform_s_loss(world):
    order = Trade(world).shipped()
    case, abroad = disputed(world, order, "usd", moved(-10_050, "eur", FEE))
    world.services.chargebacks.follow(case)

    abroad.said["status"] = "lost"
    world.services.chargebacks.follow(case)

    found = booked(world, order.order_id)
    assert (found.get((HELD, "eur"), 0), found[CHARGEBACK_LOSS, "eur"]) == (0, 50)


def test_nothing_but_its_fee_is_booked_of_a_case_that_is_in_no_currency_of_the_payment(world):
    trade = Trade(world)
    order = trade.shipped()
    case, _ = disputed(world, order, "usd", moved(-1_600_000, "jpy", FEE))
    before = booked(world, order.order_id)

    for _ in range(2):
        with pytest.raises(DisputeInAnotherCurrency):
            world.services.chargebacks.follow(case)

    assert booked(world, order.order_id) == before
    assert fees(world, order) == {"jpy": FEE}
    assert trade.order(order.order_id).state == "shipped"


def test_people_see_a_case_that_could_not_be_booked_as_the_bank_tells_it(world):
    order = Trade(world).shipped()
    case, _ = disputed(world, order, "usd", moved(-1_600_000, "jpy", FEE))

    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    [kept] = world.services.bank_case_store.of_payment(order.payment_id)
    assert (kept.dispute_id, kept.amount_minor, kept.currency) == (case, 10_000, "usd")


def test_the_release_waits_while_nobody_can_book_what_the_bank_took(world):
    trade = Trade(world)
    order = trade.delivered()
    case, _ = disputed(world, order, "usd", moved(-1_600_000, "jpy", FEE))
    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    with pytest.raises(BankAsks):
        world.services.orders.confirm(order.order_id, order.buyer_id)
    with pytest.raises(DisputeInAnotherCurrency):  # the message stays in its queue, whose dead letters are alarmed
        world.drain()


def test_a_release_that_waited_for_a_case_nobody_could_book_goes_on_when_the_bank_gave_it_back(world):
    trade = Trade(world)
    order = trade.delivered()
    away, back = moved(-1_600_000, "jpy"), moved(1_600_000, "jpy")
    case, abroad = disputed(world, order, "usd", away)
    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    abroad.said |= {"status": "won", "balance_transactions": [away, back]}
    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    world.services.orders.confirm(order.order_id, order.buyer_id)
    assert trade.order(order.order_id).state != "delivered"


def test_a_release_does_not_go_on_when_the_bank_keeps_what_nobody_could_book(world):
    trade = Trade(world)
    order = trade.delivered()
    case, abroad = disputed(world, order, "usd", moved(-1_600_000, "jpy"))
    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    abroad.said["status"] = "lost"
    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)

    with pytest.raises(BankAsks):
        world.services.orders.confirm(order.order_id, order.buyer_id)


def test_the_seller_reads_of_a_case_that_does_not_move_the_order_as_nobody_could_book_it(world):
    order = Trade(world).delivered()
    case, abroad = disputed(world, order, "usd", moved(-1_600_000, "jpy"))

    with pytest.raises(DisputeInAnotherCurrency):
        world.services.chargebacks.follow(case)
    abroad.said["balance_transactions"] = []  # for the messages that wait still, which would fail with it
    world.drain()

    told = [each.kind for each in world.services.notifications.page(order.seller_id, None, 50).items]
    assert {"chargeback.opened", "chargeback.release_waits"} <= set(told)


@pytest.mark.parametrize("status", ["needs_response", "lost"])
def test_the_end_of_another_question_lets_nothing_go_on_while_a_case_nobody_could_book_keeps_it(world, status):
    trade = Trade(world)
    order = trade.delivered()
    case, abroad = disputed(world, order, "usd", moved(-1_600_000, "jpy"))
    for abroad.said["status"] in ("needs_response", status):
        with pytest.raises(DisputeInAnotherCurrency):
            world.services.chargebacks.follow(case)
    real, desk = world.services.stripe, world.services.bank_cases
    asked = replace(real.read_dispute(case), dispute_id="dp_asks", status="warning_needs_response", taken={})
    payment = world.services.payment_store.read(order.payment_id)
    known = desk.note(None, payment, [trade.order(order.order_id)], asked)

    desk.note(known, payment, [trade.order(order.order_id)], replace(asked, status="warning_closed"))

    with pytest.raises(BankAsks):
        world.services.orders.confirm(order.order_id, order.buyer_id)
