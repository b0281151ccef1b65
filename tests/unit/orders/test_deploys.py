"""A new version of the process is deployed while orders are under way: each ends under the rules it was placed under.

A deploy replaces the tables, the code and the state machine's definition at once. An execution that is waiting keeps
the definition that it began with, as at AWS; everything else it meets is new.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.catalog.promises import Promises
from marketplace.orders import asl
from marketplace.orders.model import SYSTEM
from marketplace.orders.process import PROCESSES, Guard, Kind, State, Timer, Transition
from marketplace.orders.process_table import Silence
from tests.fakes.asl import SUCCEEDED

SOON = Promises(handling_days=2, delivery_days=3)


def deploy(world, version: int) -> None:
    """Put this version (and the ones before) in service."""
    world.place_under(version)
    world.executions.machine.deploy(asl.definition([each for each in PROCESSES.values() if each.version <= version]))


def execution(world, order):
    return world.executions.machine.executions[f"{order.order_id}-v{order.process_version}"]


def names(world, order):
    return [move.name for move in world.services.order_store.moves(order.order_id)]


def dispute(world, order) -> None:
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    world.drain()
    world.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
    world.drain()


def stay_silent(world, days: int = 400) -> None:
    for _ in range(days // 5):
        world.clock.advance(days=5)
        world.drain()


def test_an_order_under_way_ends_under_the_first_process_while_a_new_one_runs_the_second(world, trade):
    deploy(world, 1)
    old = trade.shipped(promises=SOON)
    waiting_in = execution(world, old).state

    deploy(world, 2)
    new = trade.shipped(promises=SOON)
    for order in (old, new):
        dispute(world, order)

    assert waiting_in == "shipped"
    assert (trade.order(old.order_id).process_version, trade.order(new.order_id).process_version) == (1, 2)
    assert (trade.order(old.order_id).state, trade.order(new.order_id).state) == ("dispute_review", "negotiating")
    assert (execution(world, old).state, execution(world, new).state) == ("dispute_review", "negotiating")

    stay_silent(world)
    assert names(world, old)[-4:] == ["open_dispute", "answer", "decision_overdue", "settle"]
    assert names(world, new)[-5:] == ["open_dispute", "answer", "talk_over", "decision_overdue", "settle"]
    assert {execution(world, order).status for order in (old, new)} == {SUCCEEDED}
    assert {trade.order(order.order_id).state for order in (old, new)} == {"refunded"}


def test_the_first_process_knows_no_promises_and_keeps_its_own_deadline_through_the_deploy(world, trade):
    deploy(world, 1)
    old = trade.bought(promises=SOON)
    deploy(world, 2)
    new = trade.bought(promises=SOON)

    assert (old.due_at - old.entered_at, new.due_at - new.entered_at) == (timedelta(days=14), timedelta(days=9))
    for order in (new, old):
        world.clock.set(order.due_at)
        world.clock.advance(seconds=-1)
        world.drain()
        early = trade.order(order.order_id).state
        world.clock.advance(seconds=1 + asl.MARGIN_SECONDS)
        world.drain()
        assert (early, trade.order(order.order_id).state) == ("paid", "refunded")
        assert names(world, order)[-2:] == ["ship_overdue", "settle"]


@pytest.mark.parametrize("reach", ["bought", "shipped", "delivered"])
def test_a_waiting_execution_of_the_first_process_wakes_after_the_deploy_and_goes_its_way(world, trade, reach):
    deploy(world, 1)
    order = getattr(trade, reach)()
    deploy(world, 2)
    services = world.services
    if reach == "bought":
        services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
        world.drain()
    if reach != "delivered":
        services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
        world.drain()
    woken = execution(world, order).state
    world.clock.advance(days=14, seconds=2)
    world.drain()

    found = execution(world, order)
    assert woken == "delivered"
    assert found.history == ["paid", "shipped", "delivered", "Tick", "WhereNow", "settling", "WhereNow", "Ended"]
    assert (found.status, trade.order(order.order_id).state) == (SUCCEEDED, "released")


def test_no_act_of_the_second_process_reaches_an_order_of_the_first(world, trade):
    deploy(world, 1)
    order = trade.shipped()
    deploy(world, 2)

    shown = world.services.orders.view(order.order_id, order.buyer_id)

    assert shown.allowed_actions == ["confirm", "open_dispute"]
    assert [step.transition for step in shown.silence] == ["delivery_overdue", "proof_overdue"]


def third():
    """A made-up third version: paid orders are packed first, and a buyer has a day to look."""
    second = PROCESSES[2]
    packed = State("packed", Kind.WAITING, Timer("pack_overdue", "unproven"), usual="shipped")
    looked = replace(second.states["delivered"], timer=Timer("inspection_over", "answer_reminder"))
    paid = replace(second.states["paid"], usual="packed")
    kept = tuple(row for row in second.transitions if row.name != "ship")
    added = (
        Transition("ship", "paid", "packed", ("seller",), (), Guard.GOODS),
        Transition("hand_over", "packed", "shipped", ("seller",)),
        Transition("pack_overdue", "packed", "shipped", (SYSTEM,)),
    )
    return replace(
        second,
        version=3,
        states={**second.states, "paid": paid, "packed": packed, "delivered": looked},
        transitions=(*kept, *added),
        silences={**second.silences, "pack_overdue": Silence("Packed: it goes.", "Embalado: sale.")},
    )


def test_a_changed_table_is_a_new_version_and_leaves_the_orders_of_the_second_alone(monkeypatch, world, trade):
    deploy(world, 2)
    bought, delivered = trade.bought(), trade.delivered()
    monkeypatch.setitem(PROCESSES, 3, third())
    deploy(world, 3)
    new = trade.bought()
    for order in (bought, new):
        world.services.orders.ship(order.order_id, order.seller_id, "correos", f"PK{order.order_id[-6:]}")
        world.drain()
    states = [trade.order(order.order_id).state for order in (bought, new)]
    waiting = [execution(world, order).state for order in (bought, new)]
    world.clock.advance(days=1, seconds=2)
    world.drain()
    early = trade.order(delivered.order_id).state
    world.clock.advance(days=13)
    world.drain()

    assert states == waiting == ["shipped", "packed"]
    assert (early, trade.order(delivered.order_id).state) == ("delivered", "released")
    assert execution(world, delivered).status == SUCCEEDED
