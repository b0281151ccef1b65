"""Disputes for the crash suite, under the second version of the process: how flows begin, and who meets whom.

Parts of a Flow (flows.py) and of a Contest (races.py), as tuples, because those modules import this one.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import Order
from marketplace.returns.model import Wanted
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


def talking_of_a_return(trade: Trade) -> Order:
    case = Case(trade).negotiating()
    case.offer("seller", PART, hours=A_WEEK, return_needed=True)
    return case.order


def agreed_return(trade: Trade) -> Order:
    order = talking_of_a_return(trade)
    accept(trade.services, order)
    trade.world.drain()
    return trade.order(order.order_id)


def sent_back(trade: Trade) -> Order:
    order = agreed_return(trade)
    trade.services.returns.send(_return_of(trade.services, order), order.buyer_id, "correos", "PKBACK1")
    trade.world.drain()
    return order


def return_overdue(trade: Trade) -> Order:
    """The seller had the goods for as long as they may say nothing."""
    order = sent_back(trade)
    trade.world.clock.set(trade.services.return_store.read(_return_of(trade.services, order)).due_at)
    return order


def returned(trade: Trade) -> Order:
    """A return of the whole order is on its way back, and nobody has disputed anything."""
    order = Case(trade).order
    wanted = tuple(Wanted(line.listing_id, line.quantity) for line in order.lines)
    trade.services.returns.ask(order.order_id, order.buyer_id, wanted, "", Idempotency("back", "back"))
    trade.world.drain()
    return trade.order(order.order_id)


def top_up(world: Any, amount_minor: int) -> None:
    """Let the owner put money of their own into the platform's balance."""
    topup = world.stripe_client().v1.topups.create({"amount": amount_minor, "currency": "eur"})
    world.stripe.close_topup(topup.id)


def appealed_late_by_seller(trade: Trade) -> Order:
    """The buyer has everything, and the seller shows something new; the owner keeps a float at Stripe."""
    case = Case(trade).decided(10_000).time_is_up()
    top_up(trade.world, 50_000)
    trade.world.drain()
    case.show("seller")
    case.services.appeals.appeal(case.dispute_id, case.order.seller_id, "Look at the second photo.")
    case.world.drain()
    return case.order


def late_appeal_overdue(trade: Trade) -> Order:
    order = appealed_late(trade)
    trade.world.clock.set(_dispute_of(trade.services, order).appeal.due_at)
    return order


def talking_in_vain(trade: Trade) -> Order:
    """An offer has run out, and the two may still talk."""
    case = Case(trade).negotiating()
    case.offer("seller", PART, hours=24)
    trade.world.clock.advance(hours=25)
    return case.order


def decided_beside_a_return(trade: Trade) -> Order:
    """Goods are on their way back, and a dispute about them was decided for the seller a month ago."""
    order = returned(trade)
    services = trade.services
    services.returns.send(_return_of(services, order), order.buyer_id, "correos", "PKBACK1")
    view = services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    services.disputes.answer(view.dispute.dispute_id, order.seller_id, "Whole.")
    services.disputes.escalate(view.dispute.dispute_id, order.buyer_id)
    services.disputes.decide(view.dispute.dispute_id, "acc_first", 0, "5.7", WHY)
    trade.world.drain()
    trade.world.clock.set(trade.order(order.order_id).due_at)
    services.order_clock.catch_up(order.order_id)
    trade.world.drain()
    trade.world.clock.advance(days=30)
    return trade.order(order.order_id)


def won_at_the_bank(trade: Trade) -> Order:
    """A bank took the payment of a decided order back, and gives it up; nobody has told us of the end yet."""
    order = decided(trade)
    charge = next(each for each in trade.world.stripe.objects("charge"))
    found = trade.world.stripe.open_dispute(charge["id"])
    trade.world.drain()
    trade.world.stripe.close_dispute(found["id"], won=True)
    return order


def answered_in_time(trade: Trade) -> Order:
    """The seller's time to answer is over, and nobody has answered or looked."""
    order = Case(trade).opened().order
    trade.world.clock.set(order.due_at)
    return order


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


def overturn_for_seller(services: Any, order: Order) -> None:
    services.appeals.decide(order.dispute_id, "acc_second", 0, "5.7", WHY)


