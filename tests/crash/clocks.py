"""Clocks beside those of the order process: how each is wound up, when it strikes, and what it then changes.

`deadlines.py` jumps over them as over a waiting order's.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import Order
from marketplace.payments.collection_model import GRACE
from marketplace.payments.currency_wait import CURRENCY_WAITS_MAX
from marketplace.payments.model import transfer_intent_id
from marketplace.returns.guarantee import Claimed
from marketplace.returns.rules import Wanted
from tests.crash import aftersales_deeds as aftersales
from tests.crash import payout_deeds as payouts
from tests.crash.collection_deeds import owing
from tests.crash.dispute_deeds import appealed_late, talking
from tests.crash.money_back_deeds import bank_in_another_currency
from tests.crash.return_deeds import ask, prepare_delivered, prepare_released, prepare_sent, return_id_of
from tests.fakes.trade import Trade
from tests.unit.shipping.making import report

Prepare = Callable[[Trade], Any]
A_WHILE = timedelta(days=400)  # after which a lack is not presumed any more


@dataclass(frozen=True)
class Clock:
    """`due_at` says of what was prepared when it strikes; `seen` is the same until then, and another from then on."""

    prepare: Prepare
    due_at: Callable[[Trade, Any], datetime]
    seen: Callable[[Trade, Any], object]
    may_park: bool = False


def of_order(prepare: Prepare) -> Clock:
    """A clock of the order process."""

    def order(trade: Trade, made: Order) -> Any:
        return trade.order(made.order_id)

    return Clock(prepare, lambda trade, made: order(trade, made).due_at, lambda trade, made: order(trade, made).state)


def of_return(prepare: Prepare) -> Clock:
    """A clock of a return, an exchange or a claim."""

    def made_of(trade: Trade, made: Order) -> Any:
        return trade.services.return_store.read(return_id_of(made))

    return Clock(
        prepare, lambda trade, made: made_of(trade, made).due_at, lambda trade, made: made_of(trade, made).state
    )


def _then(prepare: Prepare, deed: Callable[[Any, Order], object]) -> Prepare:
    """Go on from there with one deed."""

    def prepared(trade: Trade) -> Order:
        order: Order = prepare(trade)
        deed(trade.services, order)
        trade.world.drain()
        return order

    return prepared


def _reported(prepare: Prepare, number: str, status: str = "delivered") -> Prepare:
    def prepared(trade: Trade) -> Order:
        order: Order = prepare(trade)
        trade.world.clock.advance(seconds=1)
        report(trade.world, number, status)
        return order

    return prepared


def _deduct(services: Any, order: Order) -> None:
    services.returns.receive(
        return_id_of(order), order.seller_id, restock=False, deduction_minor=1_000, reasons="Scratched."
    )


def _contest(services: Any, order: Order) -> None:
    services.returns.answer_deduction(return_id_of(order), order.buyer_id, accept=False)


def _claim(services: Any, order: Order) -> None:
    wanted, said = Wanted(order.lines[0].listing_id, 1), Claimed("It does not work.", "repair", "", 0)
    services.returns.ask_claim(order.order_id, order.buyer_id, wanted, said, Idempotency("one", "one"))


def _offer(services: Any, order: Order) -> None:
    services.returns.offer_remedy(return_id_of(order), order.seller_id, "replace", 0, "Better.")


def _refuse(services: Any, order: Order) -> None:
    services.returns.refuse_claim(return_id_of(order), order.seller_id, "It was whole.")


def _escalate(services: Any, order: Order) -> None:
    services.returns.escalate_claim(return_id_of(order), order.buyer_id, "damaged", "It broke.")


def _long_released(trade: Trade) -> Order:
    order = prepare_released(trade)
    trade.world.clock.advance(seconds=A_WHILE.total_seconds())
    trade.world.sweep()
    return order


_ASKED = _then(prepare_delivered, lambda services, order: ask(services, order, 1))
_DEDUCTED = _then(prepare_sent, _deduct)
_CLAIMED = _then(prepare_delivered, _claim)
_REFUSED = _then(_then(prepare_released, _claim), _refuse)

RETURNS = {
    "approved": of_return(_ASKED),
    "awaiting_receipt": of_return(prepare_sent),
    "arrived_back": of_return(_reported(prepare_sent, "RR1")),
    "deducted": of_return(_DEDUCTED),
    "review": of_return(_then(_DEDUCTED, _contest)),
    "exchange_asked": of_return(aftersales.prepare_asked),
    "to_send": of_return(aftersales.prepare_agreed),
    "sent_back": of_return(aftersales.prepare_sent_back),
    "goods_missing": of_return(aftersales.prepare_missing),
    "replacing": of_return(aftersales.prepare_back),
    "replacement_sent": of_return(aftersales.prepare_replaced),
    "replacement_unproven": of_return(_reported(aftersales.prepare_replaced, "RP1", "lost")),
    "claimed": of_return(_CLAIMED),
    "claimed_late": of_return(_then(_long_released, _claim)),
    "remedy_offered": of_return(_then(_CLAIMED, _offer)),
    "claim_refused": of_return(_REFUSED),
    "claim_review": of_return(_then(_REFUSED, _escalate)),
}


def _ended_return(trade: Trade) -> Order:
    """The only return has come to nothing, and the buyer has the rest of their days."""
    order = _ASKED(trade)
    trade.services.returns.cancel(return_id_of(order), order.buyer_id)
    trade.world.drain()
    return order


def _dispute(trade: Trade, order: Order) -> Any:
    return trade.services.dispute_store.read(trade.order(order.order_id).dispute_id)


def _purse(trade: Trade, order: Order) -> Any:
    return trade.services.payout_table.purse(order.seller_id, order.currency)[0]


def _payouts(trade: Trade, order: Order) -> int:
    return int(_purse(trade, order).number)


def _reserve_nearly_free(trade: Trade) -> Order:
    """A payout run has come round a second before the reserve's part is free: the next payout date frees it."""
    order = payouts.paid(trade)
    [part] = trade.services.payout_table.reserves(order.seller_id, order.currency, limit=1)
    trade.world.clock.set(part.until - timedelta(seconds=1))
    trade.world.sweep()
    return order


