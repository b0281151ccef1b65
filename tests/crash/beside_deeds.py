"""What is said beside a dispute, in the crash suite: the carrier's word on the goods, and the other loser's appeal."""

from typing import Any

from marketplace.orders.model import Order
from tests.crash.dispute_deeds import (
    PART,
    act,
    actor,
    appeal,
    overturn,
    overturn_in_part,
    time_is_up,
    top_up,
)
from tests.crash.process_deeds import report
from tests.fakes.trade import Trade
from tests.unit.disputes.making import Case

DISPUTED = frozenset({"disputed"})
REVIEWED = frozenset({"appeal_review"})


def disputed_on_its_way(trade: Trade) -> Order:
    """The buyer disputes what did not come, and its carrier is about to say that it did."""
    trade.world.place_under(2)
    order = trade.shipped()
    trade.services.disputes.open(order.order_id, order.buyer_id, "not_received", "It never came.", None)
    trade.world.drain()
    return trade.order(order.order_id)


def noted_on_its_way(trade: Trade) -> Order:
    order = disputed_on_its_way(trade)
    hear_the_carrier(trade, order)
    return trade.order(order.order_id)


def both_have_lost(trade: Trade) -> Order:
    """Each side got less than it asked for, and has something new; the buyer has appealed."""
    case = Case(trade).appealed(PART, "buyer")
    case.show("seller")
    return case.order


def both_appealed(trade: Trade) -> Order:
    order = both_have_lost(trade)
    join(trade.services, order)
    trade.world.drain()
    return order


def both_may_appeal(trade: Trade) -> Order:
    case = Case(trade).decided(PART)
    for side in case.people:
        case.show(side)
    return case.order


def both_have_lost_late(trade: Trade) -> Order:
    """The money has gone as it was decided when the buyer appeals; the owner keeps a float at Stripe."""
    case = Case(trade).decided(PART).time_is_up()
    top_up(trade.world, 50_000)
    trade.world.drain()
    for side in case.people:
        case.show(side)
    appeal(case.services, case.order)
    case.world.drain()
    return case.order


def both_appealed_late(trade: Trade) -> Order:
    order = both_have_lost_late(trade)
    join(trade.services, order)
    trade.world.drain()
    return order


def hear_the_carrier(trade: Trade, order: Order) -> None:
    report(trade.services, trade, order)
    trade.world.drain()


def _report(services: Any, trade: Trade, order: Order) -> None:
    report(services, trade, order)


def drop(services: Any, order: Order) -> None:
    services.disputes.drop(order.dispute_id, order.buyer_id)


def join(services: Any, order: Order) -> None:
    services.appeals.appeal(order.dispute_id, order.seller_id, "Look at the third photo.")


BESIDE_FLOWS: dict[str, tuple[Any, ...]] = {
    "delivery noted during a dispute": (disputed_on_its_way, hear_the_carrier, DISPUTED),
    "dropped after a delivery was noted": (noted_on_its_way, act(drop), frozenset({"delivered"})),
    "appeal joined by the other loser": (both_have_lost, act(join), REVIEWED),
    "joined appeals overturned": (both_appealed, act(overturn), frozenset({"refunded"})),
    "joined appeals lapsed by the clock": (both_appealed, time_is_up, frozenset({"split"})),
    "late appeal joined by the other loser": (both_have_lost_late, act(join), frozenset({"split"})),
    "joined late appeals decided in part": (both_appealed_late, act(overturn_in_part), frozenset({"split"})),
}
BESIDE_CONTESTS: dict[str, tuple[Any, ...]] = {
    "delivery noted x dispute dropped": (
        disputed_on_its_way,
        {"carrier": _report, "buyer": actor(drop)},
        frozenset({"disputed", "delivered"}),
    ),
    "two losers appeal": (both_may_appeal, {"buyer": actor(appeal), "seller": actor(join)}, REVIEWED),
    "appeal joined x decided": (
        both_have_lost,
        {"seller": actor(join), "moderator": actor(overturn)},
        frozenset({"appeal_review", "refunded"}),
    ),
}
