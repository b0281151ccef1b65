"""Exchanges through the real services: goods for goods, and the money back whenever that fails."""

from datetime import timedelta

import pytest

from marketplace.returns.errors import DeductionInvalid, ReturnMissing, ReturnNotAllowed, ReturnRefused
from marketplace.shipping.model import TrackingInvalid, TrackingNumberUsed
from marketplace.withdrawals.model import Statement
from tests.unit.returns.test_returns import bought, key, pieces, refunds
from tests.unit.shipping.making import report


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def stock(trade, order):
    return trade.services.listing_store.read(order.lines[0].listing_id).stock


def ask(trade, order, quantity=1, name="one"):
    view = trade.services.returns.ask_exchange(
        order.order_id, order.buyer_id, pieces(order, quantity), "Too small", key(name)
    )
    trade.world.drain()
    return view.made


def agree(trade, made, *, accept=True):
    view = trade.services.returns.answer_exchange(made.return_id, made.seller_id, accept=accept)
    trade.world.drain()
    return view.made


def send_back(trade, made, number="RR1"):
    return trade.services.returns.send(made.return_id, made.buyer_id, "correos", number).made


def receive(trade, made, *, restock=False):
    view = trade.services.returns.receive(made.return_id, made.seller_id, restock=restock)
    trade.world.drain()
    return view.made


def replace(trade, made, number="RP1"):
    view = trade.services.returns.send_replacement(made.return_id, made.seller_id, "correos", number)
    trade.world.drain()
    return view.made


def wait(trade, days):
    trade.world.clock.advance(days=days)
    trade.world.sweep()


def read(trade, made):
    return trade.services.return_store.read(made.return_id)


def replacing(trade, order):
    made = agree(trade, ask(trade, order))
    send_back(trade, made)
    return receive(trade, made)


def test_goods_are_exchanged_for_the_same_and_no_money_moves(trade):
    order = bought(trade)
    before = stock(trade, order)
    made = agree(trade, ask(trade, order))
    assert (made.state, stock(trade, order)) == ("to_send", before - 1)
    assert trade.order(order.order_id).state == "return_open"
    send_back(trade, made)
    receive(trade, made, restock=True)
    replace(trade, made)
    ended = trade.services.returns.confirm_replacement(made.return_id, order.buyer_id).made

    assert (ended.outcome, ended.refund_minor, ended.replacement.arrived_by) == ("replaced", 0, "buyer")
    assert stock(trade, order) == before
    wait(trade, 13)
    assert trade.order(order.order_id).state == "return_open"
    wait(trade, 1)
    assert trade.order(order.order_id).state == "released"
    assert refunds(trade.world) == []


@pytest.mark.parametrize("how", ["silent", "declined", "out of stock", "paused"])
def test_what_is_not_agreed_to_becomes_a_return_by_the_terms(trade, how):
    order = bought(trade)
    made = ask(trade, order)
    if how == "silent":
        wait(trade, 3)
    elif how == "declined":
        agree(trade, made, accept=False)
    else:
        _empty(trade, order, how)
        agree(trade, made)
    assert read(trade, made).state == "approved"
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    wait(trade, 14)

    ended = read(trade, made)
    assert (ended.kind, ended.outcome, ended.refund_minor) == ("exchange", "refunded", made.quoted_minor)
    assert refunds(trade.world).count(10_000) == 1


def _empty(trade, order, how):
    listing = trade.services.listing_store.read(order.lines[0].listing_id)
    if how == "paused":
        trade.services.catalog.withdraw_listing(order.seller_id, listing.listing_id)
        return
    placed = trade.place(trade.person("Other"), (listing, listing.stock))
    trade.pay(placed)
    trade.world.drain()


@pytest.mark.parametrize("where", ["never sent", "cancelled"])
def test_a_buyer_who_does_not_send_back_keeps_the_goods_and_the_reserved_ones_are_free(trade, where):
    order = bought(trade)
    before = stock(trade, order)
    made = agree(trade, ask(trade, order))
    if where == "cancelled":
        trade.services.returns.cancel(made.return_id, order.buyer_id)
    wait(trade, 14)

    assert read(trade, made).outcome == ("cancelled" if where == "cancelled" else "not_sent")
    assert stock(trade, order) == before
    assert refunds(trade.world) == []
    assert trade.order(order.order_id).state == "released"


