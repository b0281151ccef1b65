"""Payouts through the real services: what leaves, what waits and why, and what comes back."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import DomainError
from marketplace.outbox.model import event
from marketplace.payments.debt_store import DebtMoved
from marketplace.payouts.desk import LEFT_AFTER_ALL
from marketplace.payouts.errors import CurrencyNotSettled, CurrencyWaits, PaymentsStopped
from marketplace.payouts.model import Cause, PayoutState, StripePayout
from marketplace.payouts.switch import EVERYTHING, SwitchMissing, UnknownScope
from tests.crash.payout_deeds import account_of, arrive, due, next_date, pay_out, released, second, with_factor


def purse_of(trade, order):
    return trade.services.payout_table.purse(order.seller_id, order.currency)[0]


def released_at(trade, price_minor):
    """A released order of that price, whose seller may be paid out."""
    order = trade.shipped(price_minor=price_minor)
    with_factor(trade, order.seller_id)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return order


def payouts_of(trade, order):
    return trade.services.payouts.history(order.seller_id, None, 50).items


def set_default(trade, order, currency):
    """Have Stripe keep the account in a currency, as it does for an account of that country."""
    trade.world.stripe.world.store.any(account_of(trade, order)).data["default_currency"] = currency
    trade.world.drain()


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


def test_what_comes_back_lets_go_its_own_part_of_the_order_s_reserve(trade):
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
    freed_minor = before.reserved_minor - after.reserved_minor
    assert freed_minor == math.ceil(after.reversed_minor / 10)  # a tenth of the earning was set aside
    assert after.available_minor == before.available_minor - (after.reversed_minor - freed_minor)


def test_all_of_an_earning_that_goes_back_leaves_nothing_set_aside(trade):
    order = released(trade)
    for number in range(3):
        trade.services.transactions.commit(
            trade.services.refunds.request(
                trade.order(order.order_id),
                trade.order(order.order_id).seller_left_minor if number == 2 else 3_333,
                reason="Scratched.",
                actor="operator",
                requested_by="acc_staff",
                refund_id=f"ref_{number}",
            )
        )
        trade.world.drain()

    after = purse_of(trade, order)
    assert (after.at_stripe_minor, after.reserved_minor, after.available_minor) == (0, 0, 0)


def test_a_debt_that_came_while_a_payout_was_worked_out_stops_it(trade):
    order = due(trade)

    class InDebt:
        """Stripe, during whose answer the seller comes to owe something."""

        def __init__(self, stripe):
            self._stripe = stripe

        def __getattr__(self, name):
            return getattr(self._stripe, name)

        def cleared_minor(self, account_id, currency):
            cleared_minor = self._stripe.cleared_minor(account_id, currency)
            trade.services.transactions.commit([trade.services.debts.add(order.seller_id, currency, 5_000)])
            return cleared_minor

    trade.world.given["stripe_payouts"] = InDebt(trade.services.stripe_payouts)
    trade.world.restart()
    with pytest.raises(DebtMoved):
        trade.services.paying.begin(order.seller_id, order.currency)
    trade.services.transactions.commit([trade.services.debts.net(order.seller_id, order.currency, 5_000)])

    assert payouts_of(trade, order) == ()


def test_a_stop_lets_nothing_out_and_loses_nothing(trade):
    order = due(trade)
    services = trade.services
    services.switch.stop(f"currency:{order.currency}", "manual", "Looks wrong.", by="acc_finance")

    ran = services.payout_run.run()
    with pytest.raises(PaymentsStopped):
        services.transactions.commit(services.leave.checks(order.seller_id, order.currency))
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


@pytest.mark.parametrize("state", ["open", "in transit"])
def test_a_payout_of_an_account_s_own_that_carries_another_seller_s_key_moves_nothing(trade, state, monkeypatch):
    order = due(trade)
    if state == "open":
        trade.world.stripe.inject(fault="error_500", path_prefix="/v1/payouts", times=1_000)
    trade.services.payout_run.run()
    [payout] = payouts_of(trade, order)
    other = trade.services.sellers.of(trade.seller()).stripe_account_id
    mine = StripePayout("po_mine", "pending", payout.amount_minor, payout.currency, payout.key, arrives_at=None)
    monkeypatch.setattr(trade.services.stripe_payouts, "read", lambda account_id, payout_id: mine)
    before = trade.world.dynamo.snapshot_items("aval-local-payouts")

    assert not trade.services.payout_desk.told(other, mine.stripe_payout_id)
    assert trade.world.dynamo.snapshot_items("aval-local-payouts") == before


def test_a_currency_that_no_bank_account_takes_is_not_listed(trade):
    seller_id = trade.seller()
    trade.world.stripe.change_banks(trade.services.sellers.of(seller_id).stripe_account_id, currencies=["usd"])
    trade.world.drain()

    with pytest.raises(CurrencyNotSettled):
        trade.listing(seller_id, currency="jpy")

    assert trade.services.payouts.can_settle(seller_id, "usd")


def test_a_small_balance_waits_for_the_next_date(trade):
    order = released_at(trade, 1_000)
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


def test_a_payout_of_which_stripe_never_heard_is_sent_however_old_it_is(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.world.clock.advance(hours=24)

    trade.services.payout_run.run()

    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.IN_TRANSIT


def test_an_old_payout_that_may_have_been_sent_is_parked_for_a_person(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.world.clock.advance(hours=24)

    trade.services.payout_run.run()

    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.PARKED
    assert trade.services.payout_run.run().sent == 0
    with pytest.raises(DomainError):
        trade.services.transactions.commit(trade.services.payout_table.begin(purse_of(trade, order), payout, None))


def parked_although_sent(trade):
    """A payout that waits for a person as nothing was found, and that Stripe shows now."""
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.world.clock.advance(hours=24)
    trade.services.payout_run.run()
    return order, trade.services.payouts.read(payout.payout_id)


def test_what_stripe_shows_as_sent_is_not_given_back_by_hand(trade):
    _, payout = parked_although_sent(trade)
    trade.services.stripe_payouts.create(payout)

    trade.services.transactions.commit(trade.services.payout_desk.give_back(payout, "returned_by_hand"))

    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.IN_TRANSIT
    arrive(trade)
    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.PAID


def test_a_payout_that_left_after_it_was_given_back_stops_its_seller(trade):
    order, payout = parked_although_sent(trade)
    trade.services.transactions.commit(trade.services.payout_desk.give_back(payout, "returned_by_hand"))
    trade.services.stripe_payouts.create(payout)

    trade.world.drain()

    stop = trade.services.switch.stopped_for(order.seller_id, order.currency)
    assert (stop.scope, stop.cause) == (f"seller:{order.seller_id}", LEFT_AFTER_ALL)
    assert trade.services.payout_run.run().begun == 0


def test_a_seller_is_shown_what_has_not_cleared_with_its_date(trade):
    order = released(trade)

    [balance] = trade.services.payouts.overview(order.seller_id).balances
    [clearing] = [each for each in balance.division.kept if each.hold.cause is Cause.CLEARING]
    trade.world.clock.set(clearing.hold.until)
    [after] = trade.services.payouts.overview(order.seller_id).balances

    purse = purse_of(trade, order)
    assert (clearing.kept_minor, balance.payable_minor) == (purse.available_minor, 0)
    assert (after.payable_minor, {each.hold.cause for each in after.division.kept}) == (
        purse.available_minor,
        {Cause.RESERVE},
    )


def test_what_comes_back_before_it_cleared_is_taken_out_of_what_clears(trade):
    order = released(trade)
    asked = {"reason": "Scratched.", "actor": "seller", "requested_by": order.seller_id}
    before = purse_of(trade, order)
    writes = trade.services.refunds.request(order, 2_000, refund_id="ref_" + "1" * 26, **asked)
    trade.services.transactions.commit(writes)
    trade.world.drain()

    after = purse_of(trade, order)
    [part] = trade.services.payout_table.clearing(order.seller_id, order.currency, trade.world.clock.now(), 10)
    assert after.reversed_minor > before.reversed_minor
    assert part.amount_minor == after.available_minor


def test_a_transfer_waits_for_a_bank_account_in_its_currency_and_then_goes(trade):
    order = trade.shipped()
    trade.world.stripe.change_banks(account_of(trade, order), currencies=["usd"])
    set_default(trade, order, "usd")
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    with pytest.raises(CurrencyWaits):
        trade.services.settlement.settle(order.order_id)
    held = [each for each in trade.world.view().stripe if each.kind == "transfer"]

    trade.world.stripe.change_banks(account_of(trade, order), currencies=["eur"])
    trade.world.drain()
    trade.world.clock.advance(hours=30)  # longer than a key lives: Stripe never heard of it
    trade.world.sweep()

    assert held == []
    assert trade.order(order.order_id).state == "released"


def test_a_payout_waits_visibly_when_the_bank_account_takes_another_currency(trade):
    order = released(trade)
    trade.world.stripe.change_banks(account_of(trade, order), currencies=["usd"])
    set_default(trade, order, "usd")
    next_date(trade, order)
    trade.world.clock.advance(days=8)

    trade.services.payout_run.run()

    assert payouts_of(trade, order) == ()
    [balance] = trade.services.payouts.overview(order.seller_id).balances
    assert Cause.CURRENCY in {each.hold.cause for each in balance.division.kept}


def test_a_payout_that_never_left_comes_back_when_the_currency_is_taken_no_more(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.world.stripe.change_banks(account_of(trade, order), currencies=["usd"])
    set_default(trade, order, "usd")

    after = trade.services.payout_desk.bring_on(payout)

    assert (after.state, after.reason) == (PayoutState.FAILED, "currency_waits")
    assert purse_of(trade, order).in_transit_minor == 0
    assert trade.world.view().stripe_payouts == []


def test_a_held_payout_goes_on_when_its_hold_ends_whatever_the_schedule(trade):
    order = released(trade)
    trade.services.payouts.choose(order.seller_id, "monthly")
    next_date(trade, order)
    until = trade.world.clock.now() + timedelta(days=2)
    trade.services.payout_decisions.hold(order.seller_id, "A document is missing.", until, by="acc_finance")
    trade.services.payout_run.run()

    trade.world.clock.set(until)
    trade.services.payout_run.run()

    assert len(payouts_of(trade, order)) == 1


def test_a_stopped_order_s_money_waits_in_the_balance_and_the_rest_does_not(trade):
    order = released(trade)
    second(trade, order)
    services = trade.services
    before = purse_of(trade, order)
    services.switch.stop(f"order:{order.order_id}", "manual", "Looks wrong.", by="acc_finance")
    [held] = [hold for hold in services.payout_table.holds(order.seller_id) if hold.cause is Cause.KILL_SWITCH]
    next_date(trade, order)
    pay_out(trade, order)

    net_minor = order.total_minor - order.commission_minor - order.commission_vat_minor
    assert held.amount_minor == net_minor
    reserved_minor = before.reserved_minor // 2  # of one of two like orders, and not kept twice
    assert payouts_of(trade, order)[0].amount_minor == before.available_minor - (net_minor - reserved_minor)
    writes = services.switch.resume(f"order:{order.order_id}", "Fine.", by="acc_finance", approved_by="acc_admin")
    services.transactions.commit(writes)
    assert causes(trade, order) == set()


@pytest.mark.parametrize("scope", ["order:ord_unknown", "order:acc_1", "order:"])
def test_an_order_that_does_not_exist_is_no_scope(trade, scope):
    with pytest.raises(UnknownScope):
        trade.services.switch.stop(scope, "manual", "Looks wrong.", by="acc_finance")


def test_a_small_balance_is_sent_in_january(trade):
    order = released_at(trade, 1_000)
    trade.world.clock.set(trade.world.clock.now().replace(year=2027, month=1, day=5))
    trade.world.stripe.tick()
    trade.world.drain()

    trade.services.payout_run.run()

    [payout] = payouts_of(trade, order)
    assert 0 < payout.amount_minor < 1_000


def test_a_payout_of_unknown_outcome_is_shown_as_what_the_rest_waits_for(trade):
    order = due(trade)
    payout = trade.services.paying.begin(order.seller_id, order.currency)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.world.clock.advance(hours=24)
    trade.services.payout_run.run()
    second(trade, order)

    [balance] = trade.services.payouts.overview(order.seller_id).balances

    assert trade.services.payouts.read(payout.payout_id).state is PayoutState.PARKED
    assert balance.payable_minor == 0
    assert Cause.PAYOUT_UNKNOWN in {each.hold.cause for each in balance.division.kept}
