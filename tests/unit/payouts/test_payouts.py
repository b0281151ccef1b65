"""Payouts through the real services: what leaves, what waits and why, and what comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import DomainError
from marketplace.outbox.model import event
from marketplace.payouts.errors import CurrencyNotSettled, PaymentsStopped
from marketplace.payouts.model import Cause, PayoutState
from marketplace.payouts.switch import EVERYTHING, SwitchMissing, UnknownScope
from tests.crash.payout_deeds import account_of, arrive, due, next_date, pay_out, released, with_factor


def purse_of(trade, order):
    return trade.services.payout_table.purse(order.seller_id, order.currency)[0]


def payouts_of(trade, order):
    return trade.services.payouts.history(order.seller_id, None, 50).items


def causes(trade, order):
    return {hold.cause for hold in trade.services.paying.waiting(order.seller_id, order.currency).holds}


def test_nothing_leaves_before_its_date(trade):
    order = released(trade)

    assert trade.services.payout_run.run().begun == 0
    assert purse_of(trade, order).in_transit_minor == 0


def test_a_seller_without_a_second_factor_is_not_paid_and_is_told_once_a_month(trade):
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()

    for _ in range(2):
        next_date(trade, order)
        trade.services.payout_run.run()
        trade.world.drain()

    assert payouts_of(trade, order) == ()
    told = [each for each in trade.world.mails if "waits" in each.subject or "espera" in each.subject]
    assert len(told) == 1


def test_a_payout_contains_the_earnings_less_the_reserve(trade):
    order = due(trade)

    pay_out(trade, order)

    [payout] = payouts_of(trade, order)
    net_minor = order.total_minor - order.commission_minor - order.commission_vat_minor
    assert payout.state is PayoutState.PAID
    assert payout.amount_minor + purse_of(trade, order).reserved_minor == net_minor


def test_two_runs_of_one_date_pay_once(trade):
    order = due(trade)

    first, second = trade.services.payout_run.run(), trade.services.payout_run.run()

    assert (first.begun, second.begun, len(payouts_of(trade, order))) == (1, 0, 1)


def test_a_third_refusal_holds_until_the_bank_account_changes(trade):
    order = due(trade)
    account_id = account_of(trade, order)
    trade.world.stripe.bank_refuses(account_id)
    for _ in range(3):
        pay_out(trade, order)
        next_date(trade, order)
    held = causes(trade, order)

    trade.world.stripe.change_banks(account_id)
    trade.world.drain()
    trade.world.clock.advance(hours=72)

    assert Cause.BANK_REFUSED in held
    assert [payout.state for payout in payouts_of(trade, order)] == [PayoutState.FAILED] * 3
    assert causes(trade, order) == set()


def test_another_bank_account_begins_three_days_of_cooling(trade):
    order = due(trade)
    trade.world.stripe.change_banks(account_of(trade, order))
    trade.world.drain()

    trade.services.payout_run.run()

    assert causes(trade, order) == {Cause.COOLING}
    assert payouts_of(trade, order) == ()
    noted = [entry.kind for entry in trade.services.security_log.page(order.seller_id, None, 50).items]
    assert noted.count("payout_account:changed") == 1


def test_an_update_of_the_same_bank_account_is_no_change(trade):
    order = due(trade)
    trade.world.stripe.update_bank(account_of(trade, order))
    trade.world.drain()

    assert causes(trade, order) == set()


def test_a_chargeback_after_the_release_holds_its_amount_until_it_is_over(trade):
    order = due(trade)
    [charge] = trade.world.stripe.objects("charge")
    dispute = trade.world.stripe.open_dispute(charge["id"])
    trade.world.drain()
    held = trade.services.paying.waiting(order.seller_id, order.currency)
    pay_out(trade, order)
    paid_meanwhile = payouts_of(trade, order)

    trade.world.stripe.close_dispute(dispute["id"], won=True)
    trade.world.drain()
    next_date(trade, order)
    pay_out(trade, order)

    net_minor = order.total_minor - order.commission_minor - order.commission_vat_minor
    assert (held.held_minor, held.blocked) == (net_minor, False)
    assert (paid_meanwhile, len(payouts_of(trade, order))) == ((), 1)


def test_what_comes_back_is_borne_by_the_order_s_reserve_first(trade):
    order = released(trade)
    before = purse_of(trade, order)
    asked = {"reason": "Scratched.", "actor": "seller", "requested_by": order.seller_id}
    trade.world.clock.advance(days=3)  # until the transfer has cleared in the seller's account
    trade.world.stripe.tick()
    trade.services.transactions.commit(
        trade.services.refunds.request(order, 2_000, refund_id="ref_" + "1" * 26, **asked)
    )
    trade.world.drain()

    after = purse_of(trade, order)
    assert after.reversed_minor > before.reserved_minor > after.reserved_minor == 0
    assert after.available_minor == before.available_minor - (after.reversed_minor - before.reserved_minor)


def test_a_stop_lets_nothing_out_and_loses_nothing(trade):
    order = due(trade)
    services = trade.services
    services.switch.stop(f"currency:{order.currency}", "manual", "Looks wrong.", by="acc_finance")

    ran = services.payout_run.run()
    with pytest.raises(PaymentsStopped):
        services.switch.require_open(order.seller_id, order.currency)
    services.transactions.commit(
        services.switch.resume(f"currency:{order.currency}", "Fine.", by="acc_finance", approved_by="acc_admin")
    )
    next_date(trade, order)
    pay_out(trade, order)

    assert ran.begun == 0
    assert len(payouts_of(trade, order)) == 1


def test_a_stop_between_the_promise_and_the_call_keeps_the_payout_open(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.services.switch.stop(EVERYTHING, "manual", "Looks wrong.", by="acc_finance")

    with pytest.raises(PaymentsStopped):
        trade.services.payout_desk.bring_on(payout)

    assert trade.world.view().stripe_payouts == []
    assert purse_of(trade, order).in_transit_minor == payout.amount_minor


def test_stopping_twice_is_one_stop_and_wakes_once(trade):
    for _ in range(2):
        trade.services.switch.stop(EVERYTHING, "manual", "Looks wrong.", by="acc_finance")

    assert len(trade.world.alarms) == 1
    with pytest.raises(SwitchMissing):
        trade.services.switch.resume("currency:eur", "Fine.", by="a", approved_by="b")
    with pytest.raises(UnknownScope):
        trade.services.switch.stop("everybody", "manual", "Typo.", by="acc_finance")


def test_a_balance_that_does_not_add_up_stops_its_seller(trade):
    order = due(trade)
    table = trade.services.payout_table

    class Lying(type(table)):
        def purse(self, seller_id, currency):
            purse, standing = super().purse(seller_id, currency)
            return replace(purse, available_minor=purse.available_minor + 1), standing

    trade.world.given["payout_table"] = Lying()
    trade.world.restart()
    trade.services.payout_run.run()
    del trade.world.given["payout_table"]
    trade.world.restart()

    [stop] = trade.services.switch.standing()
    assert (stop.scope, stop.cause, stop.by) == (f"seller:{order.seller_id}", "invariant:P1", "system")
    assert payouts_of(trade, order) == ()


@pytest.mark.parametrize(
    "kind", ["payout.paid", "payout.failed", "account.external_account.updated", "account.updated"]
)
def test_an_event_of_an_account_that_is_not_ours_moves_nothing(trade, kind):
    order = due(trade)
    trade.services.payout_run.run()
    [payout] = payouts_of(trade, order)
    before = trade.world.dynamo.snapshot_items("aval-local-payouts")
    named = {"stripe_kind": kind, "object_id": str(payout.stripe_payout_id), "stripe_account": "acct_stranger"}

    followed = trade.services.stripe_events.handle(
        event("stripe.event_received", "evt_1", trade.world.clock.now(), **named)
    )

    assert not followed
    assert trade.world.dynamo.snapshot_items("aval-local-payouts") == before


def test_a_payout_of_one_seller_told_under_another_seller_s_account_moves_nothing(trade):
    order = due(trade)
    trade.services.payout_run.run()
    [payout] = payouts_of(trade, order)
    other = trade.services.sellers.of(trade.seller()).stripe_account_id

    assert not trade.services.payout_desk.told(other, str(payout.stripe_payout_id))
    arrive(trade)


def test_a_currency_that_no_bank_account_takes_is_not_listed(trade):
    seller_id = trade.seller()
    trade.world.stripe.change_banks(trade.services.sellers.of(seller_id).stripe_account_id, currencies=["usd"])
    trade.world.drain()

    with pytest.raises(CurrencyNotSettled):
        trade.listing(seller_id, currency="jpy")

    assert trade.services.payouts.can_settle(seller_id, "usd")


def test_a_small_balance_waits_for_the_next_date(trade):
    order = trade.shipped(price_minor=1_000)
    with_factor(trade, order.seller_id)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    next_date(trade, order)
    trade.world.clock.advance(days=8)

    trade.services.payout_run.run()

    purse = purse_of(trade, order)
    assert payouts_of(trade, order) == ()
    assert purse.due_at > trade.world.clock.now()


def test_a_yen_is_a_yen(trade):
    listing = trade.listing(trade.seller(), price_minor=20_000, currency="jpy")
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    trade.world.drain()
    order = trade.order(placed.orders[0].order_id)
    with_factor(trade, order.seller_id)
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK9")
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    next_date(trade, order)

    pay_out(trade, order)

    [payout] = payouts_of(trade, order)
    assert (payout.currency, payout.state) == ("jpy", PayoutState.PAID)


def test_choosing_a_schedule_moves_the_date_that_is_ahead(trade):
    order = released(trade)

    trade.services.payouts.choose(order.seller_id, "daily")

    assert purse_of(trade, order).due_at - trade.world.clock.now() < timedelta(days=1)


def test_an_old_payout_that_was_never_sent_is_parked_for_a_person(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.world.clock.advance(hours=24)

    trade.services.payout_run.run()

    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.PARKED
    assert trade.services.payout_run.run().sent == 0
    with pytest.raises(DomainError):
        trade.services.transactions.commit(trade.services.payout_table.begin(purse_of(trade, order), payout, None))
