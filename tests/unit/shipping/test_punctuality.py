"""Kept and broken promises: pinned when they are made, judged on the word of who can know, counted once."""

import pytest

from marketplace.audit.invariants import check
from marketplace.catalog.promises import DIGITAL, SERVICE, Promises
from marketplace.orders.timers import DEFAULT_PROMISES
from marketplace.shipping.model import Punctuality
from marketplace.shipping.punctuality import late_delivery, late_shipment
from tests.unit.shipping.making import report

SOON = Promises(handling_days=2, delivery_days=3)


@pytest.fixture(autouse=True)
def second_process(world):
    world.place_under(2)


def counts(world, order):
    found = world.services.shipping_store.punctuality(order.seller_id)
    return found.shipped_on_time, found.shipped_late, found.delivered_on_time, found.delivered_late


def ship(world, trade, order):
    world.services.orders.ship(order.order_id, order.seller_id, "correos", f"PK{order.order_id[-8:]}")
    world.drain()
    return trade.order(order.order_id)


def test_promises_are_pinned_when_the_clock_that_they_set_begins(world, trade):
    order = trade.bought(promises=SOON)
    world.clock.advance(days=1)
    shipped = ship(world, trade, order)

    assert (order.promised_ship_by - order.entered_at).days == 2
    assert (shipped.promised_delivery_by - shipped.shipped_at).days == 3
    assert shipped.promised_ship_by == order.promised_ship_by


def test_a_seller_who_promised_nothing_is_held_to_what_is_usual(trade):
    order = trade.shipped()

    assert (order.promised_delivery_by - order.shipped_at).days == DEFAULT_PROMISES["delivery"]


@pytest.mark.parametrize(("days", "late"), [(1, False), (3, True)])
def test_a_shipment_is_late_after_the_promised_day(world, trade, days, late):
    order = trade.bought(promises=SOON)
    world.clock.advance(days=days)
    world.drain()
    shipped = ship(world, trade, order)

    assert late_shipment(shipped) is late
    assert counts(world, order) == (int(not late), int(late), 0, 0)


@pytest.mark.parametrize(("days", "late"), [(3, False), (4, True)])
def test_a_carrier_knows_when_it_came(world, trade, days, late):
    order = ship(world, trade, trade.bought(promises=SOON))
    world.clock.advance(days=days)
    report(world, order.tracking_number)

    arrived = trade.order(order.order_id)
    assert late_delivery(arrived) is late
    assert counts(world, order) == (1, 0, int(not late), int(late))


def test_a_buyer_who_confirms_late_does_not_make_the_delivery_late(world, trade):
    order = ship(world, trade, trade.bought(promises=SOON))
    world.clock.advance(days=6)
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    confirmed = trade.order(order.order_id)
    assert (confirmed.delivered_by, late_delivery(confirmed)) == ("buyer", None)
    assert counts(world, order) == (1, 0, 0, 0)


def test_a_buyer_who_confirms_early_shows_that_it_was_on_time(world, trade):
    order = ship(world, trade, trade.bought(promises=SOON))
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    assert counts(world, order) == (1, 0, 1, 0)


def test_what_was_never_shipped_counts_as_late(world, trade):
    order = trade.bought(promises=SOON)
    world.clock.set(order.due_at)
    world.clock.advance(seconds=2)
    world.drain()

    assert trade.order(order.order_id).state == "refunded"
    assert counts(world, order) == (0, 1, 0, 0)


def test_what_the_buyer_cancels_counts_for_nothing(world, trade):
    order = trade.bought(promises=SOON)
    world.services.orders.cancel(order.order_id, order.buyer_id, "changed my mind")
    world.drain()

    assert counts(world, order) == (0, 0, 0, 0)


@pytest.mark.parametrize("fulfilment", [SERVICE, DIGITAL])
def test_only_goods_are_promised_to_arrive(trade, fulfilment):
    order = trade.bought(promises=Promises(fulfilment, handling_days=2))

    assert (order.promised_delivery_by, late_delivery(order)) == (None, None)


def test_a_planted_count_is_found(world, trade):
    order = trade.shipped()
    world.services.transactions.commit(
        [world.services.shipping_store.count_kept(order.seller_id, {"shipped_on_time": 1})]
    )
    found = [violation for violation in check(world.view()) if violation.rule == "E6"]
    world.services.transactions.commit(
        [world.services.shipping_store.count_kept(order.seller_id, {"shipped_on_time": -1})]
    )

    assert [violation.subject for violation in found] == [order.seller_id]


def test_a_seller_of_whom_nothing_is_known_has_kept_and_broken_nothing(world):
    assert world.services.shipping_store.punctuality("acc_new") == Punctuality("acc_new")
