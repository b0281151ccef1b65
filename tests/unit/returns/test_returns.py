"""Returns through the real services, under both versions of the order process."""

from datetime import timedelta

import pytest

from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.periods import last_moment
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.payments.refund_model import DisputeDecides
from marketplace.returns.errors import (
    AlreadyReturned,
    DeductionInvalid,
    ReturnLinesInvalid,
    ReturnMissing,
    ReturnNotAllowed,
    ReturnRefused,
)
from marketplace.returns.rules import Wanted

VERSIONS = (1, 2)


@pytest.fixture(params=VERSIONS, ids=lambda version: f"v{version}")
def version(request, world):
    world.place_under(request.param)
    return request.param


def bought(trade, *, quantity=2, price_minor=10_000, kind="trader", other=0):
    """Bring an order of one line (or two) to delivered."""
    seller_id, buyer_id = trade.seller(kind), trade.person("Buyer")
    first = trade.listing(seller_id, price_minor=price_minor)
    wanted = [(first, quantity)] + ([(trade.listing(seller_id, price_minor=other), 1)] if other else [])
    placed = trade.place(buyer_id, *wanted)
    trade.pay(placed)
    trade.world.drain()
    order = placed.orders[0]
    trade.services.orders.ship(order.order_id, seller_id, "correos", f"PK{order.order_id[-8:]}")
    trade.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
    trade.world.drain()
    return trade.order(order.order_id)


def key(name="one"):
    return Idempotency(name, f"fingerprint-{name}")


def pieces(order, quantity=1, line=0):
    return (Wanted(order.lines[line].listing_id, quantity),)


def ask(trade, order, quantity=1, name="one", line=0):
    made = trade.services.returns.ask(order.order_id, order.buyer_id, pieces(order, quantity, line), "", key(name))
    trade.world.drain()
    return made.made


def receive(trade, made, **said):
    view = trade.services.returns.receive(made.return_id, made.seller_id, **{"restock": False, **said})
    trade.world.drain()
    return view.made


def refunds(world):
    return [each["amount"] for each in world.stripe.objects("refund")]


def test_a_part_goes_back_and_the_rest_goes_to_the_seller(trade, version):
    order = bought(trade)
    stock = trade.services.listing_store.read(order.lines[0].listing_id).stock
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    ended = receive(trade, made, restock=True)
    trade.world.clock.advance(days=30)
    trade.world.sweep()

    assert (ended.outcome, ended.refund_minor) == ("refunded", 10_000)
    assert refunds(trade.world) == [10_000]
    assert trade.services.listing_store.read(order.lines[0].listing_id).stock == stock + 1
    after = trade.order(order.order_id)
    assert (after.state, after.refunded_minor, after.award.seller_minor) == ("released", 10_000, 10_000)


def test_everything_goes_back_and_the_order_ends_refunded(trade, version):
    order = bought(trade)
    receive(trade, ask(trade, order, 2))

    assert refunds(trade.world) == [20_000]
    assert trade.order(order.order_id).state == "refunded"


def test_after_the_release_the_sellers_part_is_taken_back(trade, version):
    order = bought(trade)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    receive(trade, ask(trade, order))

    after = trade.order(order.order_id)
    assert (after.state, after.refunded_after_minor) == ("released", 10_000)
    assert refunds(trade.world) == [10_000]


def test_while_a_return_is_open_the_clock_of_the_order_stands_still(trade, world):
    world.place_under(2)
    order = bought(trade)
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    world.clock.advance(days=13)
    world.sweep()
    assert trade.order(order.order_id).state == "return_open"

    receive(trade, made)
    assert trade.order(order.order_id).state == "released"


def test_silence_of_the_seller_refunds_and_silence_of_the_buyer_does_not(trade, version):
    sent, kept = bought(trade), bought(trade)
    one, other = ask(trade, sent), ask(trade, kept, name="two")
    trade.services.returns.send(one.return_id, sent.buyer_id, "correos", "RR1")
    trade.world.clock.advance(days=14)
    trade.world.sweep()

    ends = [trade.services.return_store.read(each.return_id).outcome for each in (one, other)]
    assert ends == ["refunded", "not_sent"]
    assert refunds(trade.world) == [10_000]
    trade.world.clock.advance(days=1)
    trade.world.sweep()
    assert {trade.order(each.order_id).state for each in (sent, kept)} == {"released"}


def test_who_cancels_a_return_keeps_the_whole_time_to_look_at_the_goods(trade, world):
    world.place_under(2)
    order = bought(trade)
    made = ask(trade, order)
    trade.services.returns.cancel(made.return_id, order.buyer_id)
    world.sweep()
    assert trade.order(order.order_id).state == "return_open"
    again = ask(trade, order, name="two")
    trade.services.returns.cancel(again.return_id, order.buyer_id)

    world.clock.advance(days=14)
    world.sweep()

    assert trade.order(order.order_id).state == "released"
    assert refunds(world) == []


def test_no_piece_is_returned_twice(trade, version):
    order = bought(trade)
    first = ask(trade, order)
    ask(trade, order, name="two")
    with pytest.raises(AlreadyReturned):
        ask(trade, order, name="three")

    receive(trade, first)
    with pytest.raises(ReturnRefused):
        receive(trade, first)
    assert refunds(trade.world) == [10_000]


