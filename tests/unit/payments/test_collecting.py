"""What a seller owes is collected from their money at Stripe, after the grace, by reversing earlier transfers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.principal import FINANCE
from marketplace.ledger import collected
from marketplace.ledger.model import seller_account, seller_debt_account
from marketplace.payments import collecting
from marketplace.payments.collection_model import COLLECTION, GRACE, REFUSED_AGAIN
from marketplace.payments.debt_store import DebtItem
from marketplace.payments.model import IntentKind, IntentState, StripeRefused
from marketplace.payouts.model import Cause
from marketplace.storage.transaction import Put
from tests.crash import payout_deeds
from tests.crash.collection_deeds import begun_and_sent_away, intents_of, name_of, owing, sold
from tests.crash.payout_deeds import next_date
from tests.crash.refund_deeds import of_finance, pay_out
from tests.unit.meanwhile import Then
from tests.unit.payments.test_clawback import at_stripe, booked, chargeback_holds, owed


def held(trade, *prices_minor):
    """Such a seller, whose payouts somebody holds, so that all of it lies at Stripe."""
    made = owing(trade, *prices_minor)
    until = trade.world.clock.now() + timedelta(days=60)
    trade.services.payout_decisions.hold(made[0].seller_id, "A document is missing.", until, by="acc_finance")
    return made


def purse(world, order):
    return world.services.payout_table.purse(order.seller_id, "eur")[0]


def debt_holds(world, order):
    waiting = world.services.paying.waiting(order.seller_id, "eur").holds
    return sorted(each.amount_minor for each in waiting if each.cause is Cause.DEBT)


def notices(world, seller_id):
    page = world.services.notifications.page(seller_id, None, 50)
    return [each for each in page.items if each.kind == "seller.debt_collected"]


def after_grace(world):
    world.clock.advance(seconds=GRACE.total_seconds())
    world.sweep()


def test_what_lies_at_stripe_pays_the_debt_after_the_grace_and_not_before(world, trade):
    first, other = held(trade)
    debt, there = owed(world, first), at_stripe(world, first)
    world.clock.advance(days=GRACE.days - 1)
    world.sweep()
    before = owed(world, first)

    world.clock.advance(days=1)
    world.sweep()

    assert before == debt > 0
    assert owed(world, first) == 0
    assert at_stripe(world, first) == there - debt
    assert debt_holds(world, first) == []
    assert seller_account(first.seller_id) not in booked(world, other)
    assert booked(world, other)[seller_debt_account(first.seller_id)] == -debt


def test_no_more_is_taken_than_there_is_and_the_rest_stays_owed(world, trade):
    first, other = held(trade, 2_000)
    debt, there = owed(world, first), at_stripe(world, first)

    after_grace(world)

    assert debt > there > net_of(other)  # and what was reserved of the first
    assert (owed(world, first), at_stripe(world, first)) == (debt - there, 0)
    assert debt_holds(world, first) == [debt - there]


def net_of(order):
    return order.total_minor - order.commission_minor - order.commission_vat_minor


def test_several_transfers_pay_one_debt(world, trade):
    first, one, other = held(trade, 6_000, 9_000)
    debt = owed(world, first)

    after_grace(world)

    assert owed(world, first) == 0
    done = [(each.facts[COLLECTION], each.order_id, each.amount_minor) for each in intents_of(world)]
    assert done == [("debt_1", one.order_id, net_of(one)), ("debt_2", other.order_id, debt - net_of(one))]


def test_earnings_within_the_grace_pay_first(world, trade):
    first, _ = held(trade)
    debt = owed(world, first)
    third = sold(trade, first, 5_000)

    after_grace(world)

    assert [each.amount_minor for each in intents_of(world)] == [debt - net_of(third)]


def test_a_debt_that_was_paid_and_comes_again_has_its_own_grace(world, trade):
    first, _ = held(trade)
    services = world.services
    debt = owed(world, first)
    paid = collected.taken(first, "by_test", debt, world.clock.now())
    back = collected.taken(first, "by_test_again", -debt, world.clock.now())
    services.transactions.commit([services.ledger.book(paid), services.debts.net(first.seller_id, "eur", debt)])
    world.clock.advance(days=10)
    services.transactions.commit([services.ledger.book(back), services.debts.add(first.seller_id, "eur", debt)])

    world.clock.advance(days=10)
    world.sweep()
    within = owed(world, first)
    world.clock.advance(days=4)
    world.sweep()

    assert (within, owed(world, first)) == (debt, 0)


def test_what_was_collected_of_an_order_is_not_reversed_again_for_its_refund(world, trade):
    first, other = held(trade)
    debt = owed(world, first)
    after_grace(world)

    ask_all(world, other)

    assert owed(world, first) == debt  # what had been collected of it
    by_order = [each["amount"] for each in world.stripe.objects("transfer_reversal")]
    assert sorted(by_order) == sorted([debt, net_of(other) - debt])


def ask_all(world, order):
    world.services.transactions.commit(
        world.services.refunds.request(
            world.services.order_store.read(order.order_id),
            order.total_minor,
            reason="It never came.",
            actor="operator",
            refund_id="ref_all",
            requested_by="acc_staff",
        )
    )
    world.drain()


def test_what_a_bank_may_still_take_of_the_balance_is_left_for_it(world, trade):
    first, other = held(trade)
    debt, rest = owed(world, first), at_stripe(world, first) - net_of(other)
    world.stripe.open_dispute(world.services.payment_store.read(other.payment_id).charge_id)
    world.drain()

    after_grace(world)

    assert chargeback_holds(world, first) == [net_of(other)]
    assert [(each.order_id, each.amount_minor) for each in intents_of(world)] == [(first.order_id, rest)]
    assert owed(world, first) == debt - rest


def test_what_left_past_us_is_not_asked_for(world, trade):
    first, _ = held(trade)
    debt = owed(world, first)
    pay_out(trade, first)

    after_grace(world)

    assert (owed(world, first), at_stripe(world, first), intents_of(world)) == (debt, 0, [])


def test_a_stop_of_payments_lets_money_come_in(world, trade):
    first, _ = held(trade)
    world.services.switch.stop("everything", "manual", "A look.")

    after_grace(world)

    assert owed(world, first) == 0


def test_while_it_is_under_way_the_amount_is_held_and_not_begun_again(world, trade):
    first, _ = held(trade)
    debt = owed(world, first)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    world.clock.advance(days=GRACE.days)
    with pytest.raises(Unavailable):
        world.services.collecting.collect(name_of(first))

    during = (owed(world, first), debt_holds(world, first))
    world.services.collecting.collect(name_of(first))
    begun = [each.state for each in intents_of(world)]
    world.sweep()

    assert during == (0, [debt])
    assert begun == [IntentState.OPEN]
    assert [each.state for each in intents_of(world)] == [IntentState.DONE]
    assert debt_holds(world, first) == []


def test_what_stripe_refuses_is_owed_again_at_once_and_tried_a_week_later(world, trade):
    first, other = held(trade)
    debt = owed(world, first)
    begun_and_sent_away(trade, first)
    world.sweep()
    [closed] = intents_of(world)
    after = (owed(world, first), notices(world, first.seller_id))
    in_book = booked(world, other)

    sold_later = sold(trade, first, 3_000)
    world.clock.advance(days=REFUSED_AGAIN.days - 1)
    world.sweep()
    within = len(intents_of(world))
    world.clock.advance(days=1)
    world.sweep()

    assert (closed.state, closed.kind) == (IntentState.CLOSED, IntentKind.REVERSAL)
    assert after == (debt, [])
    assert seller_account(first.seller_id) not in in_book
    assert owed(world, first) == debt - net_of(sold_later)  # later earnings pay it
    assert (within, len(intents_of(world))) == (1, 1)  # nothing lies there


class Refusing:
    """A Stripe that takes nothing back."""

    def reverse(self, *_, **__):
        raise StripeRefused("insufficient_funds")

    def find_reversal(self, *_, **__):
        """Nothing was taken before, either."""


def test_a_refusal_of_the_first_call_is_looked_at_a_week_later_too(world, trade):
    first, _ = held(trade)
    debt = owed(world, first)
    stripe = world.services.intents._stripe
    world.services.intents._stripe = Refusing()
    after_grace(world)
    refused, world.services.intents._stripe = owed(world, first), stripe

    world.clock.advance(days=REFUSED_AGAIN.days - 1)
    world.sweep()
    within = owed(world, first)
    world.clock.advance(days=1)
    world.sweep()

    assert (refused, within, owed(world, first)) == (debt, debt, 0)
    assert [each.state for each in intents_of(world)] == [IntentState.CLOSED, IntentState.DONE]


def unknown(world, trade, first):
    """A collection of which nobody knows, for longer than Stripe remembers its key."""
    world.clock.advance(seconds=GRACE.total_seconds())
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with pytest.raises(Unavailable):
        world.services.collecting.collect(name_of(first))
    world.clock.advance(days=1)
    world.sweep()
    [found] = intents_of(world)
    return found


def test_what_nobody_can_know_is_parked_and_held_and_can_be_sent_again(world, trade):
    first, _ = held(trade)
    debt = owed(world, first)
    parked = unknown(world, trade, first)
    kept = debt_holds(world, first)
    world.services.transactions.commit([world.services.payment_store.reopen_intent(parked, world.clock.now())])
    world.sweep()

    assert (parked.state, parked.kind, kept) == (IntentState.PARKED, IntentKind.REVERSAL, [debt])
    assert [each.state for each in intents_of(world)] == [IntentState.DONE]
    assert debt_holds(world, first) == []


def test_a_parked_collection_that_people_close_is_owed_again(world, trade):
    first, other = held(trade)
    debt = owed(world, first)
    parked = unknown(world, trade, first)
    world.clock.advance(minutes=10)
    staff = [of_finance(trade, trade.staff(FINANCE)) for _ in range(2)]

    made = world.services.intent_desk.propose("intent.close", parked.intent_id, staff[0], "It has left.")
    world.services.approvals.approve(made.proposal_id, staff[1], "So I see it.")
    world.drain()

    assert [each.state for each in intents_of(world)] == [IntentState.CLOSED]
    assert owed(world, first) == debt
    assert debt_holds(world, first) == [debt]
    assert seller_account(first.seller_id) not in booked(world, other)


def test_orders_of_which_nothing_is_left_hide_no_other(world, trade, monkeypatch):
    monkeypatch.setattr(collecting, "ORDERS_MAX", 2)
    monkeypatch.setattr(collecting, "PAGE", 3)
    first, *_ = held(trade, *([1_000] * 5))
    there, debt = at_stripe(world, first), owed(world, first)
    after_grace(world)
    for _ in range(6):
        world.clock.advance(days=1)
        world.sweep()

    assert (at_stripe(world, first), owed(world, first)) == (0, debt - there)


def test_no_more_of_a_balance_is_read_than_its_bound(world, trade, monkeypatch):
    first, *_ = held(trade, *([1_000] * 3))
    monkeypatch.setattr(collecting, "PAGE", 1)
    monkeypatch.setattr(collecting, "PAGES_MAX", 1)
    debt = owed(world, first)
    after_grace(world)

    assert len(intents_of(world)) == 1
    assert owed(world, first) < debt


def test_a_debt_of_before_is_collected_once_earnings_paid_a_part_of_it(world, trade):
    first, _ = held(trade)
    item = DebtItem.read(name_of(first), "debt")
    item.due_at = item.work_queue = None
    world.services.transactions.commit([Put(item, Conflict(), DebtItem.pk.exists())])
    sold(trade, first, 1_000)

    after_grace(world)

    assert owed(world, first) == 0


def test_it_is_refused_when_the_debt_moved_meanwhile(world, trade):
    first, _ = held(trade)
    services = world.services
    owed_then = services.debts.owed(name_of(first))
    services.transactions.commit([services.debts.collect(owed_then, 1, "one")])

    with pytest.raises(Conflict):
        services.transactions.commit([services.debts.collect(owed_then, 1, "other")])

    services.transactions.commit([services.debts.give_up(first.seller_id, "eur", 1, "one", None)])


def test_what_left_the_balance_meanwhile_is_not_taken_of_an_order_that_was_paid_out(world, trade):
    first = payout_deeds.paid(trade)
    gone = sold(trade, first, 15_000)
    next_date(trade, first)
    payout_deeds.pay_out(trade, first)
    there = sold(trade, first, 5_000)
    lost_to_bank(trade, first)
    debt, before = owed(world, first), at_stripe(world, first)
    world.clock.advance(seconds=GRACE.total_seconds())
    orders = world.services.order_store
    world.services.collecting._orders = Then(orders, "read", lambda: ask_all(world, there))

    with pytest.raises(Conflict):
        world.services.collecting.collect(name_of(first))

    assert debt > before - net_of(there) > 0  # what is left there is less than what is owed
    assert (owed(world, first), at_stripe(world, first)) == (debt, before - net_of(there))
    assert intents_of(world) == []
    world.services.collecting.collect(name_of(first))  # comes again
    assert [each.amount_minor for each in intents_of(world)] == [before - net_of(there)]
    assert [each.order_id for each in intents_of(world)] == [gone.order_id]
    assert at_stripe(world, first) == 0


def lost_to_bank(trade, order):
    charge_id = trade.services.payment_store.read(order.payment_id).charge_id
    case = trade.world.stripe.open_dispute(charge_id)
    trade.world.drain()
    trade.world.stripe.close_dispute(case["id"], won=False)
    trade.world.drain()


def test_the_seller_is_told_and_both_statements_explain_it(world, trade):
    first, other = held(trade)
    debt = owed(world, first)
    after_grace(world)

    [told] = notices(world, first.seller_id)
    sheet = world.services.statements.earning(other.order_id, other.seller_id)
    month = world.services.statements.statement(other.seller_id, "seller", f"{world.clock.now():%Y-%m}", "eur")

    assert (told.data["order_id"], told.data["amount_minor"]) == (other.order_id, debt)
    settled = {each.fact: each.amount_minor for each in sheet.account.settled}
    assert (settled["debt_collected"], settled["transfer_reversal"]) == (debt, -debt)
    by_fact = [(each.fact, each.amount_minor) for each in month.entries if each.book == other.order_id]
    assert {("debt_collected", -debt), ("debt_settled", debt), ("transfer_reversal", debt)} <= set(by_fact)
    assert month.closing_minor == 0


def test_a_payout_date_that_meets_it_sends_only_the_rest(world, trade):
    first, _ = owing(trade)
    debt, there = owed(world, first), at_stripe(world, first)
    sent = purse(world, first).paid_minor
    after_grace(world)
    next_date(trade, first)
    world.sweep()

    after = purse(world, first)
    assert after.in_transit_minor + after.paid_minor - sent + after.at_stripe_minor == there - debt


def test_a_bank_that_gives_back_what_was_collected_for_is_paid_on_to_the_seller(world, trade):
    first, _ = held(trade)
    debt, there = owed(world, first), at_stripe(world, first)
    after_grace(world)
    [case] = world.stripe.objects("dispute")
    trade.bought(price_minor=50_000)
    world.clock.advance(days=10)  # the platform's balance has it

    world.stripe.overturn_dispute(case["id"])
    world.drain()

    assert (owed(world, first), at_stripe(world, first)) == (0, there)
    assert sum(each.amount_minor for each in intents_of(world)) == debt


def test_a_collection_that_nothing_holds_is_a_violation(world, trade):
    first, _ = held(trade)
    begun_and_sent_away(trade, first)
    view = world.view()

    bare = replace(view, payout_holds=[each for each in view.payout_holds if each[1].cause is not Cause.DEBT])

    assert "P11" in {each.rule for each in check(bare)}
    assert check(view) == []
    world.sweep()
