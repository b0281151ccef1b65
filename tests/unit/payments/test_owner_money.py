"""The owner's own money: booked once as Stripe shows it, seen by reconciliation and solvency; it ends a shortfall."""

from datetime import timedelta

import pytest

from functions.reconcile.handler import run as run_reconcile
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import OWNER_CAPITAL, STRIPE, balances
from marketplace.ledger.owner import moved
from marketplace.payments.movements import Movement
from marketplace.solvency.model import COVERED, SHORT
from tests.crash.payout_deeds import arrive, paid
from tests.crash.refund_deeds import ask, of_finance, pay_out, released
from tests.fakes.world import START


def top_up(world, amount_minor=5_000, currency="eur"):
    topup = world.stripe_client().v1.topups.create({"amount": amount_minor, "currency": currency})
    world.stripe.close_topup(topup.id)
    return topup.id


def take_out(world, amount_minor):
    return world.stripe_client().v1.payouts.create({"amount": amount_minor, "currency": "eur"}).id


def capital(world, currency="eur"):
    return -balances(world.view().ledger).get((OWNER_CAPITAL, currency), 0)


def of_euros(world):
    return next(each for each in world.services.owner_capital.now() if each.covering.currency == "eur")


def test_a_topup_is_booked_when_it_succeeds_and_once(world):
    topup_id = top_up(world)

    world.drain()
    world.services.owner_money.follow(topup_id)

    assert capital(world) == 5_000
    assert len(world.services.ledger.of_book(topup_id)) == 1


def test_a_topup_that_is_on_its_way_moves_nothing(world):
    world.stripe_client().v1.topups.create({"amount": 5_000, "currency": "eur"})

    world.drain()

    assert capital(world) == 0


def test_a_topup_that_the_bank_takes_back_is_booked_back(world):
    topup_id = top_up(world)
    world.drain()

    world.stripe.close_topup(topup_id, code="debit_not_authorized")
    world.drain()

    assert capital(world) == 0
    assert [each.kind for each in world.services.ledger.of_book(topup_id)] == ["capital_in", "capital_in_reversed"]


def test_what_the_owner_takes_out_is_booked_when_it_leaves_and_not_when_it_arrives(world):
    top_up(world)
    payout_id = take_out(world, 2_000)
    world.drain()
    left = capital(world)

    world.clock.advance(days=5)
    world.drain()

    assert (left, capital(world)) == (3_000, 3_000)
    assert len(world.services.ledger.of_book(payout_id)) == 1


@pytest.mark.parametrize("cancelled", [True, False])
def test_what_the_owner_s_bank_does_not_take_is_theirs_here_again(world, cancelled):
    top_up(world)
    payout_id = take_out(world, 2_000)
    world.drain()

    if cancelled:
        world.stripe_client().v1.payouts.cancel(payout_id)
    else:
        world.stripe.fail_payout(payout_id)
    world.drain()

    assert capital(world) == 5_000


def test_a_payout_of_a_seller_is_none_of_the_owner_s(world, trade):
    pay_out(trade, released(trade))

    assert capital(world) == 0


def test_an_event_about_nothing_books_nothing(world):
    assert world.services.owner_money.follow("po_of_nobody") == 0


def test_stripe_being_away_leaves_it_to_the_next_delivery(world):
    topup_id = top_up(world)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/balance_transactions", times=2)

    with pytest.raises(Unavailable):
        world.services.owner_money.follow(topup_id)
    world.drain()

    assert capital(world) == 5_000


@pytest.mark.parametrize(("fee_minor", "entries"), [(0, 1), (150, 2)])
def test_a_fee_that_stripe_keeps_is_a_booking_of_its_own(fee_minor, entries):
    movement = Movement("txn_1", "po_1", "payout", -10_000, fee_minor, "eur", START)

    booked = moved(movement, START)

    on_stripe = sum(leg.amount_minor for each in booked for leg in each.postings if leg.account == STRIPE)
    assert (len(booked), on_stripe) == (entries, -10_000 - fee_minor)


def reconciled(world, owner=None):
    world.clock.advance(days=1)
    services = world.services
    return run_reconcile({}, services.reconciliation, services.switch, owner)


def test_booked_by_its_webhook_it_agrees_with_stripe(world):
    topup_id = top_up(world)
    take_out(world, 2_000)
    world.drain()
    world.stripe.close_topup(topup_id, code="debit_not_authorized")
    world.drain()

    report = reconciled(world)

    assert (report["differences"], report["matched"]) == ([], 3)


def forgetful(world):
    """Lose the webhooks of everything so far."""
    world.stripe.webhooks.flush(lambda _raw, _headers: 200)


