"""Reconciling days: every balance transaction against the books and back; nothing missed, no false alarm."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from infra.local.stripe import LocalStripe, LocalTransport
from marketplace.kit.errors import Unavailable
from marketplace.ledger import postings
from marketplace.payments.books_gateway import StripeBooksGateway
from marketplace.payments.model import StripeRefused
from marketplace.payments.movements import Movement
from marketplace.payments.reconcile import LOOKUPS_MAX, BadRange, Reconciliation
from tests.fakes.planted_books import DAYS, PLANTS, START, PlantedBooks, plant, trade_on_paper
from tests.fakes.world import FrozenClock

DAY = timedelta(days=1)
FIRST, LAST = START.date(), START.date() + (DAYS - 1) * DAY
LONG_AFTER = START + timedelta(days=40)
ORDERS = 10_000
TWENTY = [*sorted(PLANTS) * 2, "missing_in_ledger", "missing_at_stripe", "amount_differs", "booked_twice"]


def of_paper(books: PlantedBooks, now: datetime = LONG_AFTER) -> Reconciliation:
    return Reconciliation(clock=FrozenClock(now), stripe=books, ledger=books, payments=books)


def of_world(world) -> Reconciliation:
    services = world.services
    books = StripeBooksGateway(world.stripe_client)
    return Reconciliation(clock=world.clock, stripe=books, ledger=services.ledger, payments=services.payment_store)


def named(report) -> list[tuple[str, str]]:
    return sorted((each.kind, each.stripe_object) for each in report.differences)


def test_twenty_planted_in_ten_thousand_orders_are_found_by_name_and_nothing_else(record_property):
    books = trade_on_paper(ORDERS, seed=20)
    clean = of_paper(books).run(FIRST, LAST)
    planted = plant(books, TWENTY, seed=21)

    report = of_paper(books).run(FIRST, LAST)

    assert (clean.differences, clean.waiting) == ((), 0)
    assert len(TWENTY) == 20
    assert named(report) == sorted(planted)
    assert report == of_paper(books).run(FIRST, LAST)
    false_alarms = len(set(named(report)) - planted)
    record_property(
        "summary",
        f"reconciliation: {books.orders} orders, {report.movements} balance transactions, {report.transactions} ledger"
        f" transactions, 20 planted of 8 kinds, {len(planted & set(named(report)))} found, {false_alarms} false",
    )


@given(st.sampled_from(sorted(PLANTS)), st.integers(0, 10**6))
def test_whatever_is_planted_is_told_on_its_day_and_on_no_other_but_late_ones_on_both(kind, seed):
    books = trade_on_paper(8, seed)
    planted = plant(books, [kind], seed)

    days = [of_paper(books).run(FIRST + n * DAY, FIRST + n * DAY) for n in range(DAYS + 10)]

    told = [finding for report in days for finding in named(report)]
    assert set(told) == planted
    assert len(told) <= (2 if kind == "late" else 1)


@given(st.integers(0, 10**6))
def test_days_alone_and_days_together_match_the_same(seed):
    books = trade_on_paper(10, seed)

    whole = of_paper(books).run(FIRST, LAST + DAY)
    days = [of_paper(books).run(FIRST + n * DAY, FIRST + n * DAY) for n in range(DAYS + 1)]

    assert [named(report) for report in days] == [[]] * len(days)
    assert sum(report.matched for report in days) == whole.matched
    assert sum(report.movements for report in days) == whole.movements == len(books.movements)


def moved(at: datetime, **said) -> Movement:
    return replace(Movement("txn_1", "ch_1", "charge", 300, 0, "eur", at), **said)


def test_what_is_not_booked_yet_waits_until_it_is_a_day_old():
    late_evening = datetime.combine(FIRST, time(23), UTC)
    books = PlantedBooks([moved(late_evening)])

    at_night = of_paper(books, late_evening + timedelta(hours=4)).latest()
    next_night = of_paper(books, late_evening + timedelta(hours=28)).latest()

    assert (at_night.last_day, at_night.differences, at_night.waiting) == (FIRST, (), 1)
    assert next_night.first_day == FIRST
    assert (named(next_night), next_night.waiting) == ([("missing_in_ledger", "ch_1")], 0)


def test_money_that_stripe_sets_aside_is_still_the_platforms():
    books = PlantedBooks([moved(START, kind="reserve_hold", amount_minor=-100)])

    assert (named(of_paper(books).run(FIRST, FIRST)), books.movements[0].kind) == ([], "reserve_hold")


def test_an_object_that_stripe_does_not_know_is_missing_there(monkeypatch):
    books = trade_on_paper(1, seed=1)
    books.movements.clear()
    monkeypatch.setattr(books, "of_object", lambda _id: (_ for _ in ()).throw(StripeRefused("resource_missing")))

    report = of_paper(books).run(FIRST, LAST)

    assert {each.kind for each in report.differences} == {"missing_at_stripe"}


def test_an_entry_that_names_no_object_of_stripes_is_told_by_its_own_name():
    books = trade_on_paper(1, seed=1)
    entry = books.ledger[0]
    books.ledger.append(replace(entry, key="by_hand", stripe_object=None))

    assert named(of_paper(books).run(FIRST, LAST)) == [("missing_at_stripe", f"{entry.book}/by_hand")]


def test_a_part_that_was_booked_days_after_the_rest_is_late_on_both_days_and_nothing_else():
    books = trade_on_paper(1, seed=1)
    fee = next(each for each in books.ledger if each.kind == "processing_fee")
    books.exchange(fee, replace(fee, booked_at=fee.booked_at + 9 * DAY))

    for day in (books.movements[0].created_at.date(), fee.booked_at.date() + 9 * DAY):
        assert named(of_paper(books).run(day, day)) == [("late", fee.stripe_object)]


def test_when_everything_differs_it_is_told_without_asking_for_each(monkeypatch):
    books = trade_on_paper(2 * LOOKUPS_MAX, seed=2)
    books.movements.clear()
    asked: list[str] = []
    monkeypatch.setattr(books, "of_object", lambda moved_by: asked.append(moved_by) or [])

    report = of_paper(books).run(FIRST, LAST)

    assert report.counts["missing_at_stripe"] > LOOKUPS_MAX == len(asked)


@pytest.mark.parametrize(
    ("first", "last"), [(FIRST, FIRST - DAY), (FIRST, FIRST + 7 * DAY), (LONG_AFTER.date() + DAY,) * 2]
)
def test_days_that_cannot_be_reconciled_are_refused(first, last):
    with pytest.raises(BadRange):
        of_paper(PlantedBooks()).run(first, last)


def each_day(world) -> list:
    reconciliation = of_world(world)
    first, last = date(2026, 11, 2), world.clock.now().date()
    return [reconciliation.run(first + n * DAY, first + n * DAY) for n in range((last - first).days + 1)]


def take_back(world, order) -> str:
    client = world.stripe_client()
    payment = world.services.payment_store.read(order.payment_id)
    return world.stripe.open_dispute(client.v1.charges.retrieve(payment.charge_id).id)["id"]


def test_a_world_that_traded_for_real_agrees_on_every_day(world, trade, record_property):
    released, refunded, split = trade.delivered(), trade.bought(), trade.delivered()
    world.clock.advance(days=1)
    world.services.orders.confirm(released.order_id, released.buyer_id)
    world.services.orders.cancel(refunded.order_id, refunded.seller_id, "Broken.")
    world.services.disputes.open(split.order_id, split.buyer_id, "damaged", "Broken.", None)
    world.drain()
    lost, won, after_release = trade.shipped(), trade.shipped(), trade.delivered()
    world.services.orders.confirm(after_release.order_id, after_release.buyer_id)
    world.drain()
    world.clock.advance(days=1)
    dispute_id = trade.order(split.order_id).dispute_id
    world.services.disputes.answer(dispute_id, split.seller_id, "It was whole.")
    world.services.disputes.escalate(dispute_id, split.buyer_id)
    world.services.disputes.decide(dispute_id, trade.operator(), 4_000, "5.2", "Half right.")
    for party in (split.buyer_id, split.seller_id):
        world.services.disputes.accept_decision(dispute_id, party)
    cases = {name: take_back(world, order) for name, order in (("lost", lost), ("won", won), ("debt", after_release))}
    world.drain()
    during = of_world(world).run(date(2026, 11, 4), date(2026, 11, 4))
    world.clock.advance(days=3)
    for name, case in cases.items():
        world.stripe.close_dispute(case, won=name == "won")
    world.drain()

    states = [trade.order(each.order_id).state for each in (released, refunded, split, lost, won, after_release)]
    assert states == ["released", "refunded", "split", "lost_to_chargeback", "dispute_review", "released"]
    assert [(each.account, each.amount_minor) for each in during.not_cleared] == [("with_bank", 10_000)] * 3
    days = each_day(world)
    assert [(named(report), report.waiting, report.not_cleared) for report in days] == [([], 0, ())] * 6
    assert sum(report.movements for report in days) == len(platform_movements(world)) == 16
    assert days == each_day(world)
    record_property(
        "summary",
        f"reconciliation: a world of 6 orders, {len(days)} days, {sum(report.matched for report in days)} matched,"
        f" {sum(len(report.differences) for report in days)} differences",
    )


def platform_movements(world) -> list[str]:
    found = world.stripe_client().v1.balance_transactions.list({"limit": 100})
    return [each.id for each in found.auto_paging_iter()]


def test_a_payment_of_several_sellers_and_one_that_came_late_agree(world, trade):
    listings = [trade.listing(trade.seller(), price_minor=price) for price in (5_000, 5_000, 700)]
    cart = trade.place(trade.person(), *((listing, 1) for listing in listings))
    trade.pay(cart)
    world.drain()
    late = trade.place(trade.person(), (listings[0], 1))
    trade.pay(late)
    payment = world.services.payment_store.read(late.payment.payment_id)
    gone = world.services.mover.plan(trade.order(late.orders[0].order_id), "expire", "system").writes
    world.services.transactions.commit([world.services.payment_store.expired(payment), *gone])
    world.drain()

    [report] = each_day(world)

    assert (named(report), report.matched, report.booked["held", "eur"]) == ([], 3, -10_700)
    assert (report.booked["late_payment", "eur"], report.not_cleared) == (0, ())
    assert report.booked["stripe", "eur"] == report.at_stripe["eur"]


def test_a_refund_that_somebody_made_in_stripes_dashboard_is_found(world, trade):
    order = trade.bought()
    charge = world.services.payment_store.read(order.payment_id).charge_id
    made = world.stripe_client().v1.refunds.create({"charge": charge, "amount": 1_000})
    world.clock.advance(days=2)

    report = of_world(world).latest()

    assert named(report) == [("missing_in_ledger", made.id)]
    assert report.counts["missing_in_ledger"] == 1

    found = postings.refund(order, 1_000, made.id, "by_hand", world.clock.now())
    world.services.transactions.commit([world.services.ledger.book(found)])
    assert named(of_world(world).latest()) == [("late", made.id)]


@pytest.fixture
def shop():
    """A Stripe account with a clock that stands still, and nothing else."""
    account = LocalStripe(clock=lambda: START, seed=7)
    return stripe.StripeClient("sk_test_local", http_client=LocalTransport(account)), account


def test_pages_of_stripe_are_read_to_the_last(shop):
    client, _ = shop
    cards_only = {"enabled": True, "allow_redirects": "never"}
    for number in range(101):
        about = {"metadata": {"payment_id": f"pay_{number}"}, "automatic_payment_methods": cards_only}
        intent = client.v1.payment_intents.create({"amount": 100, "currency": "eur", **about})
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    gateway = StripeBooksGateway(lambda: client)

    found = gateway.between(START, START + DAY)

    assert len({each.transaction_id for each in found}) == len(found) == 101
    assert {each.payment_id for each in found} == {f"pay_{number}" for number in range(101)}
    assert gateway.of_object(found[0].stripe_object) == found[:1]
    assert gateway.between(START - DAY, START) == []


def test_a_payout_names_itself_and_nothing_of_ours(shop):
    client, account = shop
    intent = client.v1.payment_intents.create(
        {"amount": 5_000, "currency": "eur", "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )
    client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_bypassPending"})
    payout = client.v1.payouts.create({"amount": 1_000, "currency": "eur"})

    [found] = StripeBooksGateway(lambda: client).of_object(payout.id)

    assert (found.kind, found.amount_minor, found.payment_id, found.order_id) == ("payout", -1_000, None, None)
    account.audit()


def test_stripe_being_away_is_not_now(world):
    gateway = StripeBooksGateway(world.stripe_client)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/balance_transactions", times=9)

    with pytest.raises(Unavailable):
        gateway.of_object("ch_1")


def test_a_clear_no_of_stripes_is_refused(shop):
    client, _ = shop

    with pytest.raises(StripeRefused):
        StripeBooksGateway(lambda: client).of_object("")
