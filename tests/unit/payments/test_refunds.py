"""Refunds: out of the hold or of what was released, never more than there is, never twice, and who bears them."""

from dataclasses import replace

import pytest

from marketplace.kit.errors import DomainError, IdempotencyKeyReused
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.step_up import STEP_UP_MAX_AGE, StepUpRequired
from marketplace.ledger.model import COMMISSION, HELD, REFUND_OWED, STRIPE_FEES, balances, seller_account
from marketplace.orders.model import OPERATOR, SYSTEM, OrderMissing, TransitionRefused
from marketplace.payments.model import IntentState, transfer_intent_id
from marketplace.payments.refund_model import (
    REFUNDS_MAX,
    ChargeDisputed,
    DisputeDecides,
    RefundAmountInvalid,
    RefundLine,
    RefundState,
    RefundTooEarly,
    RefundTooLarge,
    TooManyRefunds,
)

TOTAL = 10_000


def principal(account_id, world, *, proved_ago=None):
    proved_at = world.clock.now() - (proved_ago or STEP_UP_MAX_AGE)
    return Principal(account_id, "ses_1", True, "en", seller_active=True, proved_at=proved_at)


def ask(world, order, amount_minor, *, key="once", by=None, **said):
    attempt = Idempotency(key, f"fingerprint-{key}-{amount_minor}")
    seller = principal(by or order.seller_id, world)
    return world.services.refunds.ask(order.order_id, seller, amount_minor, "A scratch.", attempt, **said)


def booked(world, order) -> dict[str, int]:
    found = balances(world.services.ledger.of_book(order.order_id))
    return {account: amount_minor for (account, _), amount_minor in found.items() if amount_minor}


def refunds(world) -> list[int]:
    return [each["amount"] for each in world.stripe.objects("refund")][::-1]


def reversals(world) -> list[int]:
    return [each["amount"] for each in world.stripe.objects("transfer_reversal")][::-1]


def released(trade, **given):
    order = trade.shipped(**given)
    return confirmed(trade, order)


def confirmed(trade, order):
    trade.world.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def states(world, order) -> list[str]:
    return [each.state for each in world.services.refunds.of_order(order.order_id, order.buyer_id).refunds]


def owed(world, order) -> int:
    return world.services.debts.owed_minor(order.seller_id, order.currency)


def pay_out(world, order) -> None:
    """Let the seller's money settle and leave Stripe: nothing can be reversed any more."""
    world.clock.advance(days=10)
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    money = world.stripe.balances()[account]["eur"]["available"]
    world.stripe_client().v1.payouts.create({"amount": money, "currency": "eur"}, {"stripe_account": account})


# Before the release


@pytest.mark.parametrize("reach", ["bought", "shipped", "delivered"])
def test_a_part_of_a_running_order_goes_back_and_the_order_goes_on(world, trade, reach):
    order = getattr(trade, reach)()

    view = ask(world, order, 3_000)
    world.drain()

    after = trade.order(order.order_id)
    assert (view.state, states(world, order)) == (RefundState.REFUNDING, [RefundState.DONE])
    assert (after.state, after.refunded_minor, after.left_minor) == (order.state, 3_000, 7_000)
    assert refunds(world) == [3_000]
    assert booked(world, order)[HELD] == -7_000


def test_the_release_after_refunds_pays_what_is_left_with_its_commission(world, trade):
    order = trade.shipped()
    ask(world, order, 3_333, key="one")
    ask(world, trade.order(order.order_id), 1, key="other")
    world.drain()

    after = confirmed(trade, order)

    assert (after.award.refund_minor, after.award.seller_minor) == (0, 6_666)
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [6_666 - 533]
    assert booked(world, order)[COMMISSION] == -533  # 8 % of 6,666, rounded half up
    assert refunds(world) == [3_333, 1]


def test_two_equal_refunds_are_both_paid_and_one_repeated_is_paid_once(world, trade):
    order = trade.shipped()
    first = ask(world, order, 2_500, key="one")
    again = ask(world, order, 2_500, key="one")
    other = ask(world, trade.order(order.order_id), 2_500, key="two")
    world.drain()

    assert first.refund == again.refund != other.refund
    assert refunds(world) == [2_500, 2_500]
    assert trade.order(order.order_id).refunded_minor == 5_000


def test_a_key_names_one_request(world, trade):
    order = trade.shipped()
    ask(world, order, 2_500)

    with pytest.raises(IdempotencyKeyReused):
        ask(world, order, 2_501)


