"""A buyer's month tells all of their money: what came too late, what could not be sent, what moves after years."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.ledger import postings
from marketplace.orders.model import BUYER
from marketplace.payments.unclaimed_model import Way
from marketplace.returns.conformity import GUARANTEES, months_after
from marketplace.statements.buyers import ORDERS_MAX, PAGE, BuyerMonths
from marketplace.statements.life import BANK, KEPT_FOR, LIFE_MAX
from marketplace.statements.model import MonthTooLong
from marketplace.statements.monthly import Month, month_at
from marketplace.statements.page import render
from marketplace.statements.texts import title_of
from tests.crash.flows import prepare_late
from tests.crash.owner_deeds import closed_refund, decide_as
from tests.crash.unclaimed_deeds import back_from_the_buyer, late_and_closed
from tests.unit.ledger.test_ledger import an_order
from tests.unit.payments.test_paid_outside import paid as pay_outside
from tests.unit.statements.adding_up import check, months_of

PLACED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIABLE_MONTHS = sorted({each.liable_months for each in GUARANTEES})


def lines(month):
    return [(each.fact, each.amount_minor) for each in month.entries]


def this_month(world, buyer_id):
    return months_of(world, buyer_id)[-1]


@pytest.fixture
def late(trade):
    """A payment that came too late, whose refund its bank sent back, closed by two; who paid, its name, who closed."""
    placed, name, staff = late_and_closed(prepare_late)(trade)
    return placed.payment, name, staff


@pytest.fixture
def order(trade):
    """An order of 100.00 on its way, of which a refund of 30.00 could not be sent and was closed by two."""
    return closed_refund(trade)[0]


def test_a_payment_that_came_too_late_and_its_refund_are_two_lines(world, trade):
    placed = prepare_late(trade)
    world.drain()

    month = this_month(world, placed.payment.buyer_id)

    assert lines(month) == [("late_payment", 10_000), ("late_refund", -10_000)]
    assert (month.opening_minor, month.closing_minor) == (0, 0)
    assert check(world) == 2


def test_a_late_payment_is_in_the_balance_and_on_its_way_until_it_went_back(world, trade):
    placed = prepare_late(trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    with suppress(Unavailable):
        world.services.payments.complete(placed.payment.payment_id)

    month = this_month(world, placed.payment.buyer_id)
    receipt = world.services.statements.receipt(placed.orders[0].order_id, placed.payment.buyer_id)

    assert (lines(month), month.closing_minor) == ([("late_payment", 10_000)], 10_000)
    assert (receipt.held_minor, receipt.promised_minor, receipt.waiting_minor) == (0, 10_000, 0)
    world.drain()
    world.clock.advance(hours=1)
    world.sweep()
    assert this_month(world, placed.payment.buyer_id).closing_minor == 0


def late_for_two(world, trade):
    """One payment of two orders, made when both were given up."""
    one, other = trade.listing(trade.seller()), trade.listing(trade.seller(), price_minor=3_333)
    placed = trade.place(trade.person("Buyer"), (one, 1), (other, 1))
    world.drain()
    services = world.services
    given_up = [services.payment_store.expired(services.payment_store.read(placed.payment.payment_id))]
    for order in placed.orders:
        given_up += services.mover.plan(order, "expire", "system").writes
    services.transactions.commit(given_up)
    trade.pay(placed)
    return placed


def test_one_late_payment_of_two_orders_is_told_once(world, trade):
    placed = late_for_two(world, trade)
    world.drain()

    month = this_month(world, placed.payment.buyer_id)

    assert lines(month) == [("late_payment", 13_333), ("late_refund", -13_333)]


def test_receipts_of_a_late_payment_that_a_bank_gave_back_say_what_the_month_says(world, trade):
    placed = late_for_two(world, trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    with pytest.raises(Unavailable):
        world.services.payments.complete(placed.payment.payment_id)
    case = world.stripe.open_dispute(world.stripe.objects("charge")[0]["id"])
    world.drain()
    world.stripe.close_dispute(case["id"], won=False)
    world.drain()
    world.sweep()

    buyer_id = placed.payment.buyer_id
    receipts = [world.services.statements.receipt(each.order_id, buyer_id) for each in placed.orders]
    told = [[(each.fact, each.amount_minor) for each in receipt.account.entries] for receipt in receipts]

    assert (
        told
        == [lines(this_month(world, buyer_id))] * 2
        == [[("late_payment", 13_333), ("refund_overtaken", -13_333)]] * 2
    )
    assert [receipt.account.total_minor for receipt in receipts] == [0, 0]


def test_a_receipt_tells_that_a_late_payment_s_refund_came_back(world, late):
    payment, _, _ = late

    receipt = world.services.statements.receipt(payment.order_ids[0], payment.buyer_id)

    told = [(each.fact, each.amount_minor) for each in receipt.account.entries]
    assert told == [("late_payment", 10_000), ("late_refund", -10_000), ("refund_failed", 10_000)]
    assert (receipt.account.total_minor, receipt.promised_minor, receipt.waiting_minor) == (10_000, 0, 10_000)
    assert "waits to be paid to you: €100.00" in render(receipt, "en")


def test_what_could_not_be_sent_stays_in_the_balance_on_a_line_of_its_own(world, order):
    month = this_month(world, order.buyer_id)

    assert lines(month)[-2:] == [("intent_closed", -3_000), ("waiting", 3_000)]
    assert (month.closing_minor, month.waiting_minor) == (10_000, 3_000)
    assert title_of(BUYER, "waiting", "en") == "Waits to be paid to you"


def test_what_waits_is_in_the_next_month_s_opening_balance(world, order):
    world.clock.set(Month("2026-12").begins)

    month = this_month(world, order.buyer_id)

    assert (month.opening_minor, month.entries) == (10_000, ())
    assert (month.closing_minor, month.waiting_minor) == (10_000, 3_000)


def test_what_was_paid_by_other_means_is_a_line_and_waits_no_more(world, late):
    payment, name, staff = late
    assert this_month(world, payment.buyer_id).waiting_minor == 10_000

    pay_outside(world, name, staff)

    month = this_month(world, payment.buyer_id)
    assert lines(month)[-1] == ("paid_outside", -10_000)
    assert (month.closing_minor, month.waiting_minor) == (0, 0)


def test_what_is_found_to_be_the_seller_s_leaves_the_balance_with_its_reason(world, trade):
    made = back_from_the_buyer(trade)
    order, _, _ = made
    waited = this_month(world, order.buyer_id).waiting_minor

    decide_as(Way.SELLER)(trade, made)

    month = this_month(world, order.buyer_id)
    assert lines(month)[-1] == ("buyers_to_seller", -waited)
    assert (month.closing_minor, month.waiting_minor) == (0, 0)
    assert check(world) > 0


class Books:
    """Orders by age, each with one booking of its payment; counts what is read."""

    def __init__(self, *orders):
        self._orders = sorted(orders, key=lambda each: each.placed_at, reverse=True)
        self.booked = {each.order_id: [postings.capture(each, "ch_1", each.placed_at)] for each in orders}
        self.read = list[str]()
        self.pages = 0

    def page_of_buyer(self, _buyer_id, cursor, limit):
        self.pages += 1
        begin = int(cursor or 0)
        rows = self._orders[begin : begin + limit]
        return Rows(tuple(rows), str(begin + limit) if begin + limit < len(self._orders) else None)

    def of_book(self, book):
        self.read.append(book)
        return self.booked.get(book, [])


def bought(number=0, at=PLACED):
    return replace(an_order(10_000), order_id=f"ord_{number}", payment_id=f"pay_{number}", placed_at=at)


def month_in(books, moment):
    clock = SimpleNamespace(now=lambda: moment)
    return BuyerMonths(clock=clock, pages=books, books=books).month_of("acc_buyer", month_at(moment), "eur")


@pytest.mark.parametrize("months", LIABLE_MONTHS)
def test_a_refund_by_the_guarantee_is_told_however_late_it_comes(months):
    order = bought()
    books, refunded_at = Books(order), months_after(PLACED, months) + BANK
    books.booked["ord_0"].append(postings.refund(order, 4_000, "re_1", "refund#ord_0#1", refunded_at))

    month = month_in(books, refunded_at)

    assert lines(month) == [("refund", -4_000)]
    assert (month.opening_minor, month.closing_minor) == (10_000, 6_000)


def test_what_waits_since_the_guarantee_s_last_day_is_told_as_long_as_it_can_be_asked_for():
    order = bought()

    month = month_in(Books(order), months_after(PLACED, LIABLE_MONTHS[-1]) + KEPT_FOR)

    assert month.opening_minor == 10_000


@pytest.mark.parametrize(("days", "opening"), [(0, 10_000), (-1, 0)])
def test_an_order_is_read_for_as_long_as_its_money_can_move(days, opening):
    month = Month("2040-01")
    books = Books(bought(at=month.begins - LIFE_MAX + timedelta(days=days)))

    assert month_in(books, month.begins).opening_minor == opening


def test_reading_ends_with_the_page_on_which_orders_are_too_old():
    month = Month("2040-01")
    old = [bought(each, month.begins - LIFE_MAX - timedelta(days=each + 1)) for each in range(3 * PAGE)]
    books = Books(bought("new", month.begins), *old)

    month_in(books, month.begins)

    assert (books.pages, books.read) == (1, ["ord_new"])


def test_a_payment_is_read_where_an_order_was_not_captured_and_once_of_many_orders():
    books = Books(bought(1), replace(bought(2), payment_id="pay_1"), bought(3))
    for uncaptured in ("ord_1", "ord_2"):
        books.booked[uncaptured] = []

    month_in(books, PLACED)

    assert sorted(books.read) == ["ord_1", "ord_2", "ord_3", "pay_1"]


def test_more_orders_than_one_answer_reads_are_refused_and_none_is_left_out():
    enough = [bought(each) for each in range(ORDERS_MAX)]
    assert month_in(Books(*enough), PLACED + timedelta(days=1)).closing_minor == ORDERS_MAX * 10_000

    with pytest.raises(MonthTooLong):
        month_in(Books(*enough, bought("more")), PLACED + timedelta(days=1))
