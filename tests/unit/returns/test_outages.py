"""Deadlines that nobody could carry out for months: whichever clock comes first afterwards, the outcome is the same."""

import pytest

from marketplace.orders.clock import GOING_ON_SECONDS, Place
from marketplace.orders.model import OrderMissing
from marketplace.withdrawals.model import Statement
from tests.crash import races
from tests.fakes.grants import only_its_grants
from tests.unit.returns.test_claims import accept, claim, offer, refuse
from tests.unit.returns.test_exchanges import agree, read, receive, replace, send_back, wait
from tests.unit.returns.test_exchanges import ask as ask_exchange
from tests.unit.returns.test_returns import ask, bought, refunds
from tests.unit.returns.test_returns import receive as receive_back

OUTAGE_DAYS = 121  # longer than an order waits for its returns


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def unsent(trade, order):
    return ask(trade, order)


def sent(trade, order):
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    return read(trade, made)


def sent_whole(trade, order):
    made = ask(trade, order, quantity=2)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    return read(trade, made)


def kept_by_seller(trade, order):
    made = agree(trade, ask_exchange(trade, order))
    send_back(trade, made)
    return made


def refused_beside_unsent(trade, order):
    refuse(trade, claim(trade, order, name="claim"))
    return ask(trade, order, name="return")


def exchanged(trade, made, number):
    """Let each side take nearly all of its time, up to the replacement's being on its way."""
    wait(trade, 13)
    send_back(trade, made, f"RR{number}")
    wait(trade, 13)
    receive(trade, made)
    wait(trade, 13)
    return replace(trade, made, f"RP{number}")


def bought_many(trade):
    seller_id, buyer_id = trade.seller("trader"), trade.person("Buyer")
    listing_id = trade.listing(seller_id, price_minor=2_000, stock=40)
    placed = trade.place(buyer_id, (listing_id, 12))
    trade.pay(placed)
    trade.world.drain()
    order = placed.orders[0]
    trade.services.orders.ship(order.order_id, seller_id, "correos", "PK9")
    trade.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
    trade.world.drain()
    return trade.order(order.order_id)


def days_go_by(trade, days):
    for _ in range(days):
        trade.world.clock.advance(days=1)
        trade.world.sweep()


def order_first(trade, order):
    with only_its_grants("escrow"):
        trade.services.order_clock.tick(order.order_id)
    trade.services.return_clock.run(10)
    trade.world.drain()


def order_swept_first(trade, order):
    trade.services.order_clock.catch_up(order.order_id)
    trade.services.return_clock.run(10)
    trade.world.drain()


def only_the_order(trade, order):
    """Nobody sweeps: the state machine alone ends the order."""
    trade.world.drain()


def returns_first(trade, order):
    trade.services.return_clock.run(10)
    trade.services.order_clock.tick(order.order_id)
    trade.world.drain()