def test_all_that_is_left_ends_the_order(world, trade):
    order = trade.shipped()
    ask(world, order, 4_000, key="part")
    world.drain()

    ask(world, trade.order(order.order_id), 6_000, key="rest")
    world.drain()

    assert trade.order(order.order_id).state == "refunded"
    assert refunds(world) == [4_000, 6_000]
    assert states(world, order) == [RefundState.DONE, RefundState.DONE]
    assert booked(world, order) == {}


def test_all_of_an_unshipped_order_is_a_cancellation_with_its_goods_back(world, trade):
    order = trade.bought()
    stock = world.services.listing_store.read(order.lines[0].listing_id).stock

    ask(world, order, TOTAL)
    world.drain()

    names = [move.name for move in world.services.order_store.moves(order.order_id)]
    assert (trade.order(order.order_id).state, "cancel" in names) == ("refunded", True)
    assert world.services.listing_store.read(order.lines[0].listing_id).stock == stock + 1


def test_a_dispute_divides_only_what_was_not_refunded(world, each_version, trade):
    order = trade.delivered()
    ask(world, order, 4_000)
    world.drain()
    order = trade.reviewed(trade.order(order.order_id))
    world.services.disputes.decide(order.dispute_id, "acc_operator", 6_000, "5.2", "All of it.")
    world.drain()
    world.clock.advance(days=40)
    world.sweep()

    assert refunds(world) == [4_000, 6_000]
    assert trade.order(order.order_id).state == "refunded"


# After the release


def test_a_refund_after_the_release_is_taken_back_from_the_seller_less_the_commission(world, trade):
    order = released(trade)

    ask(world, order, 2_500)
    world.drain()

    assert (refunds(world), reversals(world)) == ([2_500], [2_300])
    assert booked(world, order)[COMMISSION] == -600
    assert owed(world, order) == 0
    after = trade.order(order.order_id)
    assert (after.state, after.refunded_after_minor, after.seller_left_minor) == ("released", 2_500, 7_500)


def test_refunds_to_the_last_cent_give_back_all_of_the_commission(world, trade):
    order = released(trade, price_minor=9_999)
    for number, amount_minor in enumerate((1, 3_333, 1, 2_222, 4_442)):
        ask(world, trade.order(order.order_id), amount_minor, key=f"part-{number}")
        world.drain()

    assert booked(world, order) == {}
    assert sum(refunds(world)) == 9_999
    assert sum(reversals(world)) == 9_999 - order.commission_minor


def test_what_cannot_be_taken_back_is_debt_and_the_buyer_does_not_wait(world, trade):
    order = released(trade)
    pay_out(world, order)

    ask(world, trade.order(order.order_id), 2_500)
    world.drain()

    [view] = world.services.refunds.of_order(order.order_id, order.seller_id).refunds
    assert (refunds(world), reversals(world)) == ([2_500], [])
    assert (view.state, view.debt_minor, view.reversal.state) == (RefundState.DONE, 2_300, IntentState.CLOSED)
    assert owed(world, order) == 2_300


def test_debt_is_netted_from_the_next_earnings_once(world, trade):
    order = released(trade)
    pay_out(world, order)
    ask(world, trade.order(order.order_id), 2_500)
    world.drain()

    second = released_again(trade, order.seller_id, price_minor=2_000)
    third = released_again(trade, order.seller_id, price_minor=10_000)

    transfers = {each["metadata"]["order_id"]: each["amount"] for each in world.stripe.objects("transfer")}
    assert second.state == third.state == "released"
    assert second.order_id not in transfers  # all 1,840 of it pay the debt of 2,300
    assert transfers[third.order_id] == 9_200 - 460
    assert owed(world, order) == 0


def released_again(trade, seller_id, **given):
    listing = trade.listing(seller_id, **given)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    trade.world.drain()
    order = trade.order(placed.orders[0].order_id)
    trade.world.services.orders.ship(order.order_id, seller_id, "correos", f"PK{order.order_id}")
    trade.world.drain()
    return confirmed(trade, trade.order(order.order_id))


def test_a_refund_of_an_order_whose_earnings_paid_a_debt_is_debt_beyond_its_transfer(world, trade):
    order = released(trade)
    pay_out(world, order)
    ask(world, trade.order(order.order_id), 2_500)
    world.drain()
    second = released_again(trade, order.seller_id, price_minor=10_000)  # 9,200 earned, 2,300 netted, 6,900 transferred

    ask(world, second, 10_000)
    world.drain()

    assert reversals(world) == [6_900]
    assert owed(world, order) == 2_300


