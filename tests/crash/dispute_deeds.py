"""Disputes for the crash suite, under the second version of the process: how flows begin, and who meets whom.

Parts of a Flow (flows.py) and of a Contest (races.py), as tuples, because those modules import this one.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from tests.fakes.trade import Trade
from tests.unit.disputes.making import WHY, Case

PART = 4_000
A_WEEK = 168  # hours: an offer outlives a day's outage


def talking(trade: Trade) -> Order:
    case = Case(trade).negotiating()
    case.offer("seller", PART, hours=A_WEEK)
    return case.order


def reviewed(trade: Trade) -> Order:
    case = Case(trade).reviewed()
    case.offer("seller", PART, hours=A_WEEK)
    return case.order


def decided(trade: Trade) -> Order:
    return Case(trade).decided(PART).order


def appealed(trade: Trade) -> Order:
    return Case(trade).appealed(PART, "buyer").order


def decided_with_new_evidence(trade: Trade) -> Order:
    case = Case(trade).decided(PART)
    case.show("buyer")
    return case.order


def appealed_late(trade: Trade) -> Order:
    case = Case(trade).decided(PART).time_is_up()
    case.show("buyer")
    case.services.appeals.appeal(case.dispute_id, case.order.buyer_id, "Look at the second photo.")
    case.world.drain()
    return case.order


def arrived(trade: Trade) -> Order:
    return Case(trade).order


def due(prepare: Callable[[Trade], Order]) -> Callable[[Trade], Order]:
    """Bring an order to the very end of its wait."""

    def prepared(trade: Trade) -> Order:
        order = prepare(trade)
        trade.world.clock.set(order.due_at)
        return order

    return prepared


def accept(services: Any, order: Order) -> None:
    [offer, *_] = services.disputes.view(order.dispute_id, order.buyer_id).dispute.offers
    services.disputes.accept_offer(order.dispute_id, offer.offer_id, order.buyer_id)


def counter(services: Any, order: Order) -> None:
    [offer, *_] = services.disputes.view(order.dispute_id, order.buyer_id).dispute.offers
    services.disputes.offer(
        order.dispute_id, order.buyer_id, 2 * PART, expires_in_hours=A_WEEK, counters=offer.offer_id
    )


def decide(services: Any, order: Order) -> None:
    services.disputes.decide(order.dispute_id, "acc_first", PART, "5.6", WHY)


def accept_decision(services: Any, order: Order) -> None:
    for account_id in (order.buyer_id, order.seller_id):
        services.disputes.accept_decision(order.dispute_id, account_id)


def appeal(services: Any, order: Order) -> None:
    services.appeals.appeal(order.dispute_id, order.buyer_id, "Look at the second photo.")


def overturn(services: Any, order: Order) -> None:
    services.appeals.decide(order.dispute_id, "acc_second", 10_000, "5.2", WHY)


def dispute(services: Any, order: Order) -> None:
    services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)


def confirm(services: Any, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)


def tick(services: Any, order: Order) -> None:
    services.order_clock.tick(order.order_id)


def act(deed: Callable[[Any, Order], None]) -> Callable[[Trade, Order], None]:
    """Do it as a client would, who takes a refusal as the answer."""

    def acting(trade: Trade, order: Order) -> None:
        with suppress(DomainError):
            deed(trade.services, order)
        trade.world.drain()

    return acting


def time_is_up(trade: Trade, order: Order) -> None:
    trade.world.clock.set(max(trade.world.clock.now(), order.due_at))
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()


def actor(deed: Callable[[Any, Order], None]) -> Callable[[Any, Trade, Order], None]:
    return lambda services, _trade, order: deed(services, order)


DISPUTE_FLOWS: dict[str, tuple[Any, ...]] = {
    "offer accepted": (talking, act(accept), frozenset({"split"})),
    "decided, then it stands": (decided, time_is_up, frozenset({"split"})),
    "decided and accepted": (decided, act(accept_decision), frozenset({"split"})),
    "appealed and overturned": (appealed, act(overturn), frozenset({"refunded"})),
    "appeal lapsed by the clock": (appealed, time_is_up, frozenset({"split"})),
    "dispute lapsed by the clock": (reviewed, time_is_up, frozenset({"refunded"})),
    "overturned after the end": (appealed_late, act(overturn), frozenset({"split"})),
}
DISPUTE_CONTESTS: dict[str, tuple[Any, ...]] = {
    "dispute x release, later process": (
        due(arrived), {"dispute": actor(dispute), "clock": actor(tick)}, frozenset({"released", "disputed"}),
    ),
    "dispute x confirm, later process": (
        arrived, {"dispute": actor(dispute), "confirm": actor(confirm)}, frozenset({"released", "disputed"}),
    ),
    "offer x counter": (
        talking, {"accept": actor(accept), "counter": actor(counter)}, frozenset({"split", "negotiating"}),
    ),
    "offer x decision": (
        reviewed, {"accept": actor(accept), "decide": actor(decide)}, frozenset({"split", "decided"}),
    ),
    "appeal x decision stands": (
        due(decided_with_new_evidence),
        {"appeal": actor(appeal), "clock": actor(tick)},
        frozenset({"split", "appeal_review"}),
    ),
    "appeal decided x appeal lapsed": (
        due(appealed), {"overturn": actor(overturn), "clock": actor(tick)}, frozenset({"split", "refunded"}),
    ),
}  # fmt: skip
