"""The same deliveries in every order, each of them twice: the end is always the same.

A queue keeps no order and repeats; Stripe's webhooks neither. So what waits after a story (webhooks, or messages of
several queues) is handed over in each permutation, then once more the other way round.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations
from typing import Any

from marketplace.kit.errors import DomainError
from tests.crash.flows import Flow, dispute_charge, prepare_paid_at_stripe
from tests.crash.harness import FaultyWorlds, faulty_worlds, settle
from tests.fakes.trade import Trade
from tests.fakes.world import World

DELIVERIES_MAX = 6
_MONEY_FIRST = ("payments", "escrow", "fraud", "notifications")


@dataclass(frozen=True)
class Story:
    """`tell` lets things happen and leaves the deliveries undone; `collect` takes them out of the world."""

    tell: Callable[[Trade], Any]
    collect: Callable[[World], Sequence[Any]]
    ends: frozenset[str]


@dataclass(frozen=True)
class Delivery:
    """One message, and who takes it."""

    name: str
    hand_over: Callable[[World], object]


def webhooks(world: World) -> list[Delivery]:
    """What Stripe has to tell, signed anew at each attempt."""
    waiting = world.stripe.webhooks.pending()[-DELIVERIES_MAX:]
    found = [Delivery(each.event_type, _resend(each.event_id)) for each in waiting]
    world.stripe.webhooks.flush(lambda _raw, _headers: 200)  # taken, and lost until we hand it over
    return found


def _resend(event_id: str) -> Callable[[World], object]:
    def hand_over(world: World) -> None:
        world.stripe.redeliver(event_id)
        world.drain()

    return hand_over


def messages(world: World) -> list[Delivery]:
    """What waits in the queues, those of money first."""
    world._relay()
    waiting = [(queue, event) for queue in _MONEY_FIRST for event in world.queues.of(queue)]
    for queue in _MONEY_FIRST:
        world.queues.of(queue).clear()
    for queue, event in waiting[DELIVERIES_MAX:]:
        world.queues.of(queue).append(event)  # these come in their usual order, at the end
    return [Delivery(f"{queue}:{event.kind}", _requeue(queue, event)) for queue, event in waiting[:DELIVERIES_MAX]]


def _requeue(queue: str, event: Any) -> Callable[[World], object]:
    def hand_over(world: World) -> None:
        world.queues.of(queue).appendleft(event)
        world._consume()
        world._execute()

    return hand_over


def _paid(trade: Trade) -> Any:
    placed = prepare_paid_at_stripe(trade)
    trade.services.payments.complete(placed.payment.payment_id)
    trade.world._webhooks()
    order = trade.order(placed.orders[0].order_id)
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    _screen(trade)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    return order


def _screen(trade: Trade) -> None:
    """Judge what was paid, without which nobody confirms; the messages stay and arrive again in every order."""
    trade.world._relay()
    for event in trade.world.queues.of("fraud"):
        trade.services.screening.screen(event)


def _cancelled(trade: Trade) -> Any:
    placed = prepare_paid_at_stripe(trade)
    trade.services.payments.complete(placed.payment.payment_id)
    trade.world._webhooks()
    order = trade.order(placed.orders[0].order_id)
    trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    trade.services.order_clock.settle(order.order_id)
    return order


def _disputed(trade: Trade) -> Any:
    order = trade.shipped()
    dispute = trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None).dispute
    trade.services.disputes.answer(dispute.dispute_id, order.seller_id, "It was whole.")
    trade.services.disputes.escalate(dispute.dispute_id, order.buyer_id)
    trade.awarded(trade.order(order.order_id), 3_333)
    trade.services.order_clock.settle(order.order_id)
    return order


def _charged_back(trade: Trade) -> Any:
    """The whole story of a payment and its chargeback, none of it told yet."""
    placed = prepare_paid_at_stripe(trade)
    dispute_charge(trade)
    return placed


STORIES = {
    "a paid cart, its webhooks": Story(prepare_paid_at_stripe, webhooks, frozenset({"paid"})),
    "a chargeback, its webhooks": Story(_charged_back, webhooks, frozenset({"charged_back"})),
    "a released order, its messages": Story(_paid, messages, frozenset({"released"})),
    "a cancelled order, its messages": Story(_cancelled, messages, frozenset({"refunded"})),
    "a disputed order, its messages": Story(_disputed, messages, frozenset({"split"})),
}


def explore(name: str, most: int | None = None, seed: int = 0, **given: Any) -> Iterator[tuple[list[str], list[str]]]:
    """Every order of a story's deliveries (or `most` of them, drawn by the seed), each with what was wrong."""
    story = STORIES[name]
    flow = Flow(story.tell, lambda _trade, _made: None, story.ends)
    with faulty_worlds(flow, **given) as worlds:
        count = len(_collect(worlds, story))
        drawn = list(permutations(range(count)))
        if most is not None:
            random.Random(seed).shuffle(drawn)  # noqa: S311 - choices of a test
        ends: list[object] = []
        for order in islice(drawn, most):
            names, wrong = _deliver(worlds, story, order)
            ends.append(_end(worlds.world))
            if ends[-1] != ends[0]:
                wrong.append("ends otherwise than in the first order")
            yield names, wrong


def _collect(worlds: FaultyWorlds, story: Story) -> Sequence[Delivery]:
    return story.collect(worlds.again())


def _deliver(worlds: FaultyWorlds, story: Story, order: Sequence[int]) -> tuple[list[str], list[str]]:
    waiting = _collect(worlds, story)
    arranged = [waiting[place] for place in order]
    world, wrong = worlds.world, []
    try:
        for delivery in (*arranged, *reversed(arranged)):
            delivery.hand_over(world)
        world.drain()
        settle(world)
        worlds.check(world)
    except (Exception, DomainError) as error:  # noqa: BLE001 - any failure is a finding
        wrong.append(f"{type(error).__name__}: {error}")
    return [delivery.name for delivery in arranged], wrong


def _end(world: World) -> object:
    view = world.view()
    orders = sorted((each.order_id, each.state, each.step) for each in view.orders)
    booked = sorted((each.book, each.key, each.postings) for each in view.ledger)
    return orders, booked, sorted(mail.subject for mail in world.mails)