@pytest.mark.parametrize("first", [order_first, order_swept_first, only_the_order, returns_first])
@pytest.mark.parametrize(
    ("opened", "outcome", "given_back", "end"),
    [
        (unsent, "not_sent", [], "released"),
        (sent, "refunded", [10_000], "released"),
        (sent_whole, "refunded", [20_000], "refunded"),
        (kept_by_seller, "refunded", [10_000], "released"),
        (refused_beside_unsent, "not_sent", [], "released"),
    ],
)
def test_a_return_that_ended_long_ago_ends_before_its_order_looks_at_the_time(
    trade, opened, outcome, given_back, end, first
):
    order = bought(trade)
    made = opened(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    first(trade, order)

    assert (read(trade, made).outcome, trade.order(order.order_id).state) == (outcome, end)
    assert refunds(trade.world) == given_back


def test_what_came_for_the_goods_is_looked_at_in_peace(trade):
    order = bought(trade, quantity=2)
    made = exchanged(trade, agree(trade, ask_exchange(trade, order)), 0)
    for number in (1, 2):  # with 39 days each, until shortly before the order has waited too long
        after = accept(trade, claim(trade, order, "replace", name=f"claim-{number}"))
        trade.services.returns.confirm_replacement(made.return_id, order.buyer_id)
        made = exchanged(trade, after, number) if number == 1 else after
    send_back(trade, made, "RR2")
    receive(trade, made)
    wait(trade, 12)
    replace(trade, made, "RP2")
    trade.services.returns.confirm_replacement(made.return_id, order.buyer_id)
    wait(trade, 13)
    assert trade.world.clock.now() > trade.order(order.order_id).due_at
    assert trade.services.order_clock.tick(order.order_id) == Place("return_open", GOING_ON_SECONDS)

    wait(trade, 1)
    assert trade.order(order.order_id).state == "released"


def test_what_people_are_still_about_when_the_order_has_waited_too_long_is_for_a_person(trade):
    order = bought(trade)
    made = sent(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS - 3)
    receive_back(trade, made, deduction_minor=800, reasons="A scratch.")
    trade.world.clock.advance(days=3)

    assert trade.services.order_clock.tick(order.order_id).at == "dispute_review"


class NeverScreened:
    """The fraud rules, late."""

    def is_screened(self, _order_id):
        return False


@pytest.mark.parametrize("ends", ["before", "with the order"])
def test_an_order_whose_returns_have_ended_waits_for_a_late_screening_and_for_nobody_else(trade, ends):
    order = bought(trade)
    made = sent(trade, order)
    screened, trade.services.return_clock._screenings = trade.services.return_clock._screenings, NeverScreened()
    if ends == "before":
        wait(trade, 15)
    trade.world.clock.advance(days=OUTAGE_DAYS)

    assert trade.services.order_clock.tick(order.order_id) == Place("return_open", GOING_ON_SECONDS)
    trade.services.return_clock._screenings = screened
    trade.services.order_clock.tick(order.order_id)
    trade.world.drain()
    assert (read(trade, made).outcome, trade.order(order.order_id).state) == ("refunded", "released")


def asked(trade, order):
    return ask_exchange(trade, order)


def claimed(trade, order):
    return claim(trade, order)


def offered(trade, order):
    return offer(trade, claim(trade, order), "price_reduction", 1_000)


def told_nothing_of_arrival(trade, order):
    made = agree(trade, ask_exchange(trade, order))
    send_back(trade, made)
    receive(trade, made)
    return replace(trade, made)


@pytest.mark.parametrize("first", [order_first, order_swept_first, only_the_order, returns_first])
@pytest.mark.parametrize(
    ("opened", "stands_in", "outcome", "given_back"),
    [
        (asked, "approved", "not_sent", []),
        (claimed, "approved", "not_sent", []),
        (offered, "claim_refused", "rejected", []),
        (told_nothing_of_arrival, "replacement_unproven", "refunded", [2_000]),
    ],
)
def test_a_return_of_one_piece_that_time_moved_on_keeps_its_order_waiting_for_its_own_days(
    trade, opened, stands_in, outcome, given_back, first
):
    order = bought_many(trade)
    made = opened(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    first(trade, order)
    assert (read(trade, made).state, trade.order(order.order_id).state) == (stands_in, "return_open")
    assert trade.services.order_clock.tick(order.order_id) == Place("return_open", GOING_ON_SECONDS)

    days_go_by(trade, 15)
    assert (read(trade, made).outcome, trade.order(order.order_id).state) == (outcome, "released")
    assert refunds(trade.world) == given_back


def test_a_piece_sent_back_in_the_days_that_time_gave_is_refunded_and_the_order_goes_on(trade):
    order = bought_many(trade)
    made = asked(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    order_first(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")

    days_go_by(trade, 15)
    assert (read(trade, made).outcome, trade.order(order.order_id).state) == ("refunded", "released")
    assert refunds(trade.world) == [2_000]


def test_a_return_that_time_moved_and_whose_money_cannot_move_keeps_the_order_no_longer_than_its_days(trade):
    order = bought_many(trade)
    made = asked(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    order_first(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    trade.world.clock.advance(days=15)
    trade.services.return_clock._postponed(trade.services.return_store.read(made.return_id))

    assert trade.services.order_clock.tick(order.order_id).at == "dispute_review"


def test_a_return_whose_money_cannot_move_does_not_keep_the_order_waiting(trade):
    order = bought(trade)
    made = sent(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    before = trade.services.return_store.read(made.return_id)
    trade.services.return_clock._postponed(before)

    trade.services.order_clock.tick(order.order_id)

    assert trade.order(order.order_id).state == "dispute_review"


def test_a_withdrawal_that_is_sent_after_the_fourteenth_day_is_refunded_by_the_next_sweep(trade):
    order = bought(trade, quantity=1)
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(order.order_id, "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    wait(trade, 10)  # nobody had swept until now: the statement is taken up late, and still counts from its day
    [made] = trade.services.returns.of_order(order.order_id, order.buyer_id)
    wait(trade, 10)
    sent = trade.services.returns.send(made.made.return_id, order.buyer_id, "correos", "RR1").made
    assert (sent.state, sent.due_at) == ("awaiting_receipt", trade.world.clock.now())

    trade.world.sweep()
    assert (read(trade, sent).outcome, refunds(trade.world)) == ("refunded", [10_000])


def test_two_clocks_at_once_send_no_order_to_a_person_whose_returns_can_end():
    wrong = [each for _outcome, each in races.explore("order's clock x clock of its returns", 2) if each]

    assert wrong == []


class Unrecordable:
    """A book of decisions that takes nothing."""

    def record(self, **_said):
        raise OrderMissing


def test_a_refusal_that_cannot_end_by_itself_is_for_a_person_and_stops_no_clock(trade):
    order = bought(trade)
    refuse(trade, claim(trade, order))
    recording = trade.services.return_clock._decisions
    trade.services.return_clock._decisions = Unrecordable()
    trade.world.clock.advance(days=OUTAGE_DAYS)

    assert trade.services.order_clock.tick(order.order_id).at == "dispute_review"
    trade.services.return_clock._decisions = recording