def test_a_refund_of_a_split_order_comes_out_of_the_sellers_part(world, each_version, trade):
    order = trade.delivered()
    order = trade.reviewed(trade.order(order.order_id))
    world.services.disputes.decide(order.dispute_id, "acc_operator", 3_000, "5.2", "A part.")
    world.drain()
    world.clock.advance(days=40)
    world.sweep()
    split = trade.order(order.order_id)

    with pytest.raises(RefundTooLarge):
        ask(world, split, 7_001)
    ask(world, split, 7_000)
    world.drain()

    assert refunds(world) == [3_000, 7_000]
    assert booked(world, order) == {}


# What is refused, with nothing moved


@pytest.mark.parametrize("amount_minor", [0, -1, AMOUNT_MAX_MINOR + 1, 10**12, True, 2.5])
def test_what_is_no_amount_is_refused(world, trade, amount_minor):
    order = trade.shipped()

    with pytest.raises(RefundAmountInvalid):
        ask(world, order, amount_minor)

    untouched(world, order)


@pytest.mark.parametrize("reach", ["shipped", "released"])
def test_more_than_is_left_is_refused_with_what_is_left(world, trade, reach):
    order = trade.shipped() if reach == "shipped" else released(trade)
    ask(world, order, 4_000, key="part")
    world.drain()

    with pytest.raises(RefundTooLarge) as refused:
        ask(world, trade.order(order.order_id), 6_001, key="more")

    assert refused.value.facts["left_minor"] == 6_000
    assert refunds(world) == [4_000]


def test_nothing_is_refunded_of_a_charge_at_the_bank(world, trade):
    order = trade.shipped()
    [charge] = world.stripe.objects("charge")
    world.stripe.open_dispute(charge["id"])
    world.drain()

    with pytest.raises(ChargeDisputed):
        ask(world, trade.order(order.order_id), 1_000)

    assert refunds(world) == []


def test_nothing_is_refunded_of_a_released_order_at_the_bank(world, trade):
    order = released(trade)
    [charge] = world.stripe.objects("charge")
    world.stripe.open_dispute(charge["id"])
    world.drain()

    with pytest.raises(ChargeDisputed):
        ask(world, trade.order(order.order_id), 1_000)

    assert (refunds(world), reversals(world)) == ([], [])


def test_an_open_dispute_is_decided_not_refunded(world, trade):
    order = trade.delivered()
    world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)

    with pytest.raises(DisputeDecides):
        ask(world, trade.order(order.order_id), 1_000)


def test_a_settling_order_is_refunded_a_minute_later(world, trade):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)

    with pytest.raises(RefundTooEarly) as refused:
        ask(world, trade.order(order.order_id), 1_000)
    world.drain()
    ask(world, trade.order(order.order_id), 1_000)
    world.drain()

    assert refused.value.retry_after_seconds == 60
    assert refunds(world) == [1_000]


def test_what_was_never_paid_is_not_refunded(world, trade):
    placed = trade.place(trade.person("Buyer"), (trade.listing(trade.seller()), 1))

    with pytest.raises(TransitionRefused):
        ask(world, placed.orders[0], 1_000)


def test_somebody_elses_order_is_not_there(world, trade):
    order = trade.shipped()

    for stranger in (order.buyer_id, trade.seller()):
        with pytest.raises(OrderMissing):
            ask(world, order, 1_000, by=stranger)
    with pytest.raises(OrderMissing):
        world.services.refunds.of_order(order.order_id, trade.person())

    untouched(world, order)


def test_lines_that_were_not_bought_explain_nothing(world, trade):
    order = trade.shipped()
    line = order.lines[0]

    for wrong in (RefundLine("lst_other", 1), RefundLine(line.listing_id, 2), RefundLine(line.listing_id, 0)):
        with pytest.raises(RefundAmountInvalid):
            ask(world, order, 1_000, lines=(wrong,))
    view = ask(world, order, 1_000, lines=(RefundLine(line.listing_id, 1),))
    world.drain()

    assert view.refund.lines == (RefundLine(line.listing_id, 1),)


def test_a_large_refund_needs_a_fresh_proof_and_a_small_one_does_not(world, trade):
    order = trade.shipped(price_minor=60_000)
    stale = principal(order.seller_id, world, proved_ago=STEP_UP_MAX_AGE * 2)
    refund = world.services.refunds.ask

    refund(order.order_id, stale, 49_999, "A scratch.", Idempotency("small", "f1"))
    with pytest.raises(StepUpRequired):
        refund(order.order_id, stale, 50_000, "All of it.", Idempotency("large", "f2"))
    world.drain()

    assert refunds(world) == [49_999]


def test_an_order_has_so_many_refunds(world, trade):
    order = trade.shipped()
    for number in range(REFUNDS_MAX):
        ask(world, trade.order(order.order_id), 1, key=f"cent-{number}")

    with pytest.raises(TooManyRefunds):
        ask(world, trade.order(order.order_id), 1, key="one-too-many")
    world.drain()

    assert len(refunds(world)) == REFUNDS_MAX


