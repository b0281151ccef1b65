"""What is said before anything is pressed is what happens: each right, in each state, under all terms, played."""

from datetime import timedelta
from itertools import product

import pytest

from marketplace.catalog.promises import Promises
from marketplace.kit.errors import DomainError
from marketplace.orders.buying.wire import quote_to_wire
from marketplace.orders.cart import Wanted as InCart
from marketplace.orders.outlook import outlook_of
from marketplace.returns.guarantee import Claimed
from marketplace.returns.process import STATES as STATES_OF_RETURNS
from marketplace.returns.rules import Wanted
from tests.crash.flows import prepare_held
from tests.fakes.trade import Trade
from tests.unit.returns.test_exchanges import read
from tests.unit.returns.test_returns import key, refunds

# What a listing promises, and who sells it.
TERMS = {
    "a trader, by law alone": ("trader", Promises()),
    "a trader who pays the way back": ("trader", Promises(return_days=30, return_cost="seller")),
    "a trader, made to order": ("trader", Promises(no_withdrawal="made_to_order")),
    "a trader, made to order, and taken back": ("trader", Promises(no_withdrawal="made_to_order", return_days=7)),
    "a private person": ("private", Promises()),
    "a private person who takes back": ("private", Promises(return_days=7, return_cost="seller")),
}
STATES = ("delivered", "released", "refunded in part", "return_open", "held")
KINDS = ("withdrawal", "return", "exchange", "claim")
WAYS = ("the seller is silent", "the buyer sends nothing", "both do their part")


def bring(trade, terms, state):
    """Bring an order to a state; None where these terms do not lead there."""
    kind, promises = TERMS[terms]
    if state == "held":
        trade.shipped = _with(trade, kind, promises)
        return prepare_held(trade)
    order = trade.delivered(price_minor=9_000, kind=kind, promises=promises)
    if state == "released":
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    if state == "refunded in part":
        request = trade.services.refunds.request
        facts = {"actor": "seller", "refund_id": "ref_part", "requested_by": order.seller_id}
        trade.services.transactions.commit(request(order, 2_000, reason="Sorry.", **facts))
    trade.world.drain()
    if state == "return_open":
        view = _try_return(trade, order)
        if view is None:
            return None
        trade.services.returns.cancel(view.made.return_id, order.buyer_id)
    return trade.order(order.order_id)


def _with(trade, kind, promises):
    plain = trade.shipped
    return lambda **given: plain(**given, kind=kind, promises=promises)


def _try_return(trade, order):
    wanted = (Wanted(order.lines[0].listing_id, 1),)
    try:
        return trade.services.returns.ask(order.order_id, order.buyer_id, wanted, "", key("before"))
    except DomainError:
        return None


def press(trade, order, kind):
    """Do what was said to be possible; None when it is refused."""
    wanted, returns = Wanted(order.lines[0].listing_id, 1), trade.services.returns
    try:
        if kind == "exchange":
            view = returns.ask_exchange(order.order_id, order.buyer_id, (wanted,), "", key())
        elif kind == "claim":
            said = Claimed("It does not work.", "repair")
            view = returns.ask_claim(order.order_id, order.buyer_id, wanted, said, key())
        else:
            view = returns.ask(order.order_id, order.buyer_id, (wanted,), "", key())
    except DomainError:
        return None
    return view.made


def play(trade, made, way):
    """Act as the way says, and let each wait run out, until it has ended; return how long it took."""
    returns, started = trade.services.returns, trade.world.clock.now()
    for _step in STATES_OF_RETURNS:
        now = read(trade, made)
        if now.is_over:
            return trade.world.clock.now() - started
        if way != "the buyer sends nothing" and now.state in {"approved", "to_send"}:
            returns.send(made.return_id, made.buyer_id, "correos", "RR1")
        if way == "both do their part":
            _seller_acts(returns, read(trade, made))
        now = read(trade, made)
        if not now.is_over:
            trade.world.clock.set(max(now.due_at, trade.world.clock.now()))
        trade.world.sweep()
    raise AssertionError("it does not end")


