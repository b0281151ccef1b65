"""A bank that kept a part of a payment, and what is awarded to the buyer: paid once, waited for by nobody else."""

from contextlib import suppress
from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import (
    CHARGEBACK_LOSS,
    HELD,
    LATE_PAYMENT,
    REFUND_OWED,
    UNCLAIMED,
    balances,
    seller_debt_account,
)
from marketplace.notifications.model import BUYER
from marketplace.notifications.rendering import render
from marketplace.payments.model import IntentState, refund_intent_id
from marketplace.payments.not_by_card import TOLD
from marketplace.payments.unclaimed_model import PAID_WITHIN, Whose
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.payments.test_chargeback_amounts import (
    _two_cases,
    charge_of,
    charged_back,
    closed,
    decided,
    partly_lost,
)
from tests.unit.payments.test_refunds import ask

TOTAL = 10_000
LEFT = 6_000  # of 10,000: the bank kept 4,000


def booked(world, order):
    found = balances(world.services.ledger.of_book(order.order_id))
    return {account: amount_minor for (account, _), amount_minor in found.items() if amount_minor}


def refund_of(world, order):
    return world.services.payment_store.intent(refund_intent_id(order.order_id))


def waiting(world):
    return [(each.whose, each.order_id, each.amount_minor) for each in world.services.unclaimed.page(None, 10).items]


@pytest.mark.parametrize("refund_minor", [LEFT, 2_500])
def test_what_no_card_can_be_given_is_kept_for_the_buyer_and_nobody_waits(each_version, world, trade, refund_minor):
    order = decided(trade, partly_lost(trade), refund_minor)

    assert order.state == ("refunded" if refund_minor == LEFT else "split")
    assert refund_of(world, order).state is IntentState.CLOSED
    assert waiting(world) == [(Whose.BUYER, order.order_id, refund_minor)]
    assert (booked(world, order)[UNCLAIMED], booked(world, order).get(HELD)) == (-refund_minor, None)
    assert sum(each["amount"] for each in world.stripe.objects("transfer")) == (LEFT - refund_minor) * 92 // 100
    assert world.stripe.objects("refund") == []


@pytest.mark.parametrize(("locale", "term"), [("en", "within 14 days"), ("es", "en un plazo de 14 días")])
def test_the_buyer_reads_what_happens_next_and_by_when(world, trade, locale, term):
    order = decided(trade, partly_lost(trade), LEFT)

    told = [each.kind for each in world.services.notifications.page(order.buyer_id, None, 50).items]
    facts = {"order_id": order.order_id, "refund_minor": LEFT, "currency": "eur"}
    text = render(TOLD, BUYER, order.order_id, facts, locale)
    assert told.count(TOLD) == 1
    assert term in text.body
    assert str(PAID_WITHIN.days) in term
    assert "60" in text.title


def promised(trade, refund_minor):
    """An award whose refund was promised, and could not be sent yet."""
    order = trade.reviewed(trade.delivered())
    trade.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    trade.awarded(order, refund_minor)
    with suppress(Unavailable):
        trade.services.settlement.settle(order.order_id)
    return trade.order(order.order_id)


def overtaken(trade, refund_minor, bank_minor):
    """Before that refund left, a bank kept a part of the payment."""
    world, order = trade.world, promised(trade, refund_minor)
    closed(trade, charged_back(trade, order, amount=bank_minor), won=False)
    world.clock.advance(minutes=2)
    world.sweep()
    return trade.order(order.order_id)


# refund, bank -> kept for the buyer, the seller's debt, the platform's loss
@pytest.mark.parametrize(
    ("refund_minor", "bank_minor", "kept", "debt"),
    [
        (6_000, 4_000, 2_000, 0),  # less than what is still to be refunded
        (6_000, 6_000, 0, 0),
        (6_000, 9_000, 0, 3_000),  # the rest of it is a loss, the seller's as far as they earned
        (10_000, 4_000, 6_000, 0),
    ],
)
def test_what_the_bank_took_pays_first_what_the_buyer_was_still_to_get(
    world, trade, refund_minor, bank_minor, kept, debt
):
    order = overtaken(trade, refund_minor, bank_minor)

    accounts = booked(world, order)
    assert order.state == ("refunded" if refund_minor == TOTAL else "split")
    assert (accounts.get(UNCLAIMED, 0), accounts.get(CHARGEBACK_LOSS, 0), accounts.get(HELD, 0)) == (-kept, 0, 0)
    earned_minor = (TOTAL - refund_minor) * 92 // 100
    paid_minor = sum(each["amount"] for each in world.stripe.objects("transfer"))
    assert paid_minor - world.services.debts.owed_minor(order.seller_id, "eur") == earned_minor - debt
    assert world.stripe.objects("refund") == []


