"""Every external call of every money flow, failing in every way: nothing is created, lost or paid twice.

The list of calls comes from a recorded run, so that a new call cannot be forgotten. After the fault the trigger comes
again (as a client, a queue or a workflow would send it), the sweep runs, every invariant is checked, and a second
recovery must find nothing left to do.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import pytest

from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from tests.fakes.faults import Faults
from tests.fakes.faults_enumeration import Report, enumerate_faults
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world

KINDS = ("crash_before", "crash_after", "timeout_after", "timeout_lost", "refuse")


@dataclass(frozen=True)
class Flow:
    """`prepare` brings the world to where the flow begins and returns what it acts on; `act` is the flow.

    `ends` are the states in which every order of the world may be, after the flow and after any recovery.
    `act` must be what a client or a queue would repeat: it is run once with the fault and once more in recovery.
    """

    prepare: Callable[[Trade], object]
    act: Callable[[Trade, object], object]
    ends: frozenset[str]


def prepare_checkout(trade: Trade) -> tuple:
    listing = trade.listing(trade.seller(), stock=1)
    return trade.person("Buyer"), listing


def act_checkout(trade: Trade, made: tuple) -> None:
    buyer_id, listing = made
    trade.place(buyer_id, (listing, 1), key="the-one-attempt")


def prepare_two_sellers(trade: Trade) -> tuple:
    return trade.person("Buyer"), trade.listing(trade.seller()), trade.listing(trade.seller(), price_minor=3_333)


def act_two_sellers(trade: Trade, made: tuple) -> None:
    buyer_id, one, other = made
    placed = trade.place(buyer_id, (one, 2), (other, 1), key="the-one-attempt")
    with suppress(Exception):
        trade.pay(placed)
    trade.world.drain()


def prepare_paid_at_stripe(trade: Trade) -> object:
    buyer_id, listing = prepare_checkout(trade)
    placed = trade.place(buyer_id, (listing, 1), key="the-one-attempt")
    trade.world.drain()
    trade.pay(placed)
    return placed


def act_deliver_webhooks(trade: Trade, made: object) -> None:
    trade.world.drain()


def act_client_completes(trade: Trade, made) -> None:
    trade.services.checkout.complete(made.payment.buyer_id, made.payment.payment_id)
    trade.world.drain()


def act_confirm(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


def act_cancel(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    trade.world.drain()


def act_inspection_over(trade: Trade, order: Order) -> None:
    trade.world.clock.set(max(trade.world.clock.now(), order.due_at))
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()


def prepare_unpaid(trade: Trade) -> object:
    buyer_id, listing = prepare_checkout(trade)
    placed = trade.place(buyer_id, (listing, 1))
    trade.world.drain()
    trade.world.clock.set(placed.payment.due_at)
    return placed


def act_expire(trade: Trade, placed) -> None:
    trade.services.payments.expire(placed.payment.payment_id)
    trade.world.drain()


def prepare_reviewed_dispute(trade: Trade) -> Order:
    order = trade.delivered(price_minor=9_999)
    view = trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    trade.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
    trade.world.drain()
    return trade.order(order.order_id)


def act_decide_split(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.disputes.decide(order.dispute_id, "acc_operator", 3_333, "5.2", "Both are a little right.")
    trade.world.drain()


def prepare_chargeback(trade: Trade) -> Order:
    order = trade.shipped()
    charge = next(each for each in trade.world.stripe.objects("charge"))
    trade.world.stripe.open_dispute(charge["id"])
    return order


def prepare_lost_chargeback(trade: Trade) -> Order:
    order = prepare_chargeback(trade)
    trade.world.drain()
    dispute = next(each for each in trade.world.stripe.objects("dispute"))
    trade.world.stripe.close_dispute(dispute["id"], won=False)
    return order


FLOWS = {
    "checkout": Flow(prepare_checkout, act_checkout, frozenset({"awaiting_payment", "cancelled"})),
    "two sellers, one payment": Flow(prepare_two_sellers, act_two_sellers, frozenset({"paid"})),
    "payment by webhook": Flow(prepare_paid_at_stripe, act_deliver_webhooks, frozenset({"paid"})),
    "payment by client": Flow(prepare_paid_at_stripe, act_client_completes, frozenset({"paid"})),
    "reservation expires": Flow(prepare_unpaid, act_expire, frozenset({"cancelled"})),
    "seller cancels": Flow(lambda trade: trade.bought(), act_cancel, frozenset({"refunded"})),
    "buyer confirms": Flow(lambda trade: trade.shipped(), act_confirm, frozenset({"released"})),
    "released by the clock": Flow(lambda trade: trade.delivered(), act_inspection_over, frozenset({"released"})),
    "refunded by the clock": Flow(lambda trade: trade.bought(), act_inspection_over, frozenset({"refunded"})),
    "split award": Flow(prepare_reviewed_dispute, act_decide_split, frozenset({"split"})),
    "chargeback opened": Flow(prepare_chargeback, act_deliver_webhooks, frozenset({"charged_back"})),
    "chargeback lost": Flow(prepare_lost_chargeback, act_deliver_webhooks, frozenset({"lost_to_chargeback"})),
}


class FaultyWorlds:
    """Builds a flow's starting point once, and hands it out again for every fault."""

    def __init__(self, stack: ExitStack, flow: Flow) -> None:
        self.flow = flow
        self.faults = Faults()
        self.world: World = stack.enter_context(new_world(faults=self.faults))
        self.trade = Trade(self.world)
        self.made = flow.prepare(self.trade)
        self._start = self.world.snapshot()

    def again(self) -> World:
        self.faults.reset()
        self.world.restore(self._start)
        return self.world

    def run(self, world: World) -> None:
        self.flow.act(self.trade, self.made)

    def recover(self, world: World) -> None:
        world.restart()
        self.flow.act(self.trade, self.made)
        for _ in range(3):
            world.clock.advance(hours=2)  # past every retry of a webhook
            world.drain()
            world.sweep()

    def check(self, world: World) -> None:
        world.check()
        states = {order.state for order in world.view().orders}
        assert states <= self.flow.ends, states

    def fingerprint(self, world: World) -> object:
        view = world.view()
        money = sorted((each.book, each.key, each.postings) for each in view.ledger)
        orders = sorted((each.order_id, each.state, each.step) for each in view.orders)
        return orders, money, sorted(each.object_id for each in view.stripe), world.stripe.balances()


@pytest.mark.parametrize("name", FLOWS)
def test_no_fault_at_any_call_creates_or_loses_money(name, record_property):
    with ExitStack() as stack:
        worlds = FaultyWorlds(stack, FLOWS[name])

        report: Report = enumerate_faults(
            worlds.again, worlds.run, worlds.recover, worlds.check, fingerprint=worlds.fingerprint, kinds=KINDS
        )

    record_property("summary", f"crash suite, {name}: {str(report).splitlines()[0]}")
    assert report.violations == []
    assert report.unreached == []
    assert len(report.calls) >= 3