def _waiting_for_a_bank(trade: Trade) -> Order:
    order = bank_in_another_currency(trade)
    with suppress(DomainError):
        trade.services.settlement.settle(order.order_id)
    return order


def _transfer(trade: Trade, order: Order) -> Any:
    return trade.services.payment_store.intent(transfer_intent_id(order.order_id))


def _another_bank(trade: Trade) -> Order:
    order = payouts.bank_changed(trade)
    trade.world.drain()
    return order


def _cool_at(trade: Trade, order: Order) -> datetime:
    return trade.services.payees.facts(order.seller_id).cooling_until


def _hold_ends(trade: Trade, order: Order) -> datetime:
    [hold] = trade.services.payout_table.holds(order.seller_id)
    return hold.until


MONEY = {
    "payout date": Clock(payouts.released, lambda trade, order: _purse(trade, order).due_at, _payouts),
    "reserve": Clock(
        _reserve_nearly_free,
        lambda trade, order: _purse(trade, order).due_at,
        lambda trade, order: _purse(trade, order).reserved_minor,
    ),
    "hold of payouts": Clock(payouts.held, _hold_ends, _payouts),
    "cooling after another bank account": Clock(_another_bank, _cool_at, _payouts),
    "debt": Clock(
        lambda trade: owing(trade)[0],
        lambda trade, _: trade.world.clock.now() + GRACE,
        lambda trade, order: trade.services.debts.owed_minor(order.seller_id, order.currency),
    ),
    "money without a bank account": Clock(
        _waiting_for_a_bank,
        lambda trade, order: _transfer(trade, order).created_at + CURRENCY_WAITS_MAX,
        lambda trade, order: _transfer(trade, order).state,
        may_park=True,
    ),
}
TALKS = {
    "offer of settlement": Clock(
        talking,
        lambda trade, order: _dispute(trade, order).offers[0].expires_at,
        lambda trade, order: _dispute(trade, order).offers[0].state_at(trade.world.clock.now()),
    ),
    "late appeal": Clock(
        appealed_late,
        lambda trade, order: _dispute(trade, order).appeal.due_at,
        lambda trade, order: _dispute(trade, order).appeal.is_open,
    ),
    "return_open": Clock(
        _ended_return,
        lambda trade, order: trade.services.return_store.head(order.order_id).due_at,
        lambda trade, order: trade.order(order.order_id).state,
    ),
}