@pytest.mark.parametrize("currency", ["jpy", "usd"])
def test_currencies_have_their_own_unit(world, trade, currency):
    listing = trade.listing(trade.seller(), price_minor=1_001, currency=currency)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    world.drain()
    order = trade.order(placed.orders[0].order_id)

    ask(world, order, 333)
    world.drain()

    [refund] = world.stripe.objects("refund")
    assert (refund["amount"], refund["currency"]) == (333, currency)


def test_staff_and_the_system_ask_through_the_same_door(world, trade):
    order = trade.shipped()
    for number, actor in enumerate((OPERATOR, SYSTEM)):
        writes = world.services.refunds.request(
            trade.order(order.order_id),
            100,
            reason="r",
            actor=actor,
            refund_id=f"ref_{number}",
            requested_by="acc_staff",
        )
        world.services.transactions.commit(writes)
    world.drain()

    assert refunds(world) == [100, 100]


def test_two_refunds_of_the_same_reading_do_not_both_pass(world, trade):
    order = trade.shipped()
    make = world.services.refunds.request
    one, other = (
        make(order, 6_000, reason="r", actor=OPERATOR, refund_id=name, requested_by="acc_staff") for name in ("a", "b")
    )
    world.services.transactions.commit(one)

    with pytest.raises(DomainError):
        world.services.transactions.commit(other)
    world.drain()

    assert refunds(world) == [6_000]


def test_a_release_of_an_older_reading_does_not_pass_a_refund(world, trade):
    order = trade.shipped()
    step = world.services.mover.plan(order, "confirm", "buyer", delivered_at=world.clock.now(), delivered_by="buyer")
    ask(world, order, 6_000)

    with pytest.raises(TransitionRefused):
        world.services.transactions.commit(step.writes)
    world.drain()


def untouched(world, order):
    assert refunds(world) == []
    assert booked(world, order)[HELD] == -TOTAL
    assert REFUND_OWED not in booked(world, order)


# Who bears what Stripe keeps


def test_a_seller_who_bears_the_cost_owes_the_fee_of_what_was_refunded(trade, world):
    world.services.__dict__["settings"] = replace_settings(world)
    order = released(trade)
    fee = booked_fee(world, order)

    ask(world, order, 2_500)
    world.drain()

    assert order.refund_cost_bearer == "seller"
    assert owed(world, order) == (fee * 2_500 + 5_000) // 10_000
    assert booked(world, order)[STRIPE_FEES] == -owed(world, order)


def replace_settings(world):
    return replace(world.services.settings, refund_cost_bearer="seller")


def booked_fee(world, order) -> int:
    return balances(world.services.ledger.of_book(order.payment_id))[STRIPE_FEES, "eur"]


def test_a_cancellation_costs_a_seller_who_bears_the_cost_the_whole_fee(trade, world):
    world.services.__dict__["settings"] = replace_settings(world)
    order = trade.bought()

    world.services.orders.cancel(order.order_id, order.seller_id, "Broken.")
    world.drain()

    assert owed(world, order) == booked_fee(world, order)
    assert booked(world, order) == {
        f"seller_debt:{order.seller_id}": owed(world, order),
        STRIPE_FEES: -owed(world, order),
    }


# What comes back


def test_a_refund_that_the_bank_sends_back_is_owed_again_and_shown(world, trade):
    order = trade.shipped()
    ask(world, order, 3_000)
    world.drain()
    [refund] = world.stripe.objects("refund")

    world.stripe.fail_refund(refund["id"])
    world.drain()
    world.drain()

    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    assert (view.state, view.leg.state) == (RefundState.FAILED, IntentState.PARKED)
    assert view.leg.reason == "refund_came_back:expired_or_canceled_card"
    assert booked(world, order)[REFUND_OWED] == -3_000
    assert trade.order(order.order_id).left_minor == 7_000


def test_an_award_that_the_bank_sends_back_is_owed_although_its_order_ended(world, trade):
    order = trade.bought()
    world.services.orders.cancel(order.order_id, order.seller_id, "Broken.")
    world.drain()
    [refund] = world.stripe.objects("refund")

    world.stripe.fail_refund(refund["id"])
    world.drain()

    assert trade.order(order.order_id).state == "refunded"
    assert booked(world, order)[REFUND_OWED] == -TOTAL


def test_a_transfer_that_finance_must_look_at_keeps_the_order_from_being_refunded(world, trade):
    order = released(trade)

    assert world.services.payment_store.intent(transfer_intent_id(order.order_id)).state is IntentState.DONE
    assert seller_account(order.seller_id) not in booked(world, order)
