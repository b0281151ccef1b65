"""The same trigger twice at the same time: a message that two consumers got, a click that came in two requests.

Parts of a Contest (races.py), as tuples.
"""

from collections.abc import Callable, Iterator
from typing import Any

from marketplace.kit.principal import FINANCE
from marketplace.orders.model import Order
from marketplace.outbox.model import Event
from marketplace.payments.unclaimed_model import Way
from tests.crash.flows import (
    prepare_chargeback,
    prepare_chargeback_after_release,
    prepare_late,
    prepare_lost_chargeback,
    prepare_unpaid,
)
from tests.crash.owner_deeds import NO_ORDERS, closed_refund, closed_transfer, put_in, put_in_and_taken_back
from tests.crash.payout_deeds import comes_back_late
from tests.crash.refund_deeds import PART, RELEASED, RUNNING, ask, of_finance, released
from tests.fakes.scheduler import Outcome
from tests.fakes.trade import Trade
from tests.fakes.world import World

Deed = Callable[[Any, Trade, Any], object]
CANCELLED = frozenset({"cancelled"})


def told_by_stripe(prepare: Callable[[Trade], object], kind: str) -> Callable[[Trade], Event]:
    """Take a webhook of Stripe's from its queue, as a consumer has it that is about to handle it."""

    def prepared(trade: Trade) -> Event:
        prepare(trade)
        world = trade.world
        while world._webhooks() or world._relay():
            pass
        waiting = world.queues.of("payments")
        found = next(each for each in waiting if each.data.get("stripe_kind") == kind)
        waiting.remove(found)
        return found

    return prepared


def refund_asked(prepare: Callable[[Trade], Order]) -> Callable[[Trade], Order]:
    """Ask for a refund whose message is late, so that the sweep finds it too."""

    def prepared(trade: Trade) -> Order:
        order = prepare(trade)
        ask(trade.services, order, PART, "one")
        trade.world.clock.advance(minutes=3)
        return trade.order(order.order_id)

    return prepared


def proposed(prepare: Callable[[Trade], tuple[Any, str, list[str]]], way: Way) -> Callable[[Trade], tuple[str, str]]:
    """Propose where unclaimed money goes, and return the proposal and who is about to approve it."""

    def prepared(trade: Trade) -> tuple[str, str]:
        _, name, (one, _) = prepare(trade)
        proposal = trade.services.unclaimed.propose(name, way, of_finance(trade, one), "They wrote.")
        return proposal.proposal_id, trade.staff(FINANCE)

    return prepared


def _follow(services: Any, trade: Trade, _order: Order) -> None:
    [case] = trade.world.stripe.objects("dispute")
    services.chargebacks.follow(case["id"])


def _handle(services: Any, _trade: Trade, event: Event) -> None:
    services.stripe_events.handle(event)


def _advance(services: Any, _trade: Trade, order: Order) -> None:
    [made] = services.refund_store.of_order(order.order_id)
    services.refund_legs.advance(order.order_id, made.refund_id)


def _sweep(services: Any, _trade: Trade, _made: Any) -> None:
    services.sweep.run()


def _ask(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, services.order_store.read(order.order_id), PART, "one")


def _complete(services: Any, _trade: Trade, placed: Any) -> None:
    services.payments.complete(placed.payment.payment_id)


def _expire(services: Any, _trade: Trade, placed: Any) -> None:
    services.payments.expire(placed.payment.payment_id)


def _approve(services: Any, trade: Trade, made: tuple[str, str]) -> None:
    proposal_id, approver = made
    services.approvals.approve(proposal_id, of_finance(trade, approver), "So I read it too.")
    services.sweep.run()


def _confirm(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


def one_refund(world: World, order: Order, outcome: Outcome) -> Iterator[str]:
    """One attempt is one refund, and each of its requests gets that answer."""
    found = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    if len(found) != 1 or found[0].refund.amount_minor != PART:
        yield f"{[each.refund.amount_minor for each in found]} were asked for by one attempt of {PART}"
    yield from (f"{name} was refused: {each.error!r}" for name, each in outcome.results.items() if each.error)


def _both(deed: Deed) -> dict[str, Deed]:
    return {"one": deed, "other": deed}


# prepare, actors, ends, may park, between
TWICE_CONTESTS: dict[str, tuple[Any, ...]] = {
    "case opened x opened": (prepare_chargeback, _both(_follow), frozenset({"charged_back"})),
    "loss x loss": (prepare_lost_chargeback, _both(_follow), frozenset({"lost_to_chargeback"})),
    "loss x loss, after the release": (prepare_chargeback_after_release, _both(_follow), RELEASED),
    "refund leg x sweep": (
        refund_asked(lambda trade: trade.shipped()), {"leg": _advance, "sweep": _sweep}, RUNNING,
    ),
    "refund leg x sweep, after the release": (
        refund_asked(released), {"leg": _advance, "sweep": _sweep}, RELEASED,
    ),
    "one refund, asked twice": (lambda trade: trade.shipped(), _both(_ask), RUNNING, False, one_refund),
    "one refund, asked twice after the release": (released, _both(_ask), RELEASED, False, one_refund),
    "late refund x late refund": (prepare_late, _both(_complete), CANCELLED),
    "expire x expire": (prepare_unpaid, _both(_expire), CANCELLED),
    "top-up x top-up": (told_by_stripe(put_in, "topup.succeeded"), _both(_handle), NO_ORDERS),
    "top-up taken back x taken back": (
        told_by_stripe(put_in_and_taken_back, "topup.reversed"), _both(_handle), NO_ORDERS,
    ),
    "payout failed x failed": (told_by_stripe(comes_back_late, "payout.failed"), _both(_handle), RELEASED),
    "unclaimed to the seller, approved twice": (
        proposed(closed_transfer, Way.SELLER), _both(_approve), RELEASED,
    ),
    "unclaimed to the buyer, approved twice": (proposed(closed_refund, Way.BUYER), _both(_approve), RUNNING),
    "confirm x confirm": (lambda trade: trade.shipped(), _both(_confirm), RELEASED),
}  # fmt: skip