@pytest.mark.parametrize("where", ["never received", "never replaced", "seller refunds"])
def test_a_seller_who_has_the_goods_and_sends_nothing_pays_back(trade, where):
    order = bought(trade)
    before = stock(trade, order)
    made = agree(trade, ask(trade, order))
    send_back(trade, made)
    if where != "never received":
        receive(trade, made)
    if where == "seller refunds":
        trade.services.returns.refund_instead(made.return_id, order.seller_id)
        trade.world.drain()
    else:
        wait(trade, 14)

    assert (read(trade, made).outcome, refunds(trade.world)) == ("refunded", [10_000])
    assert stock(trade, order) == before
    assert trade.order(order.order_id).state == "released"


@pytest.mark.parametrize(("how", "outcome"), [("silence", "refunded"), ("lost", "refunded"), ("attested", "replaced")])
def test_what_is_never_shown_to_have_arrived_is_looked_at_and_refunded(trade, how, outcome):
    order = bought(trade)
    before = stock(trade, order)
    made = replacing(trade, order)
    replace(trade, made)
    wait(trade, 14)
    assert read(trade, made).state == "replacement_unproven"
    if how == "silence":
        wait(trade, 14)
    else:
        arrived, returns = how == "attested", trade.services.returns
        returns.decide_replacement(made.return_id, trade.operator(), arrived=arrived, reasons="The carrier said so.")
        trade.world.drain()

    assert read(trade, made).outcome == outcome
    assert refunds(trade.world) == ([10_000] if outcome == "refunded" else [])
    assert stock(trade, order) == before - 1


def test_a_dispute_takes_over_and_what_was_reserved_is_free(trade):
    order = bought(trade)
    before = stock(trade, order)
    made = agree(trade, ask(trade, order))
    trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    wait(trade, 14)

    assert read(trade, made).outcome == "superseded"
    assert stock(trade, order) == before


def test_the_replacement_can_be_returned_and_no_piece_twice_at_once(trade):
    order = bought(trade, quantity=1)
    made = replacing(trade, order)
    replace(trade, made)
    trade.services.returns.confirm_replacement(made.return_id, order.buyer_id)
    again = trade.services.returns.ask(order.order_id, order.buyer_id, pieces(order), "", key("again")).made
    trade.services.returns.receive(again.return_id, order.seller_id, restock=False)
    trade.world.drain()

    assert refunds(trade.world) == [10_000]
    assert trade.order(order.order_id).state == "refunded"


def test_a_label_is_given_for_what_is_exchanged_too(trade):
    made = agree(trade, ask(trade, bought(trade)))
    labelled = trade.services.returns.label(made.return_id, made.seller_id, "https://correos.example/1").made

    assert (labelled.label_url, labelled.state) == ("https://correos.example/1", "to_send")