def test_a_bank_that_took_more_than_the_order_had_left_ends_it_with_what_it_had(each_version, world, trade):
    order = trade.shipped()
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    ask(world, order, 3_000)  # promised, and never sent
    with suppress(Unavailable):
        world.drain()
    charged_back(trade, order)  # all of it

    at_bank = world.services.chargebacks.at_bank(trade.order(order.order_id))
    world.clock.set(trade.order(order.order_id).due_at)
    with suppress(Unavailable):
        world.sweep()
    world.sweep()

    after = trade.order(order.order_id)
    assert (at_bank.withdrawn_minor, at_bank.left_minor) == (7_000, 7_000)
    assert (after.state, after.lost_minor, after.left_minor) == ("lost_to_chargeback", 7_000, 0)
    assert HELD not in booked(world, order)


def test_of_two_banks_each_counts_once_and_nothing_is_kept_for_the_buyer_before_both_decided():
    with new_world() as world:
        trade = Trade(world)
        order = promised(trade, 6_000)
        _, _, first, close_second = _two_cases(trade, order)

        closed(trade, first, won=False)
        world.sweep()
        between = refund_of(world, order)
        close_second(won=False)
        accounts = booked(world, order)

        assert (between.state, between.reason) == (IntentState.PARKED, "charge_disputed")
        assert refund_of(world, order).state is IntentState.CLOSED
        assert accounts.get(CHARGEBACK_LOSS, 0) == accounts.get(UNCLAIMED, 0) == accounts.get(REFUND_OWED, 0) == 0
        assert accounts[seller_debt_account(order.seller_id)] == 4_000  # all that they would have earned
        assert {broken.rule for broken in check(world.view())} <= {"M8"}


def test_a_loss_is_not_booked_while_nobody_knows_whether_the_refund_left(world, trade):
    order = promised(trade, 6_000)
    dispute = world.stripe.open_dispute(charge_of(world), amount=4_000)
    world.stripe.close_dispute(dispute["id"], won=False)
    for method in ("POST", "GET"):
        world.stripe.inject(fault="error_500", method=method, path_prefix="/v1/refunds", times=4)

    with pytest.raises(Unavailable):
        world.services.chargebacks.follow(dispute["id"])

    assert {each.kind for each in world.services.ledger.of_book(order.order_id)} == {"capture", "chargeback_withdrawn"}
    for _ in range(4):
        world.clock.advance(minutes=2)
        with suppress(Unavailable):
            world.drain()
            world.sweep()
    assert waiting(world) == [(Whose.BUYER, order.order_id, 2_000)]


@pytest.mark.parametrize("change", ["parked", "charged"])
def test_what_waits_or_is_lost_against_the_rule_is_a_violation(world, trade, change):
    order = overtaken(trade, 6_000, 4_000)
    world.clock.advance(hours=2)
    view, name = world.view(), refund_intent_id(order.order_id)

    if change == "parked":
        stopped = {"state": IntentState.PARKED, "reason": "charge_disputed"}
        intents = [replace(each, **stopped) if each.intent_id == name else each for each in view.intents]
        broken = check(replace(view, intents=intents))
    else:
        broken = check(replace(view, ledger=[each for each in view.ledger if each.kind != "refund_overtaken"]))

    assert {"parked": "B5", "charged": "B6"}[change] in {each.rule for each in broken}


def test_a_bank_pays_first_what_had_come_back_from_the_buyer(world, trade):
    order = trade.awarded(trade.reviewed(trade.delivered()), 6_000)
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()

    closed(trade, charged_back(trade, order, amount=4_000), won=False)
    world.drain()

    accounts = booked(world, order)
    assert waiting(world) == [(Whose.BUYER, order.order_id, 2_000)]
    assert (accounts.get(REFUND_OWED, 0), accounts.get(CHARGEBACK_LOSS, 0)) == (0, 0)
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [4_000 * 92 // 100]


def test_a_bank_that_gives_back_after_all_leaves_what_it_had_paid_to_people(world, trade):
    order = overtaken(trade, 6_000, 4_000)

    world.stripe.overturn_dispute(world.stripe.objects("dispute")[0]["id"])
    world.drain()

    assert sorted(amount for *_, amount in waiting(world)) == [2_000, 4_000]
    assert (booked(world, order)[LATE_PAYMENT], booked(world, order)[UNCLAIMED]) == (-4_000, -2_000)
