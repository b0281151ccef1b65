"""A stop of payments and the money that it meets on its way; part of races.py.

What has its leave from before the stop is made, at most the one call that is under way; nothing else leaves until two
people resume, and then each transfer and payout leaves once.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE
from marketplace.orders.model import Order
from marketplace.payments.model import transfer_intent_id
from marketplace.payouts.switch import EVERYTHING, SwitchMissing
from tests.crash.payout_deeds import RELEASED, account_of, due, next_date, pay_out, with_factor
from tests.crash.refund_deeds import of_finance
from tests.fakes.scheduler import Outcome
from tests.fakes.trade import Trade
from tests.fakes.world import World

COMMIT = "TransactWriteItems"
TRANSFER, PAYOUT = "POST /v1/transfers", "POST /v1/payouts"
REASONS = "Something looks wrong."
NO_ORDERS = frozenset[str]()


def confirmed(trade: Trade) -> Order:
    """An order that the buyer confirmed, and of which nothing is transferred yet."""
    order = trade.shipped()
    with_factor(trade, order.seller_id)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    return trade.order(order.order_id)


def planned(trade: Trade) -> Order:
    """The same, whose transfer was planned by a process that died before the call."""
    order = confirmed(trade)
    trade.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with suppress(DomainError):
        trade.services.settlement.settle(order.order_id)
    return order


def begun(trade: Trade) -> Order:
    """A payout that was promised by a process that died before the call."""
    order = due(trade)
    assert trade.services.paying.begin(order.seller_id, order.currency)
    return order


def _settle(services: Any, _trade: Trade, order: Order) -> None:
    services.settlement.settle(order.order_id)


def _run(services: Any, _trade: Trade, _order: Order) -> None:
    services.payout_run.run()


def _stop(services: Any, trade: Trade, order: Order, *, kind: str) -> None:
    """Stop, and let a second pass after it: what has its leave later says so (P7)."""
    trade.world.clock.advance(seconds=1)
    services.switch.stop(_scope(order, kind), "manual", REASONS, by="acc_finance")
    trade.world.clock.advance(seconds=1)


def _scope(order: Order, kind: str) -> str:
    return {
        "everything": EVERYTHING,
        "currency": f"currency:{order.currency}",
        "seller": f"seller:{order.seller_id}",
        "order": f"order:{order.order_id}",
    }[kind]


def stopped_for_long(trade: Trade) -> Order:
    """The same, stopped before its transfer was promised, for longer than Stripe remembers a key."""
    order = confirmed(trade)
    trade.services.switch.stop(_scope(order, "order"), "manual", REASONS, by="acc_finance")
    with suppress(DomainError):
        trade.services.settlement.settle(order.order_id)
    trade.world.clock.advance(hours=30)
    return order


def resume_and_settle(trade: Trade, order: Order) -> None:
    services = trade.services
    with suppress(SwitchMissing):
        scope = _scope(order, "order")
        resumed = services.switch.resume(scope, "All is well.", by="acc_finance", approved_by="acc_admin")
        services.transactions.commit(resumed)
    services.settlement.settle(order.order_id)
    trade.world.drain()


def called_and_stopped(trade: Trade) -> Order:
    """A transfer that left, of which the process that called died, and whose order was stopped since."""
    order, services = planned(trade), trade.services
    intent = services.payment_store.intent(transfer_intent_id(order.order_id))
    charge_id = services.payment_store.read(order.payment_id).charge_id
    services.stripe.transfer(intent, destination=account_of(trade, order), charge_id=charge_id)
    services.switch.stop(_scope(order, "order"), "manual", REASONS, by="acc_finance")
    return order


def begun_and_stopped(trade: Trade) -> Order:
    """A payout that was promised, and whose order was stopped before it left."""
    order = begun(trade)
    trade.services.switch.stop(_scope(order, "order"), "manual", REASONS, by="acc_finance")
    return order


def run_resume_and_pay(trade: Trade, order: Order) -> None:
    """A run gives the payout back; two people resume; the next date pays."""
    trade.services.payout_run.run()
    resume_and_settle(trade, order)
    next_date(trade, order)
    pay_out(trade, order)


def arrive_and_resume(trade: Trade, order: Order) -> None:
    """What had left is found, and waits in the balance until two people resume."""
    trade.services.settlement.settle(order.order_id)
    resume_and_settle(trade, order)


STOP_FLOWS = {
    "transfer stopped for a day and resumed": (stopped_for_long, resume_and_settle, RELEASED),
    "transfer arrives under its order's stop": (called_and_stopped, arrive_and_resume, RELEASED),
    "payout goes back for its order's stop": (begun_and_stopped, run_resume_and_pay, RELEASED),
}


def leaves_after_the_stop(outcome: Outcome, sending: str) -> Iterator[str]:
    """Name each call after the stop's commit that had no leave from before it."""
    last: dict[str, int] = {}
    stopped = None
    for place, step in enumerate(outcome.steps):
        if COMMIT in step.site:
            last[step.actor] = place
            stopped = place if step.actor == "stop" and stopped is None else stopped
        if sending in step.site and step.actor != "stop" and stopped is not None and last[step.actor] > stopped:
            yield f"{sending} at step {place}, whose leave was given after the stop at step {stopped}"
        if sending in step.site and (place == 0 or outcome.steps[last[step.actor]].actor != step.actor):
            yield f"{sending} at step {place} without leave"