def test_the_same_attempt_is_one_return_and_a_different_request_is_refused(trade, version):
    order = bought(trade)

    assert ask(trade, order) == ask(trade, order)
    with pytest.raises(IdempotencyKeyReused):
        trade.services.returns.ask(order.order_id, order.buyer_id, pieces(order), "", Idempotency("one", "else"))


def test_a_deduction_is_accepted_contested_or_stands(trade, version):
    order = bought(trade, quantity=3)
    one, two, three = (ask(trade, order, name=name) for name in ("a", "b", "c"))
    returns, buyer_id = trade.services.returns, order.buyer_id
    for made in (one, two, three):
        receive(trade, made, deduction_minor=1_000, reasons="A scratch.")
    returns.answer_deduction(one.return_id, buyer_id, accept=True)
    returns.answer_deduction(two.return_id, buyer_id, accept=False)
    with pytest.raises(OwnCase):
        returns.decide(two.return_id, order.seller_id, 0, "Mine.")
    returns.decide(two.return_id, trade.operator(), 500, "Half of it.")
    trade.world.drain()
    trade.world.clock.advance(days=7)
    trade.world.sweep()

    assert sorted(refunds(trade.world)) == [9_000, 9_000, 9_500]


def test_a_dispute_takes_the_money_over_and_the_return_ends(trade, world):
    world.place_under(2)
    order = bought(trade)
    made = ask(trade, order)
    trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    with pytest.raises(DisputeDecides):
        receive(trade, made)
    world.clock.advance(days=15)
    world.sweep()

    assert trade.services.return_store.read(made.return_id).outcome == "superseded"
    assert refunds(world) == []


def test_a_refund_given_meanwhile_is_not_given_twice(trade, version):
    order = bought(trade, quantity=1)
    made = ask(trade, order)
    writes = trade.services.refunds.request(
        trade.order(order.order_id),
        4_000,
        reason="Sorry.",
        actor="seller",
        refund_id="ref_goodwill",
        requested_by=order.seller_id,
    )
    trade.services.transactions.commit(writes)
    trade.world.drain()

    assert receive(trade, made).refund_minor == 6_000
    assert sorted(refunds(trade.world)) == [4_000, 6_000]


def test_a_private_seller_who_offered_no_returns_owes_none(trade, version):
    order = bought(trade, kind="private")
    with pytest.raises(ReturnNotAllowed) as refused:
        trade.services.returns.quote(order.order_id, order.buyer_id, pieces(order))

    assert refused.value.facts["reason"] == "not_offered"


def test_the_time_ends_and_the_day_is_shown_before(trade, version):
    order = bought(trade)
    quoted = trade.services.returns.quote(order.order_id, order.buyer_id, pieces(order))
    assert quoted.lines[0].until == last_moment(order.delivered_at, 14)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    trade.world.clock.set(quoted.lines[0].until + timedelta(seconds=1))

    with pytest.raises(ReturnNotAllowed):
        ask(trade, order)


def test_bad_input_is_refused_and_changes_nothing(trade, version):
    order = bought(trade)
    returns, stranger = trade.services.returns, trade.person("Stranger")
    made = ask(trade, order)
    for refusal, act in (
        (OrderMissing, lambda: returns.quote(order.order_id, stranger, pieces(order))),
        (OrderMissing, lambda: returns.of_order(order.order_id, stranger)),
        (ReturnMissing, lambda: returns.view(made.return_id, stranger)),
        (ReturnMissing, lambda: returns.view(made.return_id, order.buyer_id, by="acc_member")),
        (ReturnMissing, lambda: returns.cancel(made.return_id, order.seller_id)),
        (ReturnLinesInvalid, lambda: returns.quote(order.order_id, order.buyer_id, pieces(order, 3))),
        (ReturnLinesInvalid, lambda: returns.quote(order.order_id, order.buyer_id, pieces(order) * 2)),
        (DeductionInvalid, lambda: receive(trade, made, deduction_minor=1)),
        (DeductionInvalid, lambda: receive(trade, made, deduction_minor=10_001, reasons="All and more.")),
    ):
        with pytest.raises(refusal):
            act()

    assert trade.services.return_store.read(made.return_id) == made


def test_a_label_is_given_before_the_goods_are_sent(trade, version):
    order = bought(trade)
    made = ask(trade, order)
    labelled = trade.services.returns.label(made.return_id, order.seller_id, "https://correos.example/1").made
    assert labelled.label_url == "https://correos.example/1"
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")

    with pytest.raises(ReturnRefused):
        trade.services.returns.label(made.return_id, order.seller_id, "https://correos.example/2")


def test_an_order_is_not_let_go_before_it_was_screened(trade, world):
    world.place_under(2)
    order = bought(trade)
    made = ask(trade, order)

    class Unscreened:
        def is_screened(self, _order_id):
            return False

    world.services.return_clock._screenings = Unscreened()
    receive(trade, made)
    assert trade.order(order.order_id).state == "return_open"
    world.restart()
    world.sweep()

    assert trade.order(order.order_id).state == "released"
