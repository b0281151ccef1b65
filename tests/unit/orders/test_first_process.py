"""Orders that were placed under the first process, and are still under way, end as they were promised to.

New orders run the latest one; these stories are whole, in money and in words, so that no later change touches them.
"""

import pytest

from marketplace.disputes.errors import NothingToAppeal
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import TransitionRefused
from marketplace.returns.rules import Wanted

PRICE = 10_000
NET = 9_200  # less a commission of 8 %


@pytest.fixture
def trade(world, trade):
    world.place_under(1)
    return trade


def names(trade, order):
    return [move.name for move in trade.services.order_store.moves(order.order_id)][2:]  # after place and pay


def paid_out(trade):
    """What left the hold: to buyers, and to sellers."""
    stripe = trade.world.stripe
    return tuple([each["amount"] for each in stripe.objects(kind)] for kind in ("refund", "transfer"))


def stay_silent(trade, days):
    """Let days pass in which nobody does anything; the clock and the sweep do."""
    for _ in range(days // 5):
        trade.world.clock.advance(days=5)
        trade.world.sweep()


def take_back(trade):
    [charge] = [each for each in trade.world.stripe.objects("charge") if each["status"] == "succeeded"]
    dispute_id = trade.world.stripe.open_dispute(charge["id"])["id"]
    trade.world.drain()
    return dispute_id


def test_they_are_of_the_first_process(trade):
    assert trade.bought().process_version == 1


@pytest.mark.parametrize(
    ("reach", "days", "log", "state", "money"),
    [
        ("bought", 15, ["ship_overdue", "settle"], "refunded", ([PRICE], [])),
        ("shipped", 95, ["ship", "delivery_overdue", "proof_overdue", "settle"], "refunded", ([PRICE], [])),
        ("delivered", 15, ["ship", "attest_delivery", "inspection_over", "settle"], "released", ([], [NET])),
    ],
)
def test_silence_ends_them(trade, reach, days, log, state, money):
    order = getattr(trade, reach)()

    stay_silent(trade, days)

    assert (names(trade, order), trade.order(order.order_id).state) == (log, state)
    assert paid_out(trade) == money


def test_the_buyer_confirms_and_the_seller_is_paid(trade):
    order = trade.shipped()

    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()

    assert names(trade, order) == ["ship", "confirm", "settle"]
    assert paid_out(trade) == ([], [NET])


@pytest.mark.parametrize("side", ["buyer_id", "seller_id"])
def test_either_side_cancels_before_the_shipment(trade, side):
    order = trade.bought()

    trade.services.orders.cancel(order.order_id, getattr(order, side), "changed my mind")
    trade.world.drain()

    assert names(trade, order) == ["cancel", "settle"]
    assert paid_out(trade) == ([PRICE], [])


@pytest.mark.parametrize(
    ("refund", "state", "money"),
    [
        (0, "released", ([], [NET])),
        (3_000, "split", ([3_000], [7_000 - 560])),
        (PRICE, "refunded", ([PRICE], [])),
    ],
)
def test_a_dispute_is_answered_decided_and_carried_out_at_once(trade, refund, state, money):
    order = trade.delivered()
    disputes = trade.services.disputes
    dispute_id = disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None).dispute.dispute_id
    disputes.answer(dispute_id, order.seller_id, "It was whole.")
    before = trade.world.clock.now()

    disputes.decide(dispute_id, "acc_operator", refund, "5.2", "As the photos show.")
    trade.world.drain()

    assert names(trade, order)[2:] == ["open_dispute", "answer", "decide", "settle"]
    assert (trade.order(order.order_id).state, trade.world.clock.now()) == (state, before)
    assert paid_out(trade) == money


@pytest.mark.parametrize("answered", [True, False])
def test_a_dispute_that_nobody_decides_goes_to_the_buyer(trade, answered):
    order = trade.delivered()
    view = trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    trade.world.drain()
    if answered:
        trade.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
        trade.world.drain()

    stay_silent(trade, 70)

    first = "answer" if answered else "answer_overdue"
    assert names(trade, order)[2:] == ["open_dispute", first, "decision_overdue", "settle"]
    assert paid_out(trade) == ([PRICE], [])


def test_nobody_talks_offers_or_appeals(trade):
    order = trade.reviewed(trade.delivered())
    disputes = trade.services.disputes

    for deed in (
        lambda: disputes.escalate(order.dispute_id, order.buyer_id),
        lambda: disputes.drop(order.dispute_id, order.buyer_id),
        lambda: disputes.offer(order.dispute_id, order.seller_id, 1_000, expires_in_hours=24),
    ):
        with pytest.raises(TransitionRefused):
            deed()
    disputes.decide(order.dispute_id, "acc_operator", 3_000, "5.2", "Both are a little right.")
    trade.world.drain()
    with pytest.raises(NothingToAppeal):
        trade.services.appeals.appeal(order.dispute_id, order.buyer_id, "Look again.")


def test_a_return_does_not_stop_the_clock_and_is_refunded_out_of_what_was_released(trade):
    order = trade.delivered()
    wanted = (Wanted(order.lines[0].listing_id, 1),)
    made = trade.services.returns.ask(order.order_id, order.buyer_id, wanted, "", Idempotency("one", "one")).made
    trade.world.clock.advance(days=10)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    frozen = trade.order(order.order_id).state
    trade.world.clock.advance(days=5)
    trade.world.sweep()
    between = trade.order(order.order_id).state

    trade.world.drain()

    assert trade.services.return_store.read(made.return_id).state == "ended"
    assert (frozen, between) == ("delivered", "released")
    assert paid_out(trade) == ([PRICE], [NET])
    assert [each["amount"] for each in trade.world.stripe.objects("transfer_reversal")] == [NET]


@pytest.mark.parametrize(
    ("won", "state", "log"),
    [
        (True, "dispute_review", ["ship", "charge_back", "chargeback_won"]),
        (False, "lost_to_chargeback", ["ship", "charge_back", "chargeback_lost"]),
    ],
)
def test_a_bank_takes_the_money_and_decides(trade, won, state, log):
    order = trade.shipped()
    case = take_back(trade)

    trade.world.stripe.close_dispute(case, won=won)
    trade.world.drain()

    assert (names(trade, order), trade.order(order.order_id).state) == (log, state)
    assert paid_out(trade) == ([], [])


def test_a_bank_that_never_answers_has_won(trade):
    order = trade.shipped()
    take_back(trade)

    stay_silent(trade, 125)

    assert trade.order(order.order_id).state == "lost_to_chargeback"
    assert paid_out(trade) == ([], [])
