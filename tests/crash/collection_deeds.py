"""Debts that are collected from what lies at Stripe: parts of a Flow and of a Contest, as tuples (see flows.py)."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from marketplace.kit.errors import Unavailable
from marketplace.orders.model import Order
from marketplace.payments.collection_model import COLLECTION, GRACE, Owed
from marketplace.payments.debt_store import DebtItem, DynamoDebts
from marketplace.payments.model import Intent
from marketplace.wiring import Services
from tests.crash import payout_deeds, refund_deeds
from tests.fakes.trade import Trade

PRICE = 15_000
RELEASED = frozenset({"released"})
_NUMBERS = count(100)  # a process that starts anew goes on counting


def name_of(order: Order) -> str:
    return f"debt#{order.seller_id}#{order.currency}"


def intents_of(world: Any) -> list[Intent]:
    """The collections that were begun, by their names."""
    found = [each for each in world.view().intents if COLLECTION in each.facts]
    return sorted(found, key=lambda each: each.facts[COLLECTION])


def shipped(trade: Trade, first: Order, price_minor: int) -> Order:
    """Another order of the same seller on its way."""
    placed = trade.place(trade.person("Buyer"), (trade.listing(first.seller_id, price_minor=price_minor), 1))
    trade.pay(placed)
    trade.world.drain()
    other = placed.orders[0]
    trade.services.orders.ship(other.order_id, other.seller_id, "correos", f"PK{other.order_id[-6:]}".upper())
    trade.world.drain()
    return trade.order(other.order_id)


def sold(trade: Trade, first: Order, price_minor: int) -> Order:
    """Another order of the same seller, released, whose money goes to Stripe."""
    return refund_deeds.released(trade, shipped(trade, first, price_minor))


def owing(trade: Trade, *prices_minor: int) -> list[Order]:
    """A seller whose first order went to their bank and was lost to another since; what others brought lies there."""
    first = payout_deeds.paid(trade)
    others = [sold(trade, first, each) for each in prices_minor or (PRICE,)]
    charge_id = trade.services.payment_store.read(first.payment_id).charge_id
    case = trade.world.stripe.open_dispute(charge_id)
    trade.world.drain()
    trade.world.stripe.close_dispute(case["id"], won=False)
    trade.world.drain()
    return [trade.order(each.order_id) for each in (first, *others)]


def due(trade: Trade) -> Order:
    """The same, after the grace."""
    first, *_ = owing(trade)
    trade.world.clock.advance(seconds=GRACE.total_seconds())
    return first


def begun_and_sent_away(trade: Trade, first: Order) -> None:
    """Begin it with a call that fails, and let the account send its money away beside us: Stripe refuses the rest."""
    trade.world.clock.advance(seconds=GRACE.total_seconds())
    trade.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with suppress(Unavailable):
        trade.services.collecting.collect(name_of(first))
    account = payout_deeds.account_of(trade, first)
    there_minor = trade.world.stripe.balances()[account][first.currency]["available"]
    money = {"amount": there_minor, "currency": first.currency}
    trade.world.stripe_client().v1.payouts.create(money, {"stripe_account": account})
    trade.world.drain()


def due_and_sent_away(trade: Trade) -> Order:
    """The same, begun, of a seller whose account sends its money away beside us."""
    first, *_ = owing(trade)
    begun_and_sent_away(trade, first)
    return first


def due_and_earning(trade: Trade) -> Order:
    """The same, and a buyer is about to confirm what pays the debt as well."""
    first = due(trade)
    return shipped(trade, first, PRICE)


def sweep(trade: Trade, _made: Order) -> None:
    trade.world.sweep()


# prepare, act, ends, may park
COLLECTION_FLOWS: dict[str, tuple[Any, ...]] = {
    "debt collected": (due, sweep, RELEASED),
    "debt collected, reversal refused": (due_and_sent_away, sweep, RELEASED),
}


def _collect(services: Any, _trade: Trade, order: Order) -> None:
    services.collecting.collect(name_of(order))


def _run(services: Any, _trade: Trade, _order: Order) -> None:
    services.payout_run.run()


def _earn(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


# prepare, actors, ends
COLLECTION_CONTESTS: dict[str, tuple[Any, ...]] = {
    "collection x payout run": (due, {"collection": _collect, "payout": _run}, RELEASED),
    "collection x earnings pay it": (due_and_earning, {"collection": _collect, "buyer": _earn}, RELEASED),
    "collection x collection": (due, {"one": _collect, "other": _collect}, RELEASED),
}


class CollectedTwice(Services):
    """Takes what was owed when somebody looked, under a name of its own, whatever was begun since."""

    @cached_property
    def debts(self) -> DynamoDebts:
        class Whatever(DynamoDebts):
            def owed(self, name: str) -> Owed | None:
                found = super().owed(name)
                return replace(found, collections=next(_NUMBERS), collecting=None) if found else None

            def collect(self, owed: Owed, amount_minor: int, intent_id: str) -> Any:
                guarded: Any = super().collect(owed, amount_minor, intent_id)
                return replace(guarded, condition=DebtItem.pk.exists())

            def collected(self, *named: str) -> Any:
                guarded: Any = super().collected(*named)
                return replace(guarded, condition=DebtItem.pk.exists())

        return Whatever(self.clock)