def _seller_acts(returns, now):
    seller = now.seller_id
    acts = {
        "exchange_asked": lambda: returns.answer_exchange(now.return_id, seller, accept=True),
        "claimed": lambda: returns.accept_claim(now.return_id, seller),
        "awaiting_receipt": lambda: returns.receive(now.return_id, seller, restock=False),
        "sent_back": lambda: returns.receive(now.return_id, seller, restock=False),
        "replacing": lambda: returns.send_replacement(now.return_id, seller, "correos", "RP1"),
        "replacement_sent": lambda: returns.confirm_replacement(now.return_id, now.buyer_id),
    }
    if now.state in acts:
        acts[now.state]()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("terms", TERMS)
def test_what_is_said_is_what_happens(world, terms, state):
    """Every kind that is said to be possible is, and comes to what was said in the time that was said; no other is."""
    world.place_under(2)
    trade = Trade(world)
    order = bring(trade, terms, state)
    if order is None:
        return
    moment, said = world.snapshot(), {each.kind: each for each in _rights(trade, order)}
    before = sum(refunds(world))
    for kind, way in product(KINDS, WAYS):
        world.restore(moment)
        right, made = said.get(kind), press(trade, order, kind)
        possible = {made.kind} if made else set()
        if right is None or not right.opens_at <= world.clock.now() <= right.closes_at:
            assert kind not in possible, (kind, "was not said to be possible")
            continue
        assert possible == {kind}
        took = play(trade, made, way)
        paid = sum(refunds(world)) - before
        swapped = way == "both do their part" and kind in {"exchange", "claim"}
        expected = 0 if swapped or _nothing(kind, way) else right.refund_minor
        assert (paid, made.return_cost) == (expected, right.return_cost), (kind, way)
        assert took <= timedelta(days=right.refund_days), (kind, way)


def _nothing(kind, way):
    return way == "the buyer sends nothing"


def _rights(trade, order):
    shown = trade.services.orders.view(order.order_id, order.buyer_id).outlook
    assert shown == outlook_of(order, trade.services.timers)
    return shown.rights


@pytest.mark.parametrize("terms", TERMS)
def test_each_right_ends_with_its_last_second(world, terms):
    world.place_under(2)
    trade = Trade(world)
    order = bring(trade, terms, "released")
    moment = world.snapshot()
    for right in _rights(trade, order):
        for late, possible in ((0, True), (1, False)):
            world.restore(moment)
            world.clock.set(right.closes_at + timedelta(seconds=late))
            made = press(trade, order, right.kind)
            kinds = {made.kind} if made else set()
            assert (right.kind in kinds) is possible, (right.kind, late)


@pytest.mark.parametrize("terms", TERMS)
def test_what_is_quoted_before_paying_is_what_the_delivered_order_shows(world, terms):
    world.place_under(2)
    trade = Trade(world)
    kind, promises = TERMS[terms]
    listing, buyer_id = trade.listing(trade.seller(kind), promises=promises), trade.person("Buyer")
    cart = trade.services.checkout.quote(buyer_id, [InCart(listing.listing_id, 1)])
    quoted = quote_to_wire(cart, trade.services.timers, "en", 2).sellers[0].outlook.rights
    order = trade.delivered(kind=kind, promises=promises)

    def terms_of(rights):
        return [(each.kind, each.refund_minor, each.refund_days, each.send_days, each.answer_days) for each in rights]

    assert terms_of(quoted) == terms_of(_rights(trade, order))
    assert all(each.is_estimate for each in quoted)
    spanish = quote_to_wire(cart, trade.services.timers, "es", 2).sellers[0].outlook.rights
    assert all(one.explanation != other.explanation for one, other in zip(quoted, spanish, strict=True))