def test_what_nobody_told_of_is_missing_in_the_ledger_when_only_compared(world):
    top_up(world)
    forgetful(world)
    world.clock.advance(days=1)

    report = reconciled(world)
    world.services.owner_money.catch_up(START, START + timedelta(days=3))

    assert [each["kind"] for each in report["differences"]] == ["missing_in_ledger"]
    assert [each.scope for each in world.services.switch.standing()] == ["currency:eur"]


def test_the_night_books_what_nobody_told_of_and_stops_nothing(world):
    topup_id = top_up(world)
    payout_id = take_out(world, 1_000)
    forgetful(world)

    report = reconciled(world, world.services.owner_money)

    assert capital(world) == 4_000
    assert {each["kind"] for each in report["differences"]} <= {"late"}
    assert world.services.switch.standing() == []
    assert [len(world.services.ledger.of_book(each)) for each in (topup_id, payout_id)] == [1, 1]


def test_capital_is_owed_to_nobody_and_covers_what_is(world, trade):
    trade.shipped()
    before = of_euros(world)

    top_up(world, 7_000)
    world.drain()
    after = of_euros(world)

    assert (before.put_in_minor, before.may_leave_minor) == (0, 0)
    assert after.covering.total_owed_minor == before.covering.total_owed_minor
    assert after.covering.status == COVERED
    assert after.may_leave_minor == 7_000 - before.missing_minor


def test_no_more_may_leave_than_has_cleared(world, trade):
    order = released(trade)
    held_back = of_euros(world)  # the commission is the owner's, and pending

    world.clock.advance(days=10)
    world.sweep()

    assert order.commission_minor > 0
    assert (held_back.available_minor, held_back.may_leave_minor) == (0, 0)
    assert of_euros(world).may_leave_minor > 0


def test_after_exactly_what_may_leave_left_nobody_is_owed_more_than_there_is(world, trade):
    trade.shipped()
    top_up(world, 7_000)
    world.drain()

    take_out(world, of_euros(world).may_leave_minor)
    world.drain()

    assert (of_euros(world).may_leave_minor, of_euros(world).missing_minor) == (0, 0)


def test_a_shortfall_ends_when_the_owner_puts_money_in_and_two_people_resume(world, trade):
    # A seller in debt above all commission: what their next buyer paid is owed, and not there.
    paid(trade)
    arrive(trade)
    charge = next(each for each in world.stripe.objects("charge"))
    dispute = world.stripe.open_dispute(charge["id"])
    world.drain()
    world.stripe.close_dispute(dispute["id"], won=False)
    world.drain()
    trade.shipped(price_minor=20_000)
    assert [each.status for each in world.services.solvency.run().coverings] == [SHORT]
    other = released(trade, trade.shipped(price_minor=3_000))
    waiting = world.services.order_store.read(other.order_id).state

    missing = of_euros(world).missing_minor
    top_up(world, missing)
    world.drain()
    one, two = (of_finance(trade, trade.staff("finance")) for _ in range(2))
    proposal = world.services.payout_decisions.propose_resume("currency:eur", one, "The owner put in what was missing.")
    world.services.approvals.approve(proposal.proposal_id, two, "Stripe shows it.")
    world.clock.advance(hours=7)
    world.sweep()
    again = world.services.solvency.run()

    assert waiting == "settling"
    assert missing > 0
    assert trade.order(other.order_id).state == "released"
    assert [each.status for each in again.coverings] != [SHORT]
    assert world.services.switch.standing() == []


def test_resumed_without_money_it_stops_again_with_the_next_statement(world, trade):
    paid(trade)
    arrive(trade)
    dispute = world.stripe.open_dispute(next(each for each in world.stripe.objects("charge"))["id"])
    world.drain()
    world.stripe.close_dispute(dispute["id"], won=False)
    world.drain()
    trade.shipped(price_minor=20_000)
    world.services.solvency.run()
    one, two = (of_finance(trade, trade.staff("finance")) for _ in range(2))
    proposal = world.services.payout_decisions.propose_resume("currency:eur", one, "I believe it is fine.")
    world.services.approvals.approve(proposal.proposal_id, two, "So do I.")

    world.services.solvency.run()

    assert [each.scope for each in world.services.switch.standing()] == ["currency:eur"]


def test_a_refund_on_its_way_back_from_a_seller_stops_nothing(world, trade):

    order = released(trade)
    ask(world.services, order, 3_000, "under way")  # the reversal is booked, and not made

    made = world.services.solvency.run()

    assert made.anomalies == ()
    assert world.services.switch.standing() == []
    world.drain()
