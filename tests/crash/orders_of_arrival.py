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
from marketplace.payouts.model import PayoutState
from tests.crash.flows import Flow, close_charge, dispute_charge, prepare_paid_at_stripe
from tests.crash.harness import FaultyWorlds, faulty_worlds, settle
from tests.crash.owner_deeds import put_in
from tests.crash.payout_deeds import ARRIVAL, account_of, due
from tests.crash.refund_deeds import PART, ask
from tests.fakes.trade import Trade
from tests.fakes.world import World

DELIVERIES_MAX = 6
_MONEY_FIRST = ("payments", "escrow", "fraud", "notifications")


@dataclass(frozen=True)
class Story:
    """`tell` lets things happen and leaves the deliveries undone; `collect` takes them out of the world.

    `known` says whether what happened is known in the end, where no order tells.
    """

    tell: Callable[[Trade], Any]
    collect: Callable[[World], Sequence[Any]]
    ends: frozenset[str]
    may_park: bool = False
    known: Callable[[Trade, Any], bool] = lambda _trade, _made: True


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


def _won(trade: Trade) -> Any:
    """A bank took a payment back and gave it up, and nobody heard of either."""
    order = trade.shipped()
    dispute_charge(trade)
    close_charge(trade, won=True)
    return order


def _warned(trade: Trade) -> Any:
    """A payment of which the card's issuer warned at once."""
    placed = prepare_paid_at_stripe(trade)
    trade.world.stripe.warn_of_fraud(trade.world.stripe.objects("charge")[0]["id"])
    return placed


def _warned_and_charged_back(trade: Trade) -> Any:
    placed = _warned(trade)
    dispute_charge(trade)
    return placed


def _refund_sent_back(trade: Trade) -> Any:
    """A refund that the buyer's bank did not take, before anybody heard that it was made."""
    order, services = trade.shipped(), trade.services
    ask(services, order, PART, "comes-back")
    [found] = services.refunds.of_order(order.order_id, order.buyer_id).refunds
    services.refund_legs.advance(order.order_id, found.refund.refund_id)
    trade.world.stripe.fail_refund(trade.world.stripe.objects("refund")[0]["id"])
    return order


def _payout_sent_back(trade: Trade) -> Any:
    """A payout that the bank took, and sent back."""
    order = due(trade)
    trade.services.payout_run.run()
    trade.world.clock.advance(seconds=ARRIVAL.total_seconds())
    trade.world.stripe.tick()
    trade.world.stripe.fail_payout(trade.world.stripe.objects("payout", account_of(trade, order))[0]["id"])
    return order


def _knows_of_failure(trade: Trade, order: Any) -> bool:
    return trade.services.payouts.history(order.seller_id, None, 1).items[0].state is PayoutState.FAILED


def _another_bank(trade: Trade) -> Any:
    """A seller whose bank account does not take the currency names one that does, and then another of the kind."""
    order = due(trade)
    trade.world.stripe.change_banks(account_of(trade, order), currencies=["usd"])
    trade.world.drain()
    for _ in range(2):
        trade.world.stripe.change_banks(account_of(trade, order), currencies=["eur"])
    return order


def _knows_the_bank(trade: Trade, order: Any) -> bool:
    return bool(trade.services.payout_table.standing(order.seller_id).settles == {order.currency})


def _owners_money(trade: Trade) -> Any:
    """The owner puts money in and takes some out; the bank sends that back, and takes the rest back too."""
    topup = put_in(trade)
    payout = trade.world.stripe_client().v1.payouts.create({"amount": 2_000, "currency": "eur"})
    trade.world.stripe.fail_payout(payout.id)
    trade.world.stripe.close_topup(topup, code="debit_not_authorized")
    return topup


PAID, REFUNDED, RELEASED = frozenset({"paid"}), frozenset({"refunded"}), frozenset({"released"})
CHARGED_BACK = frozenset({"charged_back"})
STORIES = {
    "a paid cart, its webhooks": Story(prepare_paid_at_stripe, webhooks, PAID),
    "a fraud warning, its webhooks": Story(_warned, webhooks, REFUNDED),
    "a fraud warning and a chargeback, their webhooks": Story(_warned_and_charged_back, webhooks, CHARGED_BACK),
    "a chargeback, its webhooks": Story(_charged_back, webhooks, CHARGED_BACK),
    "a chargeback given up, its webhooks": Story(_won, webhooks, frozenset({"dispute_review"})),
    "a refund sent back, its webhooks": Story(_refund_sent_back, webhooks, frozenset({"shipped"}), may_park=True),
    "a payout sent back, its webhooks": Story(_payout_sent_back, webhooks, RELEASED, known=_knows_of_failure),
    "other bank accounts, their webhooks": Story(_another_bank, webhooks, RELEASED, known=_knows_the_bank),
    "the owner's money, its webhooks": Story(_owners_money, webhooks, frozenset()),
    "a released order, its messages": Story(_paid, messages, RELEASED),
    "a cancelled order, its messages": Story(_cancelled, messages, REFUNDED),
    "a disputed order, its messages": Story(_disputed, messages, frozenset({"split"})),
}


def explore(name: str, most: int | None = None, seed: int = 0, **given: Any) -> Iterator[tuple[list[str], list[str]]]:
    """Every order of a story's deliveries (or `most` of them, drawn by the seed), each with what was wrong."""
    story = STORIES[name]
    flow = Flow(story.tell, lambda _trade, _made: None, story.ends, story.may_park)
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
        if not story.known(worlds.trade, worlds.made):
            wrong.append("what happened is not known")
    except (Exception, DomainError) as error:  # noqa: BLE001 - any failure is a finding
        wrong.append(f"{type(error).__name__}: {error}")
    return [delivery.name for delivery in arranged], wrong


def _end(world: World) -> object:
    view = world.view()
    orders = sorted((each.order_id, each.state, each.step) for each in view.orders)
    booked = sorted((each.book, each.key, each.postings) for each in view.ledger)
    sent = sorted((each.key, each.state, each.amount_minor, each.reason or "") for each in view.payouts)
    purses = sorted((each.seller_id, each.at_stripe_minor, each.paid_minor, each.number) for each in view.purses)
    held = sorted((seller_id, hold.cause, hold.amount_minor or 0) for seller_id, hold, _ in view.payout_holds)
    return orders, booked, sent, purses, held, sorted(mail.subject for mail in world.mails)