def test_who_withdraws_while_something_is_exchanged_loses_no_right(trade, world):
    order = bought(trade, quantity=1)
    made = agree(trade, ask(trade, order))
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(order.order_id, "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    world.sweep()
    assert trade.services.return_store.head(order.order_id).open_count == 1
    trade.services.returns.cancel(made.return_id, order.buyer_id)
    world.clock.advance(hours=7)
    world.sweep()

    kinds = [each.made.kind for each in trade.services.returns.of_order(order.order_id, order.buyer_id)]
    assert kinds == ["exchange", "withdrawal"]


def test_after_the_release_it_goes_the_same_way(trade):
    order = bought(trade)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    made = replacing(trade, order)
    wait(trade, 14)

    assert (read(trade, made).outcome, refunds(trade.world)) == ("refunded", [10_000])
    assert trade.order(order.order_id).state == "released"


def test_the_quote_says_whether_there_is_one_to_send_and_until_when(trade):
    order = bought(trade)
    quoted = trade.services.returns.quote_exchange(order.order_id, order.buyer_id, pieces(order))
    _empty(trade, order, "sold")
    later = trade.services.returns.quote_exchange(order.order_id, order.buyer_id, pieces(order))

    assert (quoted.in_stock, later.in_stock) == (True, False)
    assert quoted.refund_minor == 10_000
    assert quoted.answer_by < quoted.send_by < quoted.replaced_by < quoted.refund_by


def test_bad_input_is_refused_and_changes_nothing(trade):
    order, private = bought(trade), bought(trade, kind="private")
    returns, made = trade.services.returns, ask(trade, order)
    number = order.tracking_number
    for refusal, act in (
        (ReturnNotAllowed, lambda: ask(trade, private)),
        (ReturnMissing, lambda: returns.answer_exchange(made.return_id, order.buyer_id, accept=True)),
        (ReturnRefused, lambda: returns.send_replacement(made.return_id, order.seller_id, "correos", "RP1")),
        (ReturnRefused, lambda: returns.confirm_replacement(made.return_id, order.buyer_id)),
        (ReturnRefused, lambda: returns.accept_claim(made.return_id, order.seller_id)),
        (ReturnRefused, lambda: returns.answer_offer(made.return_id, order.buyer_id, accept=True)),
    ):
        with pytest.raises(refusal):
            act()
    assert read(trade, made) == made

    agreed = agree(trade, made)
    for refusal, act in (
        (TrackingNumberUsed, lambda: send_back(trade, made, number)),
        (TrackingInvalid, lambda: send_back(trade, made, "--")),
        (DeductionInvalid, lambda: returns.receive(made.return_id, order.seller_id, restock=False, deduction_minor=1)),
    ):
        with pytest.raises(refusal):
            act()
    assert read(trade, made) == agreed


def missing(trade, name="one"):
    """Bring an exchange to where the buyer named a parcel, and the seller says that nothing came."""
    order = bought(trade)
    made = send_back(trade, agree(trade, ask(trade, order, name=name)), "NEVERSENT")
    view = trade.services.returns.report_missing(made.return_id, made.seller_id, "Nothing came.")
    trade.world.drain()
    return order, view.made


def test_a_seller_to_whom_nothing_came_says_so_and_pays_nothing_on_the_buyers_word_alone(trade):
    order, made = missing(trade)
    before = stock(trade, order)
    assert (made.state, made.answer, made.due_at) == (
        "goods_missing",
        "Nothing came.",
        trade.world.clock.now() + timedelta(days=7),
    )
    ended = trade.services.returns.decide_missing(
        made.return_id, trade.operator(), arrived=False, reasons="The carrier knows no such number."
    ).made

    assert (ended.outcome, ended.refund_minor, stock(trade, order)) == ("not_sent", 0, before + 1)
    assert refunds(trade.world) == []
    assert trade.services.decisions.page(order.buyer_id, None, 5).items


@pytest.mark.parametrize("who", ["moderator", "seller", "carrier"])
def test_goods_that_were_called_missing_and_came_back_are_exchanged_after_all(trade, who):
    _order, made = missing(trade)
    trade.world.clock.advance(days=1)
    if who == "moderator":
        trade.services.returns.decide_missing(made.return_id, trade.operator(), arrived=True, reasons="Signed for.")
    elif who == "seller":
        receive(trade, made)
    else:
        report(trade.world, "NEVERSENT")

    found = read(trade, made)
    said_by = "operator" if who == "moderator" else who
    assert (found.state, found.returned_by, found.returned_at) == ("replacing", said_by, trade.world.clock.now())


def test_a_buyer_is_refunded_when_nobody_decides_whether_the_goods_came_back(trade):
    _order, made = missing(trade)
    wait(trade, 7)

    assert (read(trade, made).outcome, refunds(trade.world)) == ("refunded", [10_000])


def test_only_what_was_called_sent_back_can_be_called_missing(trade):
    made = agree(trade, ask(trade, bought(trade)))

    with pytest.raises(ReturnRefused):
        trade.services.returns.report_missing(made.return_id, made.seller_id, "Nothing came.")
    with pytest.raises(ReturnMissing):
        trade.services.returns.report_missing(made.return_id, made.buyer_id, "Nothing came.")
