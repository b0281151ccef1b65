"""Payments that their card's owner must authorise first (3-D Secure): they do, they do not, or they walk away.

Parts of a Flow (flows.py) and of a Contest (races.py), as tuples, because those modules import this one.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from infra.local.stripe.errors import InvalidRequest
from marketplace.orders.checkout import Placed
from tests.fakes.faults import Failures
from tests.fakes.trade import Trade

CARD = "pm_card_authenticationRequired"
PAID, CANCELLED = frozenset({"paid"}), frozenset({"cancelled"})


def asked(trade: Trade) -> Placed:
    """The only piece is reserved, and the bank asks the card's owner; Stripe's webhooks wait."""
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.world.drain()
    trade.pay(placed, CARD)
    return placed


def abandoned(trade: Trade) -> Placed:
    """The same, and the reservation's time is over."""
    placed = asked(trade)
    trade.world.drain()
    trade.world.clock.set(placed.payment.due_at)
    return placed


def refused(trade: Trade) -> Placed:
    """The owner said no, tries no other card, and the reservation's time is over."""
    placed = asked(trade)
    answer(trade, placed, success=False)
    trade.world.clock.set(placed.payment.due_at)
    return placed


def status_of(trade: Trade, placed: Placed) -> str:
    """Say how the payment stands at Stripe, as the buyer's browser is told."""
    assert placed.stripe
    return str(trade.world.stripe.object("payment_intent", placed.stripe.payment_intent_id)["status"])


def answer(trade: Trade, placed: Placed, *, success: bool) -> None:
    """Answer the bank's question, if it is still asked."""
    assert placed.stripe
    if status_of(trade, placed) == "requires_action":
        trade.world.stripe.complete_3ds(placed.stripe.payment_intent_id, success=success)


def look(trade: Trade, placed: Placed) -> None:
    trade.services.checkout.complete(placed.payment.buyer_id, placed.payment.payment_id)


def act_authorise(*, success: bool) -> Callable[[Trade, Placed], None]:
    """The browser looks before and after the answer; after a no, it takes another card."""

    def act(trade: Trade, placed: Placed) -> None:
        look(trade, placed)
        trade.world.drain()
        answer(trade, placed, success=success)
        look(trade, placed)
        if status_of(trade, placed) == "requires_payment_method":
            trade.pay(placed)
            look(trade, placed)
        trade.world.drain()

    return act


def sweep(trade: Trade, _placed: Placed) -> None:
    trade.world.sweep()


# prepare, act, ends, may park, may lapse
AUTHORISATION_FLOWS: dict[str, tuple[Any, ...]] = {
    "payment authorised": (asked, act_authorise(success=True), PAID, False, True),
    "authorisation failed, then another card": (asked, act_authorise(success=False), PAID, False, True),
    "authorisation failed, then nothing": (refused, sweep, CANCELLED),
    "authorisation abandoned": (abandoned, sweep, CANCELLED),
}


def _authorise(services: Any, trade: Trade, placed: Placed) -> None:
    """The owner agrees at some moment, and the browser tells us at some later one."""
    nothing = Failures(TimeoutError, lambda: None)
    with suppress(InvalidRequest):  # cancelled meanwhile: the bank's page says so
        trade.world.faults.cross("browser.authorise", lambda: answer(trade, placed, success=True), nothing)
    services.payments.complete(placed.payment.payment_id)


def _expire(services: Any, _trade: Trade, placed: Placed) -> None:
    services.payments.expire(placed.payment.payment_id)


# prepare, actors, ends
AUTHORISATION_CONTESTS: dict[str, tuple[Any, ...]] = {
    "authorise x expire": (abandoned, {"authorise": _authorise, "expire": _expire}, PAID | CANCELLED),
}