def nothing_leaves_until_resumed(
    world: World, order: Order, outcome: Outcome, *, kind: str, sending: str
) -> Iterator[str]:
    """Recover while the stop stands, see that nothing left, resume, and leave the rest to the recovery."""
    yield from leaves_after_the_stop(outcome, sending)
    before = _sent(world, order)
    for _ in range(2):
        with suppress(DomainError):
            world.drain()
            world.services.sweep.run()
            world.services.payout_run.run()
    if _sent(world, order) != before:
        yield f"{before} had left when the stop stood, {_sent(world, order)} after the sweep"
    services = world.services
    resumed = services.switch.resume(_scope(order, kind), "All is well.", by="acc_finance", approved_by="acc_admin")
    services.transactions.commit(resumed)
    world.drain()
    world.sweep()
    if _sent(world, order) != (1, 1 if sending == PAYOUT else before[1]):
        yield f"after the resumption {_sent(world, order)} transfers and payouts have left"


def _sent(world: World, order: Order) -> tuple[int, int]:
    """Count the order's transfers and its seller's payouts at Stripe."""
    view = world.view()
    transfers = sum(each.kind == "transfer" and each.order_id == order.order_id for each in view.stripe)
    return transfers, sum(each.key is not None for each in view.stripe_payouts)


def _contest(prepare: Any, deed: Any, kind: str, sending: str) -> tuple[Any, ...]:
    between = partial(nothing_leaves_until_resumed, kind=kind, sending=sending)
    return prepare, {"money": deed, "stop": partial(_stop, kind=kind)}, RELEASED, False, between, True


def not_paid_out_while_stopped(world: World, order: Order, outcome: Outcome) -> Iterator[str]:
    """Go to the payout date while the order is stopped: what had arrived of it waits, and leaves when two resume."""
    yield from leaves_after_the_stop(outcome, TRANSFER)
    world.drain()
    world.clock.advance(days=15)
    world.stripe.tick()
    world.drain()
    world.services.payout_run.run()
    transfers, payouts = _sent(world, order)
    if payouts:
        yield "the stopped order's money went to the bank"
    services = world.services
    resumed = services.switch.resume(_scope(order, "order"), "All is well.", by="acc_finance", approved_by="acc_admin")
    services.transactions.commit(resumed)
    for _ in range(2):
        world.drain()
        world.sweep()
        world.clock.advance(days=15)
        world.stripe.tick()
    if _sent(world, order) != (1, 1):
        yield f"{transfers} transfers before the resumption, {_sent(world, order)} transfers and payouts after it"


def proposed_twice(trade: Trade) -> tuple[list[str], str]:
    """A stop that two people each propose to end, and a third who may approve."""
    services, one, another, other = trade.services, *(trade.staff(FINANCE) for _ in range(3))
    services.switch.stop(EVERYTHING, "manual", REASONS, by=one)
    proposals = [
        services.payout_decisions.propose_resume(EVERYTHING, of_finance(trade, each), "All is well.")
        for each in (one, another)
    ]
    return [each.proposal_id for each in proposals], other


def _approve(services: Any, trade: Trade, made: tuple[list[str], str], *, which: int, stops_again: bool) -> None:
    proposals, other = made
    with suppress(DomainError):
        services.approvals.approve(proposals[which], of_finance(trade, other), "Nothing speaks against it.")
    if stops_again:
        trade.world.clock.advance(seconds=1)
        services.switch.stop(EVERYTHING, "solvency", "More is owed than Stripe holds.")


def still_stopped(world: World, _made: Any, _outcome: Outcome) -> Iterator[str]:
    """See that the later stop stands: what was approved is about the earlier one."""
    standing = [each.cause for each in world.services.switch.standing()]
    if standing != ["solvency"]:
        yield f"{standing} stands after the later stop"


def goes_back_and_is_paid_after(world: World, order: Order, outcome: Outcome) -> Iterator[str]:
    """See that a begun payout waits for its order's stop, and that all of it is paid when two resume."""
    yield from leaves_after_the_stop(outcome, PAYOUT)
    before = _sent(world, order)
    world.drain()
    world.services.payout_run.run()
    if _sent(world, order) != before:
        yield f"{before} had left when the stop stood, {_sent(world, order)} after the run"
    services = world.services
    resumed = services.switch.resume(_scope(order, "order"), "All is well.", by="acc_finance", approved_by="acc_admin")
    services.transactions.commit(resumed)
    for _ in range(2):
        world.drain()
        world.sweep()
        world.clock.advance(days=15)
        world.stripe.tick()
    if _sent(world, order) != (1, 1):
        yield f"after the resumption {_sent(world, order)} transfers and payouts have left"


STOP_CONTESTS = {
    "resumed and stopped again x resumed": (
        proposed_twice,
        {
            "one": partial(_approve, which=0, stops_again=True),
            "other": partial(_approve, which=1, stops_again=False),
        },
        NO_ORDERS,
        False,
        still_stopped,
    ),
    "begun payout x stop of its order": (
        begun,
        {"money": _run, "stop": partial(_stop, kind="order")},
        RELEASED,
        False,
        goes_back_and_is_paid_after,
        True,
    ),
    "transfer x stop of its order, paid out": (
        confirmed,
        {"money": _settle, "stop": partial(_stop, kind="order")},
        RELEASED,
        False,
        not_paid_out_while_stopped,
        True,
    ),
    "transfer x stop of everything": _contest(confirmed, _settle, "everything", TRANSFER),
    "planned transfer x stop of its seller": _contest(planned, _settle, "seller", TRANSFER),
    "transfer x stop of its order": _contest(confirmed, _settle, "order", TRANSFER),
    "payout x stop of everything": _contest(due, _run, "everything", PAYOUT),
    "begun payout x stop of its currency": _contest(begun, _run, "currency", PAYOUT),
    "begun payout x stop of its seller": _contest(begun, _run, "seller", PAYOUT),
}