def decide_otherwise(services: Any, order: Order) -> None:
    services.disputes.decide(order.dispute_id, "acc_other", 2 * PART, "5.6", WHY)


def overturn_otherwise(services: Any, order: Order) -> None:
    services.appeals.decide(order.dispute_id, "acc_third", 2 * PART, "5.6", WHY)


def overturn_in_part(services: Any, order: Order) -> None:
    services.appeals.decide(order.dispute_id, "acc_second", PART + 1_500, "5.6", WHY)


def overturn_own(services: Any, order: Order) -> None:
    services.appeals.decide(order.dispute_id, "acc_first", 10_000, "5.2", WHY)


def answer(services: Any, order: Order) -> None:
    services.disputes.answer(order.dispute_id, order.seller_id, "Whole.")


def hear_the_bank(trade: Trade, _order: Order) -> None:
    trade.world.drain()


def late_silence(services: Any, _order: Order) -> None:
    services.appeals.run(limit=20)


def receive(services: Any, order: Order) -> None:
    services.returns.receive(_return_of(services, order), order.seller_id, restock=False)


def return_silence(services: Any, _order: Order) -> None:
    services.return_clock.run(limit=20)


def _return_of(services: Any, order: Order) -> str:
    return str(services.return_store.head(order.order_id).return_ids[-1])


def _dispute_of(services: Any, order: Order) -> Any:
    return services.dispute_store.read(order.dispute_id)


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


def then_swept(acting: Callable[[Trade, Order], None]) -> Callable[[Trade, Order], None]:
    """Let the sweep perform what nobody is told of."""

    def swept(trade: Trade, order: Order) -> None:
        acting(trade, order)
        trade.world.sweep()

    return swept


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
    "overturned for the seller after the end": (
        appealed_late_by_seller, then_swept(act(overturn_for_seller)), frozenset({"refunded"}),
    ),
    "appeal judged by its first decider": (appealed, act(overturn_own), frozenset({"appeal_review"})),
    "offer accepted after its time": (talking_in_vain, act(accept), frozenset({"negotiating"})),
    "silence about a return that a dispute overtook": (
        decided_beside_a_return, act(return_silence), frozenset({"released"}),
    ),
    "bank gives up a decided order": (won_at_the_bank, hear_the_bank, frozenset({"dispute_review"})),
    "late appeal decided in part": (appealed_late, act(overturn_in_part), frozenset({"split"})),
    "late appeal lapsed by the clock": (late_appeal_overdue, act(late_silence), frozenset({"split"})),
    "offer with return accepted": (talking_of_a_return, act(accept), frozenset({"return_open"})),
    "agreed return received": (sent_back, act(receive), frozenset({"released"})),
    "agreed return met by silence": (return_overdue, act(return_silence), frozenset({"released"})),
}  # fmt: skip
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
    "answer x silence": (
        answered_in_time,
        {"seller": actor(answer), "clock": actor(tick)},
        frozenset({"negotiating", "dispute_review"}),
    ),
    "two moderators decide": (
        reviewed, {"one": actor(decide), "other": actor(decide_otherwise)}, frozenset({"decided"}),
    ),
    "two moderators decide an appeal": (
        appealed, {"one": actor(overturn), "other": actor(overturn_otherwise)}, frozenset({"split", "refunded"}),
    ),
    "two moderators decide a late appeal": (
        appealed_late, {"one": actor(overturn), "other": actor(overturn_otherwise)}, frozenset({"split"}),
    ),
    "late appeal decided x lapsed": (
        late_appeal_overdue, {"overturn": actor(overturn), "clock": actor(late_silence)}, frozenset({"split"}),
    ),
    "offer with return x counter": (
        talking_of_a_return,
        {"accept": actor(accept), "counter": actor(counter)},
        frozenset({"return_open", "negotiating"}),
    ),
    "return received x dispute": (
        returned, {"receive": actor(receive), "dispute": actor(dispute)}, frozenset({"refunded", "disputed"}),
    ),
    "agreed return received x silence": (
        return_overdue,
        {"receive": actor(receive), "clock": actor(return_silence)},
        frozenset({"released"}),
    ),
    "appeal decided x appeal lapsed": (
        due(appealed), {"overturn": actor(overturn), "clock": actor(tick)}, frozenset({"split", "refunded"}),
    ),
}  # fmt: skip
